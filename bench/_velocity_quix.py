"""Quix Streams as the velocity engine's peer: 12 columns of one entity in sliding windows, from a real Kafka topic.

`quix_rate` is what `bench-velocity` reports. It needs an environment of its own (`make quix`), and Java 17 with Maven
for Kafka; `quix_missing` says what is not there.

What is measured is the application's time from the first event to the last, by the clock and by the processor: decoding
and RocksDB included, the broker's own work, changelog topics and the last commit left out. Its windows are keyed by the
message's key, so that all 12 columns are a card's; more entities would take a repartition topic each. Sliding windows
there keep one aggregate for each event still in reach and update all those that an event falls into: what an event
costs grows with the events of its key.
"""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench._report import progress
from bench._velocity_flink import WINDOWS
from features import KEY_INDEX, Batch, Catalogue, EventKind, Feature, VelocityFeature
from features.feature import Aggregate
from features.velocity import VelocityEngine
from ringwatch.services import jvm_missing, start_stack

AGGREGATES: tuple[Aggregate, ...] = ("count", "sum", "mean")
_ROOT = Path(__file__).parents[1]
_DRIVER = Path(__file__).with_name("_velocity_quix_driver.py")
_LONGEST_S = 1_800


@dataclass(frozen=True, slots=True)
class QuixRun:
    """Events/s by the clock and a CPU second."""

    rate: float
    cpu_rate: float


def quix_missing() -> str | None:
    """Why Quix Streams can't run here, and what to do about it; None where it can."""
    if not _python().exists():
        return f"{_python()} is not there: `make quix` installs it"
    return jvm_missing()


def catalogue() -> Catalogue:
    """A card's count, sum and mean in 4 windows."""
    features = {
        f"{aggregate}.{name}": VelocityFeature(
            entity="card", kinds=(EventKind.AUTHORISATION,), aggregate=aggregate, window_ms=ms
        )
        for name, ms in WINDOWS.items()
        for aggregate in AGGREGATES
    }
    return Catalogue(tuple(Feature(name, "velocity", feature, "") for name, feature in features.items()))


def quix_rate(batch: Batch) -> QuixRun:
    """Run Kafka and the peer over `batch`, authorisations with a card at unique rising times.

    Stops where a value is not, to the bit, the engine's.
    """
    with tempfile.TemporaryDirectory(prefix="ringwatch-quix-") as name:
        place = Path(name)
        with start_stack("jvm", place / "jvm", progress=progress, only={"kafka"}) as stack:
            broker = stack.endpoints.log_url.removeprefix("kafka://")
            job = {"broker": broker, "state": str(place / "state"), "windows": WINDOWS, "events": _events(batch),
                   "result": str(place / "result.json")}  # fmt: skip
            (place / "job.json").write_text(json.dumps(job), encoding="utf-8")
            command = [str(_python()), "-I", str(_DRIVER), str(place / "job.json")]
            subprocess.run(command, cwd=place, check=True, timeout=_LONGEST_S, stdout=2)  # noqa: S603 - ours
        found = json.loads((place / "result.json").read_text(encoding="utf-8"))
    _check(batch, found["values"])
    return QuixRun(len(batch) / found["seconds"], len(batch) / found["cpu_seconds"])


def _python() -> Path:
    given = os.environ.get("RINGWATCH_QUIX_VENV")
    return (Path(given) if given else _ROOT / ".venv-quix") / "bin" / "python"


def _events(batch: Batch) -> list[tuple[str, int, int]]:
    cards = map(str, batch.keys[:, KEY_INDEX["card"]].tolist())
    return list(zip(cards, batch.time.tolist(), batch.amount.tolist(), strict=True))


def _check(batch: Batch, windows: list[list[list[float]]]) -> None:
    values = [np.array(rows) for rows in windows]
    for rows in values:
        np.testing.assert_array_equal(rows[:, 0], batch.time)
    expected, _ = VelocityEngine(catalogue()).update_and_read(batch)
    np.testing.assert_array_equal(np.hstack([rows[:, 1:] for rows in values]), expected)
