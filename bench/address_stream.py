"""New addresses in the stream: what they cost the payments whose addresses are known, on real Kafka and Redis.

`make -s bench-address-stream` prints one JSON object. The scorer of `bench.scorer` (300 trees, 50 rules, 252 columns)
runs in this process; every payment brings an address. A *pair* is an open loop of known addresses alone and one of
which a share is unseen, in turn, `--repeats` times, and so for three ways: parsed by the pool of processes as it is
set; parsed in place, as before there was one; and by the pool, with bursts of unseen addresses from elsewhere between
the payments. Figures are medians over pairs:

    ratio_p99               of payments with known addresses: with unseen ones among the rest, over without
    pending_share           of the payments with unseen addresses: decided without the key
    pending_ms              from the text to its key, where it was pending
    address_us              microseconds a payment of the scorer's stage that looks keys up, waiting included
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench._address_load import known_texts, texts, unseen
from bench._report import median, progress, quantiles, report
from bench.scorer import FAMILIES, graph_features, open_loop, release, stages, warm_up
from events import topics
from events.types import AddressKey, Status
from graph.publish import publish
from nlp import KeyCache
from ringwatch.cli.release import put_in_force
from ringwatch.cli.run import rest_the_collector
from ringwatch.services import start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from storage.metrics import Metrics
from streaming.score import ScoreTransactions

WAYS = ("pool", "in_place", "burst")
_SEED = 100
_BURST = 2_000  # texts: what a page of scraped addresses, or a ring's first minute, may bring at once


class Watched(Metrics):
    """Metrics that keep what pending texts waited, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.pending_ms: list[float] = []

    def observe(self, name: str, value: float, **labels: str) -> None:
        if name == "address_pending_seconds":
            self.pending_ms.append(value * 1e3)
        super().observe(name, value, **labels)


class Switch(KeyCache):
    """Another cache's answers: which one can be changed under a running scorer. Counts what was pending."""

    def __init__(self, cache: KeyCache, version: str) -> None:
        self.cache = cache
        self.pending = 0
        self._version = version

    @property
    def version(self) -> str:
        return self._version

    def land(self) -> None:
        self.cache.land()

    def get_many(
        self, texts: Sequence[str | None], *, budget_ms: float | None = None
    ) -> list[tuple[AddressKey | None, Status]]:
        found = self.cache.get_many(texts, budget_ms=budget_ms)
        self.pending += sum(status is Status.PENDING for _, status in found)
        return found


class Course:
    """A running scorer, and loops of payments through it."""

    def __init__(self, parts: Wiring, asked: argparse.Namespace) -> None:
        self._parts = parts
        self._asked = asked
        self._seed = _SEED
        self.switch = Switch(parts.addresses, parts.parser_version)
        made = release(parts)
        publish(graph_features(), parts.cache, parts.blobs, now_ms=parts.clock.now_ms())
        self.score = ScoreTransactions(
            replace(parts.score_parts(), addresses=self.switch), parts.score_settings()
        )
        self.score.recover()
        put_in_force(parts, made, "bench", "to measure")
        while self.score.release != made or not self.score.caught_up():
            self.score.step()
        warm_up(parts, self.score)
        rest_the_collector()

    def loop(self, tag: str, share: float, burst: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Milliseconds of each payment (the first second warms up), and which of them were to bring unseen texts."""
        asked = self._asked
        self._seed += 1
        n = round(asked.rate * (asked.seconds + 1))
        extra = iter(texts(burst, self._seed + 10_000))
        due = iter(range(asked.rate, n, max(1, (n - asked.rate) // 4)))  # four bursts a loop
        at = next(due, n)
        begun = self.score.next_seq

        def turn() -> None:
            nonlocal at
            if burst and self.score.next_seq - begun >= at:
                at = next(due, n + begun)
                self.switch.cache.get_many([next(extra) for _ in range(burst // 4)], budget_ms=0)
            self.score.step()

        load = ["bench._address_load", "--unseen", str(share), "--seed", str(self._seed)]
        url, name = self._parts.endpoints.log_url, f"{tag}{self._seed}"
        found = open_loop(url, topics.DECISIONS.name, asked.rate, asked.seconds + 1, name, turn, load)
        new = unseen(n, asked.unseen, self._seed)
        return np.array(found)[asked.rate :], new[asked.rate :]

    def pairs(self, tag: str, cache: KeyCache, share: float, burst: int = 0) -> dict[str, object]:
        """Figures of the pairs that are parsed by `cache`."""
        self.switch.cache = cache
        rows: list[Mapping[str, float]] = []
        for _ in range(self._asked.repeats):
            before = stages(self._parts)["address"]
            plain, plain_new = self.loop(tag, 0.0)
            between, self.switch.pending = stages(self._parts)["address"], 0
            mixed, mixed_new = self.loop(tag, share, burst)
            after = stages(self._parts)["address"]
            without, with_ = (_quantiles(it) for it in (plain[~plain_new], mixed[~mixed_new]))
            row = {f"{name}_ms_without": value for name, value in without.items()}
            row |= {f"{name}_ms_with": value for name, value in with_.items()}
            row |= {f"ratio_{name}": with_[name] / without[name] for name in with_}
            sent = self._asked.rate * (self._asked.seconds + 1)
            row["address_us_without"] = (between - before) / sent * 1e6
            row["address_us_with"] = (after - between) / sent * 1e6
            if share:
                row["unseen_p99_ms"] = _quantiles(mixed[mixed_new])["p99"]
                row["pending_share"] = self.switch.pending / sent / share
            rows.append(row)
            progress(f"{tag}: " + "  ".join(f"{key} {value:.2f}" for key, value in row.items()))
        return {key: median([row[key] for row in rows]) for key in rows[0]}


def _quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    return {"p50": float(np.quantile(values, 0.5)), "p99": float(np.quantile(values, 0.99))}


def measure(parts: Wiring, metrics: Watched, asked: argparse.Namespace) -> dict[str, object]:
    course = Course(parts, asked)
    parts.addresses.get_many(known_texts())
    in_place = KeyCache(parts.parser, parts.cache, size=200_000)
    in_place.get_many(known_texts())
    own = parts.settings.addresses
    result: dict[str, object] = {
        "rate": asked.rate,
        "unseen": asked.unseen,
        "processes": own.processes,
        "budget_ms": own.budget_ms,
    }
    ways = {"pool": (parts.addresses, asked.unseen, 0), "in_place": (in_place, asked.unseen, 0)}
    ways["burst"] = (parts.addresses, 0.0, _BURST)
    course.loop("warm", 0.0)
    for name in asked.only:
        metrics.pending_ms.clear()
        result[name] = course.pairs(name.replace("_", ""), *ways[name])
        if metrics.pending_ms:
            result[f"{name}_pending_ms"] = quantiles(metrics.pending_ms)
    course.score.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=int, default=2_000)
    parser.add_argument("--unseen", type=float, default=0.1)
    parser.add_argument("--seconds", type=int, default=10, help="of each open-loop round")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--budget-ms", type=float, help="instead of the setting's default")
    parser.add_argument("--processes", type=int, help="instead of the setting's default")
    asked = parser.parse_args()
    addresses = {"budget_ms": asked.budget_ms, "processes": asked.processes}
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="ringwatch-address-stream-")))
        services = {"kafka", "redis-cache", "redis-log"}
        held.enter_context(start_stack("jvm", folder / STACK, progress=progress, only=services))
        settings = {
            "var": folder,
            "features": {"families": FAMILIES},
            "addresses": {name: value for name, value in addresses.items() if value is not None},
        }
        parts = Wiring(load_settings(settings))
        held.callback(parts.close)
        parts.metrics = metrics = Watched()
        report("address-stream", measure(parts, metrics, asked))


if __name__ == "__main__":
    main()
