"""The scorer's hot path on real Kafka and Redis: a backlog's rate with what each stage costs, and open-loop latency.

`make -s bench-scorer` prints one JSON object. `ScoreTransactions` runs in this process, its journal on disk, with 300
trees, 50 rules of three comparisons, 252 columns (`--families`: others) and graph features in Redis. Payments are sent,
and decisions read, by processes of their own (`bench._scorer_load`). Of each rate's `--repeats` rounds the median is
reported; `hop` is the same way without a scorer: the payments themselves are read. Figures:

    events_per_s            of the backlog, by wall clock; events_per_cpu_s by this process' processor time
    stage_us                microseconds an event in each stage, of `stage_seconds`; `take` is all before
    p50_ms_2k and others    intended send to decision read
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import numpy as np

from bench._report import median, progress, report
from bench._scorer_load import (
    AMOUNT_LOG_MEAN,
    AMOUNT_LOG_STD,
    CARDS,
    DEVICES,
    card,
    device,
    outgoing,
    payments,
)
from events import topics
from features.graph_columns import GRAPH_COLUMNS
from graph.graph_features import GraphFeatures
from graph.publish import publish
from ringwatch.cli.release import put_in_force
from ringwatch.cli.run import rest_the_collector
from ringwatch.services import start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from scoring import Params, Policy, Rule, RuleSet, make_release
from scoring.rules import All, Feature, Not
from scoring.trees import train
from streaming.score import PART, ScoreTransactions

SEED = 7
FAMILIES = ("counts", "amounts", "links", "pairs", "recency")
RATES = (1_000, 2_000, 5_000)
QUANTILES = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
_START_IN_S = 8.0  # until when both processes are surely up: they import, and open the log
_CHUNK = 2_000
_HOUR_MS = 3_600_000


def release(parts: Wiring) -> str:
    """300 trees that review the largest payments, one in fifty, and 50 rules that never fire."""
    names, rng = parts.columns.names, np.random.default_rng(SEED)
    x = rng.normal(size=(20_000, len(names))).astype(np.float32)
    amount = x[:, names.index("txn.amount")] = np.exp(rng.normal(AMOUNT_LOG_MEAN, AMOUNT_LOG_STD, len(x)))
    large = amount > np.quantile(amount, 0.98)
    y = (large ^ (rng.random(len(x)) < 0.02)).astype(
        np.int8
    )  # some told wrongly, so that all trees have work
    model = train(x, y, columns=parts.columns, seed=SEED, params=Params(trees=300))
    when = [
        All(
            (
                Feature(names[i], ">", 1e12),
                Not(Feature(names[i + 1], "<", -1e12)),
                Feature(names[i + 2], "<", 0),
            )
        )
        for i in range(50)
    ]
    rules = RuleSet(
        rules=tuple(Rule(code=f"r{i}", title="Never", action="review", when=it) for i, it in enumerate(when))
    )
    parts.catalogues.put(parts.catalogue)
    made = make_release(
        model=parts.registry.put("model", model),
        rules=parts.registry.put("rules", rules.to_bytes()),
        policy=parts.registry.put("policy", Policy(challenge=0.5, review=0.5).to_bytes()),
        parser=parts.parser.version,
        catalogue=parts.columns.version,
        actor="bench",
        reason="to measure",
        clock=parts.clock,
    )
    return parts.registry.put_release(made).id


def graph_features() -> GraphFeatures:
    """A row for every card and device."""
    tokens = sorted([*map(card, range(CARDS)), *map(device, range(DEVICES))])
    rng = np.random.default_rng(SEED)
    return GraphFeatures(
        version="bench",
        cut_ms=0,
        tokens=tuple(tokens),
        kinds=np.array([0 if it.startswith("card") else 2 for it in tokens], dtype=np.uint8),
        values=rng.random((len(tokens), len(GRAPH_COLUMNS))).astype(np.float32),
        fraud=np.zeros(len(tokens), dtype=np.bool_),
        community=("",) * len(tokens),
        rings=(),
        lineage=(),
    )


def fill(parts: Wiring, n: int, name: str, ago_ms: int = 0) -> None:
    """n payments into the log, half a millisecond apart, the last of them `ago_ms` ago."""
    start, made, sent = parts.clock.now_ms() - ago_ms - n // 2, payments(n, f"{name}-", SEED), 0
    with closing(parts.log.open_producer("bench-backlog", [topics.TRANSACTIONS.name])) as producer:
        while some := list(islice(made, _CHUNK)):
            producer.send([outgoing(payment, start + (sent + i) // 2) for i, payment in enumerate(some)])
            sent += len(some)


def warm_up(parts: Wiring, score: ScoreTransactions) -> None:
    """Have everything compiled or loaded."""
    fill(parts, _CHUNK, "warm", _HOUR_MS)
    seen = 0
    while seen < _CHUNK:
        seen += score.step()


def stages(parts: Wiring) -> dict[str, float]:
    """Seconds spent in each stage so far."""
    return {
        sample.labels["stage"]: sample.value
        for metric in parts.metrics.registry.collect()
        for sample in metric.samples
        if sample.name.endswith("stage_seconds_sum") and sample.labels["part"] == PART
    }


def _reviewed(parts: Wiring) -> float:
    labels = {"action": "review", "lane": "live"}
    return parts.metrics.registry.get_sample_value("ringwatch_decisions_total", labels) or 0.0


def backlog(parts: Wiring, score: ScoreTransactions, n: int) -> dict[str, object]:
    fill(parts, n, "backlog")
    progress(f"{n:,} payments are in the log")
    before, seen, said = stages(parts), 0, 0
    wall, used = time.perf_counter(), time.process_time()
    while seen < n:
        seen += score.step()
        if seen - said >= n // 10:
            said = seen
            progress(f"  {seen:,} at {seen / (time.perf_counter() - wall):,.0f}/s")
    took, cpu = time.perf_counter() - wall, time.process_time() - used
    spent = {name: value - before.get(name, 0.0) for name, value in stages(parts).items()}
    spent["take"] = took - sum(spent.values())
    return {
        "events": n,
        "reviewed": round(_reviewed(parts) / n, 4),
        "events_per_s": round(n / took),
        "events_per_cpu_s": round(n / cpu),
        "stage_us": {name: round(value / n * 1e6, 2) for name, value in spent.items()},
    }


def open_loop(
    url: str,
    topic: str,
    rate: int,
    seconds: float,
    tag: str,
    turn: Callable[[], object],
    load: Sequence[str] = ("bench._scorer_load", "send"),
) -> list[float]:
    """Milliseconds of each payment that `load` sends, while this process does its `turn`s."""
    start = time.monotonic_ns() + int(_START_IN_S * 1e9)
    asked = [
        "--log",
        url,
        "--rate",
        str(rate),
        "--seconds",
        str(seconds),
        "--prefix",
        f"{tag}-",
        "--start",
        str(start),
    ]
    command = [sys.executable, "-m"]
    with tempfile.TemporaryFile("w+") as said:
        reader = subprocess.Popen(  # noqa: S603 - our own
            [*command, "bench._scorer_load", "read", "--topic", topic, *asked], stdout=said
        )
        sender = subprocess.Popen([*command, *load, *asked], stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        while reader.poll() is None:
            turn()
        assert sender.wait() == 0
        assert reader.returncode == 0
        said.seek(0)
        found: list[float] = json.loads(said.read().splitlines()[-1])
    assert len(found) == round(rate * seconds), f"{len(found)} of {rate * seconds} were read"
    return found


def latencies(
    url: str, topic: str, rate: int, asked: argparse.Namespace, name: str, turn: Callable[[], object]
) -> dict[str, float]:
    """Medians over the rounds of each quantile; the first second of a round warms up."""
    rounds: list[list[float]] = []
    for i in range(asked.repeats):
        found = open_loop(url, topic, rate, asked.seconds + 1, f"{name}{rate}r{i}", turn)[rate:]
        rounds.append([float(it) for it in np.quantile(found, list(QUANTILES.values()))])
        progress(f"{name} at {rate}/s: " + "  ".join(f"{it:.1f}" for it in rounds[-1]) + " ms")
    return {key: median(row, 1) for key, row in zip(QUANTILES, zip(*rounds, strict=True), strict=True)}


def measure(parts: Wiring, asked: argparse.Namespace) -> dict[str, object]:
    made = release(parts)
    publish(graph_features(), parts.cache, parts.blobs, now_ms=parts.clock.now_ms())
    url = parts.endpoints.log_url
    hop = latencies(url, topics.TRANSACTIONS.name, 2_000, asked, "hop", lambda: time.sleep(0.1))
    score = parts.score()
    score.recover()
    put_in_force(parts, made, "bench", "to measure")
    while score.release != made or not score.caught_up():
        score.step()
    warm_up(parts, score)
    rest_the_collector()
    figures = {"columns": len(parts.columns.names), "trees": 300, "rules": 50}
    result: dict[str, object] = figures | backlog(parts, score, asked.events)
    for rate in RATES:
        found = latencies(url, topics.DECISIONS.name, rate, asked, "decision", score.step)
        result |= {f"{name}_ms_{rate // 1000}k": value for name, value in found.items()}
    score.close()
    return result | {f"hop_{name}_ms_2k": value for name, value in hop.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each open-loop round")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--families", nargs="+", default=FAMILIES, help="of velocity features; 252 columns in all"
    )
    asked = parser.parse_args()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="ringwatch-scorer-")))
        services = {"kafka", "redis-cache", "redis-log"}
        held.enter_context(start_stack("jvm", folder / STACK, progress=progress, only=services))
        parts = Wiring(load_settings({"var": folder, "features": {"families": asked.families}}))
        held.callback(parts.close)
        report("scorer", measure(parts, asked))


if __name__ == "__main__":
    main()
