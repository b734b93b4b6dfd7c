"""`python -m nlp.directory.compile SOURCE_FOLDER [ARTEFACT]`: the directory's file, anew from its sources.

SOURCE_FOLDER holds the three lists that `nlp.directory.sources` names. The same sources give the same bytes.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nlp.directory import artefact, districts, sources, tables
from nlp.directory.artefact import Section
from nlp.directory.runtime import ARTEFACT


def compile_directory(folder: Path) -> dict[str, Section]:
    """The sections of the artefact, from the lists in `folder`. Some ten seconds."""
    older, today = list(sources.offices(folder)), list(sources.offices_today())
    localities = list(sources.localities(folder))
    pins = {office.pin for office in (*older, *today)} | {pin for pin, _ in localities}
    where = districts.resolve(today, older, pins)
    built = tables.build(older, today, localities, sources.towns(folder), where)
    return _india(built, where) | _united_states()


def _india(built: tables.Tables, where: districts.Districts) -> dict[str, Section]:
    ids: dict[str, int] = {}
    ends: list[int] = []
    entries: list[int] = []
    kinds: list[int] = []
    homes: list[int] = []
    home_ends: list[int] = []
    pins = sorted(built.of_pin)
    for pin in pins:
        # By number, so that a PIN's own names follow each other; new ones in the order of the alphabet.
        for name in sorted(built.of_pin[pin]):
            ids.setdefault(name, len(ids))
        row = sorted((ids[name], bits) for name, bits in built.of_pin[pin].items())
        entries += [number for number, _ in row]
        kinds += [bits for _, bits in row]
        ends.append(len(entries))
        homes += where.of_pin[pin]
        home_ends.append(len(homes))
    towns = sorted((at, ids.setdefault(name, len(ids))) for at, name in sorted(built.towns))
    return {
        "districts": "\n".join(f"{row.state}|{'|'.join(dict.fromkeys(row.names))}" for row in where.rows),
        "names": "\n".join(ids),
        "beginnings": "\n".join(sorted(_beginnings(ids) - ids.keys())),
        "pins": _numbers(pins),
        "pin_ends": _numbers(ends),
        "entries": _numbers(entries),
        "kinds": _numbers(kinds),
        "home_ends": _numbers(home_ends),
        "homes": _numbers(homes),
        "town_districts": _numbers([at for at, _ in towns]),
        "town_names": _numbers([number for _, number in towns]),
    }


def _beginnings(names: Iterable[str]) -> set[str]:
    """What names of several words begin with: the search goes on from there and ends elsewhere."""
    found: set[str] = set()
    for name in names:
        words = name.split(" ")
        found.update(" ".join(words[:size]) for size in range(1, len(words)))
    return found


def _united_states() -> dict[str, Section]:
    rows = sources.zip_codes()
    ids: dict[str, int] = {}
    states = sorted({state for _, state, _ in rows})
    numbers = [ids.setdefault(name, len(ids)) for _, _, name in rows]
    return {
        "us_states": "\n".join(states),
        "us_names": "\n".join(ids),
        "zips": _numbers([code for code, _, _ in rows]),
        "zip_states": _numbers([states.index(state) for _, state, _ in rows]),
        "zip_names": _numbers(numbers),
    }


def _numbers(values: list[int]) -> Section:
    return np.asarray(values, np.uint32)


def main(argv: list[str]) -> int:
    if len(argv) not in (2, 3):
        sys.stderr.write(f"{(__doc__ or '').splitlines()[0]}\n")
        return 2
    path = Path(argv[2]) if argv[2:] else ARTEFACT
    path.parent.mkdir(parents=True, exist_ok=True)
    size = artefact.write(path, compile_directory(Path(argv[1])))
    sys.stdout.write(f"{path}: {size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
