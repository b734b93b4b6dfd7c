"""How fast a world is drawn and told, how much memory it takes, and how hard it is.

Figures, of the demo's preset: `build_s` (drawing its history in a fresh process, the address directories included);
`submissions_per_s` (raw dicts); `events_per_s` (both together: what a first reader waits for, the directories read
already); `parquet_rows_per_s` (the four tables, of a world drawn already); `door_per_s` (the door alone over the same
submissions: the part that is not the simulator's) and `arrivals_per_s` (submissions through the door with tokens, its
caches cold). Each is the median of the rounds by the wall clock, `..._cpu_per_s` by this process' processor time.
`peak_gib`: largest resident size of a process that builds and writes. `world`: what is in it. `hard`: devices with four
cards or more, by whether a ring used them.

`--customers N --days D` instead measures one build and write of a world of that size, for `build_s`, `write_s`,
`parquet_rows_per_s`, `parquet_mib` and `peak_gib`.
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict

from bench._report import median, progress, report
from events import topics
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from simulator import Submission, Truth, World, preset

_ROUNDS = 3
_SEED = 1
_PRESET = "gateway-cnp"
_CHILD = """
import json, resource, sys, time
from pathlib import Path
from simulator import preset
from simulator.files import WorldFiles
changes, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
begin = time.perf_counter()
world = WorldFiles(preset({preset!r}).change(**changes), {seed})
rows = world.count
built = time.perf_counter()
drawn = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
world.write(folder)
print(json.dumps({{
    "build_s": round(built - begin, 2), "write_s": round(time.perf_counter() - built, 2), "rows": rows,
    "build_gib": round(drawn / 2**20, 2),
    "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    "parquet_mib": round(sum(path.stat().st_size for path in folder.iterdir()) / 2**20, 1),
}}))
"""


class _Watch:
    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = defaultdict(list)
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self._since = (0.0, 0.0)

    def start(self) -> None:
        self._since = time.perf_counter(), time.process_time()

    def stop(self, name: str, count: int) -> None:
        wall, cpu = time.perf_counter() - self._since[0], time.process_time() - self._since[1]
        self.wall[name].append(count / wall)
        self.cpu[name].append(count / cpu)
        progress(f"{name}: {count / wall:,.0f}/s")


def _door() -> Door:
    return Door(Tokeniser({1: secrets.token_bytes(32)}, 1), default_rates(), check_free_text=True)


def _through(door: Door, items: list[Submission]) -> None:
    enter = {
        topics.TRANSACTIONS.name: door.transaction,
        topics.OUTCOMES.name: door.outcome,
        topics.ACCOUNT_EVENTS.name: door.account_event,
        topics.LABELS.name: door.label,
    }
    for item in items:
        enter[item.topic](item.raw)


def _crowded(truth: Truth, items: list[Submission]) -> dict[str, int]:
    cards: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.topic == topics.TRANSACTIONS.name and "card" in item.raw and "device" in item.raw:
            cards[item.raw["device"]].add(item.raw["card"]["reference"])
    rings = {device for ring in truth.rings for device in ring.devices}
    found = Counter(device in rings for device, seen in cards.items() if len(seen) >= 4)
    return {"ring_devices": found[True], "innocent_devices": found[False]}


def _written(changes: dict[str, int]) -> dict[str, float]:
    """One build and write in a process of its own, whose memory is its alone."""
    code = _CHILD.format(preset=_PRESET, seed=_SEED)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code, json.dumps(changes), folder],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    found["parquet_rows_per_s"] = round(found["rows"] / found["write_s"])
    return found


def _round(watch: _Watch) -> None:
    world = World(preset(_PRESET), _SEED)
    watch.start()
    items = list(world.submissions())
    watch.stop("events", len(items))
    world = World(preset(_PRESET), _SEED)
    next(world.submissions())
    watch.start()
    count = sum(1 for _ in world.submissions())
    watch.stop("submissions", count)
    watch.start()
    _through(_door(), items)
    watch.stop("door", count)
    watch.start()
    count = sum(1 for _ in world.arrivals(_door()))
    watch.stop("arrivals", count)


def _demo() -> dict[str, object]:
    watch = _Watch()
    children = []
    for _ in range(_ROUNDS):
        children.append(_written({}))
        progress(f"parquet: {children[-1]['parquet_rows_per_s']:,.0f}/s")
        _round(watch)
    figures: dict[str, object] = {
        name: median([child[name] for child in children])
        for name in ("build_s", "write_s", "parquet_rows_per_s", "parquet_mib", "peak_gib")
    }
    for name, rates in watch.wall.items():
        figures[f"{name}_per_s"] = round(median(rates))
        figures[f"{name}_cpu_per_s"] = round(median(watch.cpu[name]))
    world = World(preset(_PRESET), _SEED)
    items, truth = list(world.submissions()), world.truth
    figures["world"] = {
        **Counter(item.topic for item in items),
        "frauds": dict(Counter(fraud.type for fraud in truth.frauds.values())),
        "rings": len(truth.rings),
        "ring_members": sum(len(ring.members) for ring in truth.rings),
        "look_alikes": dict(Counter(group.kind for group in truth.look_alikes)),
    }
    figures["hard"] = _crowded(truth, items)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int)
    parser.add_argument("--days", type=int)
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    report("simulate", _written(given) if given else _demo())


if __name__ == "__main__":
    main()
