"""How fast a world is drawn and told, and how hard it is.

Figures: `build_s` (drawing the demo's history), `submissions_per_s` (raw dicts), `arrivals_per_s` (through the
door with tokens, its caches cold), `door_per_s` (the door alone over the same submissions: the part that is not
the simulator's), each the median of the rounds by the wall clock, and `..._cpu_per_s` by this process' processor
time. `world`: what is in it. `hard`: devices with four cards or more, by whether a ring stands behind them.
"""

import secrets
import time
from collections import Counter, defaultdict

from bench._report import median, progress, report
from events import topics
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from simulator import Submission, World, preset

_ROUNDS = 3
_SEED = 1


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


def _crowded(world: World, items: list[Submission]) -> dict[str, int]:
    cards: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.topic == topics.TRANSACTIONS.name and "card" in item.raw and "device" in item.raw:
            cards[item.raw["device"]].add(item.raw["card"]["reference"])
    rings = {device for ring in world.truth.rings for device in ring.devices}
    found = Counter(device in rings for device, seen in cards.items() if len(seen) >= 4)
    return {"ring_devices": found[True], "innocent_devices": found[False]}


def main() -> None:
    watch = _Watch()
    spec = preset("demo")
    for _ in range(_ROUNDS):
        world = World(spec, _SEED)
        watch.start()
        next(iter(world.submissions()))
        watch.stop("builds", 1)
        watch.start()
        items = list(world.submissions())
        watch.stop("submissions", len(items))
        watch.start()
        _through(_door(), items)
        watch.stop("door", len(items))
        watch.start()
        count = sum(1 for _ in world.arrivals(_door()))
        watch.stop("arrivals", count)
    world = World(spec, _SEED)
    items = list(world.submissions())
    truth = world.truth
    figures: dict[str, object] = {"build_s": round(1 / median(watch.wall.pop("builds")), 2)}
    for name, rates in watch.wall.items():
        figures[f"{name}_per_s"] = round(median(rates))
        figures[f"{name}_cpu_per_s"] = round(median(watch.cpu[name]))
    figures["world"] = {
        **Counter(item.topic for item in items),
        "frauds": dict(Counter(fraud.type for fraud in truth.frauds.values())),
        "rings": len(truth.rings),
        "ring_members": sum(len(ring.members) for ring in truth.rings),
        "look_alikes": dict(Counter(group.kind for group in truth.look_alikes)),
    }
    figures["hard"] = _crowded(world, items)
    report("simulate", figures)


if __name__ == "__main__":
    main()
