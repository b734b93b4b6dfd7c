"""The whole pipeline under fire: payments from a file through the log to decisions, lake and graph, counted everywhere.

`make -s bench-pipeline` sends the handbook's first 100,000 rows and their labels while scorer, label join, graph
writer and lake run as processes of their own, kills scorer and graph writer once each on the way (SIGKILL), waits
until all is caught up, and counts. It ends with one JSON line, and with exit code 1 where a single payment is lost,
doubled or changed anywhere. Settings, all optional:

    RINGWATCH_DATA            the folder with `handbook/transactions.parquet` (else a simulated world is sent)
    RINGWATCH_BENCH_STACK     jvm (Kafka, Neo4j; the default where Java and Maven are there) or embedded
    RINGWATCH_BENCH_ROWS      100000
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast, get_args

import numpy as np

from bench._course import PATIENCE_S, STREAMS, Ids, Sent, activate, graph_positions, review_large, settle
from bench._report import progress, report
from bench._stations import InLog, Positions, lake_positions
from events import topics
from events.arrival import Arrival
from events.errors import SettingsError, UnavailableError
from lake.source import connect
from ringwatch.demo.parts import Parts, running
from ringwatch.services import RunningStack, StackKind, jvm_missing, start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from scoring.trees import Params, train
from simulator import World, preset

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "docs" / "examples" / "handbook.toml"
SEED = 7
LARGE = 20_000  # base minor units: what the rule sends to review
KILLS = {"score": 0.35, "graph": 0.55}  # each at this share of its own way
CHECKPOINT_EVENTS = 20_000
STATIONS = ("ingest", "score", "graph", "lake")
_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class File:
    """The first rows of the handbook's file (or one of its shape)."""

    path: Path
    rows: int

    def counts(self) -> dict[str, int]:
        """What has to come out at the other end, by DuckDB alone."""
        columns = ("rows", "minor", "cards", "merchants", "frauds")
        query = f"""SELECT count(*), sum(round(TX_AMOUNT * 100)::BIGINT), count(DISTINCT CUSTOMER_ID),
            count(DISTINCT TERMINAL_ID), sum(TX_FRAUD)
            FROM (SELECT * FROM read_parquet('{self.path}', file_row_number = true)
                  ORDER BY TX_TIME_SECONDS, file_row_number LIMIT {self.rows:d})"""  # noqa: S608 - a path of ours
        with connect(self.path) as db:
            (found,) = db.execute(query).fetchall()
        return {name: int(value) for name, value in zip(columns, found, strict=True)}

    def sent(self) -> Sent:
        """What `ingest` should send of it."""
        wanted = self.counts()
        topic = Counter({topics.TRANSACTIONS.name: wanted["rows"], topics.LABELS.name: wanted["frauds"]})
        return Sent(topic, wanted["rows"])


def handbook() -> Path | None:
    """The handbook's file, where it is."""
    folder = Path(os.environ.get("RINGWATCH_DATA") or ROOT.parent / "shared" / "data")
    path = folder / "handbook" / "transactions.parquet"
    return path if path.is_file() else None


def simulated(parts: Wiring, rows: int) -> list[Arrival]:
    """The demo's preset until so many messages have come."""
    return list(islice(World(preset("gateway-cnp"), SEED).arrivals(parts.door), rows))


def model(parts: Wiring) -> bytes:
    """Trees of the usual number and depth, learnt from noise: they cost what real ones cost and decide nothing."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(4_000, len(parts.columns.names))).astype(np.float32)
    y = (x[:, 0] + rng.normal(size=len(x)) > 1.5).astype(np.int8)
    return train(x, y, columns=parts.columns, seed=SEED, params=Params())


@dataclass(slots=True)
class Station:
    """How far a station was when: `seen` are (seconds since the first row was in the log, records)."""

    seen: list[tuple[float, int]] = field(default_factory=list)

    def note(self, at: float, count: int) -> None:
        if not self.seen or count > self.seen[-1][1]:
            self.seen.append((at, count))

    def figures(self) -> dict[str, float]:
        """Rows a second from the first row in the log to the last here, and in the best ten seconds of them."""
        seconds, rows = self.seen[-1]
        best = [
            (later - count) / (then - at)
            for at, count in self.seen
            for then, later in self.seen
            if 10.0 <= then - at < 12.0
        ]
        found = {"seconds": round(seconds, 1), "rows_per_s": round(rows / max(seconds, 0.001))}
        return found | ({"best_10_s_rows_per_s": round(max(best))} if best else {})


Finished = Callable[[], bool]
"""Whether a sender has sent everything; raises what made it fail."""


def ingest(file: File, folder: Path) -> Finished:
    """`ringwatch ingest`, as a process of its own."""
    said = folder / "logs" / "ingest.log"
    command = ("ingest", str(file.path), "--map", str(MAP), "--limit", str(file.rows), "--json")
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "ringwatch", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "RINGWATCH_VAR": str(folder)},
        )

    def finished() -> bool:
        if process.poll():
            raise UnavailableError(f"ringwatch ingest failed:\n{said.read_text(errors='replace')[-2_000:]}")
        return process.returncode == 0

    return finished


@dataclass(slots=True)
class Watch:
    """Follows the stations to `goals` (records each) and kills on the way."""

    parts: Wiring
    live: Parts
    stack: RunningStack
    goals: Mapping[str, int]
    stations: dict[str, Station] = field(default_factory=lambda: {name: Station() for name in STATIONS})
    kills: dict[str, dict[str, float]] = field(default_factory=dict)
    _began: float = 0.0
    _back: dict[str, float] = field(default_factory=dict)  # when it was started again, until it is ready

    def follow(self, finished: Finished) -> None:
        """Until everything is sent, each of `KILLS` has been killed, and every station has reached its goal."""
        moved = told = time.monotonic()
        now: dict[str, int] = {}
        with closing(Ids(self.parts.log, topics.DECISIONS.name)) as decided:
            while not (finished() and now and all(now[name] >= goal for name, goal in self.goals.items())):
                before, now, at = now, self._look(decided), time.monotonic()
                if not before or not before["ingest"]:
                    self._began = at
                for name, count in now.items():
                    self.stations[name].note(at - self._began, count)
                self._kill_due(now)
                moved = at if now != before else moved
                if at - told > 10:
                    counts = "  ".join(f"{name} {count:,}" for name, count in now.items())
                    progress(f"{at - self._began:6.0f} s  {counts}")
                    told = at
                self._check(stalled=at - moved > PATIENCE_S)
                time.sleep(_EVERY_S)

    def _look(self, decided: Ids) -> dict[str, int]:
        return {
            "ingest": _transactions(self.parts.log.end(topics.TRANSACTIONS.name)),
            "score": decided.count(),
            "graph": _transactions(graph_positions(self.parts)),
            "lake": _transactions(lake_positions(self.parts)),
        }

    def _check(self, *, stalled: bool) -> None:
        self.stack.tend()
        for name, said in self.live.ended().items():
            raise UnavailableError(f"{name} has ended by itself:\n{said}")
        if stalled:
            raise UnavailableError(f"nothing moves any more; see {self.live.folder}")

    def _kill_due(self, now: Mapping[str, int]) -> None:
        for name, share in KILLS.items():
            if name not in self.kills and now[name] >= share * self.goals[name]:
                self.live.kill(name)
                self.live.launch(name)
                self._back[name] = time.monotonic()
                self.kills[name] = {"at_row": now[name], "of": self.goals[name]}
                progress(f"killed {name} at row {now[name]:,}")
        for name in [name for name in self._back if self.live.ready(name)]:
            took = round(time.monotonic() - self._back.pop(name), 1)
            self.kills[name]["back_after_s"] = took
            progress(f"{name} runs again after {took} s")


def _transactions(held: Positions) -> int:
    return sum(at for source, at in held.items() if source.topic == topics.TRANSACTIONS.name)


def against_file(file: File, log: InLog) -> tuple[dict[str, int], list[str]]:
    """What the file holds, and where the log differs from it."""
    wanted = file.counts()
    is_ = {
        "rows": len(log.transactions.ids),
        "minor": sum(log.minor.values()),
        "cards": len(log.cards),
        "merchants": len(log.merchants),
        "frauds": len(log.labels.ids),
    }
    return wanted, [
        f"file: {name}: {is_[name]} instead of {it}" for name, it in wanted.items() if is_[name] != it
    ]


def kind_of_stack() -> StackKind:
    asked = os.environ.get("RINGWATCH_BENCH_STACK", "")
    if asked in get_args(StackKind):
        return cast("StackKind", asked)
    if asked:
        raise SettingsError(f"RINGWATCH_BENCH_STACK is {asked!r}: jvm or embedded")
    missing = jvm_missing()
    if missing:
        progress(f"{missing}: on the embedded stack then")
    return "embedded" if missing else "jvm"


def course(kind: StackKind, folder: Path, rows: int) -> tuple[dict[str, object], list[str]]:
    """Figures, and what does not add up."""
    path = handbook()
    file = File(path, rows) if path else None
    with ExitStack() as held:
        stack = held.enter_context(start_stack(kind, folder / STACK, progress=progress))
        parts = Wiring(load_settings({"var": folder}))
        held.callback(parts.close)
        live = held.enter_context(running(STREAMS, folder / "logs", environment(folder)))
        activate(parts, live, review_large(parts, LARGE, model=model(parts)).id)
        if file:
            sent = file.sent()
            watch = Watch(parts, live, stack, goals(sent))
            progress(f"sending the handbook's first {rows:,} rows, on the {kind} stack")
            watch.follow(ingest(file, folder))
        else:
            progress("the handbook's file is not there (RINGWATCH_DATA): a simulated world is sent instead")
            arrivals, sent, planned = simulated(parts, rows), Sent(), Sent()
            deque(planned.watch(arrivals), maxlen=0)
            watch = Watch(parts, live, stack, goals(planned))
            with ThreadPoolExecutor(1) as pool:
                sending = pool.submit(sent.send, parts.log, arrivals)
                watch.follow(lambda: sending.done() and sending.result() is None)
        outcome = settle(parts, live, sent, tend=stack.tend)
    faults = outcome.faults + [f"{name} was killed too late" for name in KILLS if late(watch.kills[name])]
    figures: dict[str, object] = {
        "stack": kind,
        "source": "handbook" if file else "simulated",
        "stations": outcome.figures(),
        "rates": {name: station.figures() for name, station in watch.stations.items()},
        "kills": watch.kills,
        "checkpoint_events": CHECKPOINT_EVENTS,
    }
    if file:
        figures["file"], wrong = against_file(file, outcome.log)
        faults += wrong
    return figures, faults


def environment(folder: Path) -> dict[str, str]:
    return {"RINGWATCH_VAR": str(folder), "RINGWATCH_SCORE__CHECKPOINT_EVENTS": str(CHECKPOINT_EVENTS)}


def goals(sent: Sent) -> dict[str, int]:
    """Records that each station is to reach."""
    return dict.fromkeys(STATIONS, sent.by_topic[topics.TRANSACTIONS.name]) | {"score": sent.to_decide}


def late(kill: Mapping[str, float]) -> bool:
    return kill["at_row"] >= kill["of"]


def main() -> int:
    rows = int(os.environ.get("RINGWATCH_BENCH_ROWS", "100000"))
    with tempfile.TemporaryDirectory(prefix="ringwatch-pipeline-") as folder:
        figures, faults = course(kind_of_stack(), Path(folder), rows)
    for fault in faults:
        progress(f"WRONG  {fault}")
    report("pipeline", {**figures, "faults": faults})
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
