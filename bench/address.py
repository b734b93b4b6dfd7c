"""Addresses: fields on labelled sets, identity on pairs, and speed, beside usaddress.

    make bench-address [ARGS=--quick]

What needs the data sets (docs/data.md) or usaddress (`make usaddress`) is left out where they are not there.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bench import _address_fields as fields
from bench import _address_identity as identity
from bench._address_joins import joins
from bench._report import progress, report
from nlp import load_parser
from nlp.generate import examples
from nlp.tagger import shipped_models
from nlp.tagger.public import Labelled, usaddress

_ROOT = Path(__file__).parents[1]
_DATA = _ROOT / "../shared/data"
_PEER = _ROOT / ".venv-usaddress/bin/python"
_SEED = 99  # none that a model was trained on
_TEXTS = {"IN": 16_000, "US": 8_000}


def main() -> None:
    figures: dict[str, object] = {}
    parser = load_parser()
    if _DATA.is_dir():
        progress("fields")
        gold = fields.gold_200(_DATA, parser)
        figures |= {"gold200_all9": gold.pop("all9"), "gold200": gold}
        figures |= fields.delhi_scores(_DATA)
        figures["us50_coarse"] = fields.us_coarse(_DATA, shipped_models()["US"])
        figures["us_labeled_whole"] = fields.us_whole(_DATA)
        figures["usaddress"] = _peer()
    else:
        progress(f"no data sets at {_DATA}: fields are left out")
    figures["made_fields"] = {country: fields.made(country) for country in ("IN", "US")}
    progress("identity")
    figures |= identity.figures(quick="--quick" in sys.argv)
    figures["joins"] = joins(parser)
    progress("speed")
    figures |= _speed()
    figures["package_mb"] = round(sum(path.stat().st_size for path in _shipped()) / 1e6, 2)
    report("address", figures)


def _peer() -> dict[str, object]:
    """What usaddress makes of the same sets; `missing` where it is not installed."""
    if not _PEER.exists():
        return {"missing": "make usaddress"}
    folder = _DATA / "addresses/us"
    found: dict[str, object] = {}
    for name in ("us50_test_tagged", "test_labeled"):
        rows = "\n".join(json.dumps([each.text, each.spans]) for each in _rows(folder / f"{name}.xml"))
        run = subprocess.run(  # noqa: S603 - our own driver in its environment
            [_PEER, _ROOT / "bench/_address_usaddress.py"],
            input=rows,
            capture_output=True,
            text=True,
            check=True,
        )
        found[name] = json.loads(run.stdout)
    return found


def _rows(path: Path) -> Iterable[Labelled]:
    return usaddress(path)


def _speed() -> dict[str, object]:
    texts = dict.fromkeys(each.text for country, n in _TEXTS.items() for each in examples(country, _SEED, n))
    run = subprocess.run(
        [sys.executable, "-m", "bench._address_speed"], input="\x00".join(sorted(texts, key=hash_of)),
        capture_output=True, text=True, check=True, cwd=_ROOT,
    )  # fmt: skip
    found: dict[str, object] = json.loads(run.stdout)
    return found


def hash_of(text: str) -> str:
    """An order that mixes the countries and is the same in every run."""
    return text[::-1]


def _shipped() -> Iterable[Path]:
    return (path for path in (_ROOT / "nlp").rglob("*") if path.is_file() and "__pycache__" not in path.parts)


if __name__ == "__main__":
    main()
