"""A catalogue's velocity as a Flink job: what it is made of, and running it or handing it to a cluster."""

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from events.errors import SettingsError, UnavailableError
from features.catalogue import Catalogue
from features.feature import VelocityFeature
from features.flink_sql import VelocitySql, velocity_sql
from ringwatch.flink.environment import FlinkEnvironment
from ringwatch.flink.tables import ABSENT_KEYS, KafkaTables, file_statements, kafka_statements, quoted
from ringwatch.services.endpoints import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["heap", "rocksdb"]
_DAY_MS = 86_400_000
_DRIVER = Path(__file__).with_name("driver.py")
_SUBMITTED = re.compile(r"submitted with JobID ([0-9a-f]{32})")
_BACKENDS = {"heap": "hashmap", "rocksdb": "rocksdb"}


class JobOptions(Struct, frozen=True, kw_only=True):
    """How a job runs.

    `cluster` is `host:port` of a cluster's REST address, None a mini-cluster in the job's own process with `heap` of
    memory and `managed` beside it for RocksDB. State is kept on the `heap` or in `rocksdb`, and written to
    `checkpoints` (a folder or a URL Flink knows) every `checkpoint_ms`. `restore` is a checkpoint or savepoint to go on
    from.
    """

    parallelism: int = 1
    state: State = "heap"
    checkpoints: str | None = None
    checkpoint_ms: int = 10_000
    cluster: str | None = None
    heap: str = "1g"
    managed: str = "256m"
    restore: str | None = None


class FlinkJob(Struct, frozen=True):
    """What the driver is given: Flink's settings by their own names, statements of which the last is the INSERT."""

    settings: dict[str, str]
    statements: tuple[str, ...]
    wait: bool = False

    def script(self) -> str:
        """The job as a file for Flink's SQL client."""
        settings = [f"SET {quoted(name)} = {quoted(value)}" for name, value in self.settings.items()]
        return "".join(f"{statement};\n\n" for statement in (*settings, *self.statements))


class JobEnd(Struct, frozen=True):
    """The id Flink gave, and how long a job that was waited for ran, in seconds by the clock and by all processors.

    Planning and the start of Java are not counted; 0 for a job that was not waited for.
    """

    job: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def sub_catalogue(catalogue: Catalogue, names: frozenset[str]) -> Catalogue:
    """The velocity columns `names` of `catalogue` alone."""
    kept = tuple(f for f in catalogue.features if isinstance(f.source, VelocityFeature) and f.name in names)
    return Catalogue(kept, catalogue.distinct_limit)


def require_all(sql: VelocitySql) -> None:
    """`SettingsError`, with every column and its reason, where Flink can't compute some."""
    if sql.refused:
        lines = "\n".join(f"  {refusal.name}: {refusal.reason}" for refusal in sql.refused)
        raise SettingsError(
            f"Flink SQL can't express {len(sql.refused)} columns; leave them out with --skip-unsupported:\n{lines}"
        )


def kafka_job(
    catalogue: Catalogue, tables: KafkaTables, options: JobOptions, *, wait: bool = False
) -> tuple[FlinkJob, VelocitySql]:
    """The job that reads the product's topics and writes `tables.sink`; what it can't compute is left out."""
    sql = velocity_sql(catalogue, ABSENT_KEYS)
    # Flink counts this from the last touch by the wall clock; windows clean up after themselves by event time.
    ttl = sql.longest_ms + tables.out_of_order_ms + _DAY_MS
    settings = _settings(options) | {
        "table.exec.state.ttl": f"{ttl} ms",
        "pipeline.name": "ringwatch velocity",
    }
    made = (*kafka_statements(tables, sql.kinds), *sql.views, _insert(catalogue, sql))
    return FlinkJob(settings, made, wait), sql


def file_job(
    catalogue: Catalogue, batch: Path, sink: Path | None, options: JobOptions
) -> tuple[FlinkJob, VelocitySql]:
    """The job over a CSV of a batch's columns (`tables.file_statements`), waited for."""
    sql = velocity_sql(catalogue)
    # A file is there at once: nothing is gained by small bites.
    settings = _settings(options) | {
        "pipeline.name": "ringwatch velocity of a file",
        "pipeline.auto-watermark-interval": "200 ms",
        "execution.buffer-timeout.interval": "100 ms",
    }
    return FlinkJob(
        settings, (*file_statements(batch, sink), *sql.views, _insert(catalogue, sql)), wait=True
    ), sql


def _insert(catalogue: Catalogue, sql: VelocitySql) -> str:
    version = quoted(catalogue.velocity_version)
    return f"INSERT INTO velocity\nSELECT id, t, {version} AS catalogue, `values` FROM (\n{sql.query}\n)"


def _settings(options: JobOptions) -> dict[str, str]:
    settings = {
        "parallelism.default": str(options.parallelism),
        "pipeline.auto-watermark-interval": "10 ms",
        "execution.buffer-timeout.interval": "5 ms",
        "table.local-time-zone": "UTC",
        "state.backend.type": _BACKENDS[options.state],
    }
    if options.checkpoints is not None:
        settings |= {
            "execution.checkpointing.interval": f"{options.checkpoint_ms} ms",
            "execution.checkpointing.dir": options.checkpoints,
            "execution.checkpointing.incremental": "true",
            "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        }
    if options.restore is not None:
        settings["execution.state-recovery.path"] = options.restore
    return settings


@contextlib.contextmanager
def started(
    job: FlinkJob, flink: FlinkEnvironment, options: JobOptions, directory: Path
) -> "Iterator[subprocess.Popen[str]]":
    """The driver's process, ended with all it started; it writes its log and what it needs into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = job.settings | {"pipeline.jars": flink.connector.resolve().as_uri()}
    if options.cluster is None:
        settings["taskmanager.memory.managed.size"] = options.managed
    file = directory / "job.json"
    # Private: settings of Kafka's clients may hold a password.
    write_private(file, msgspec.json.encode(FlinkJob(settings, job.statements, job.wait)))
    command = [str(flink.python), str(_DRIVER), str(file)]
    if options.cluster is not None:
        run = [str(flink.home / "bin" / "flink"), "run", "-m", options.cluster, "--detached"]
        command = [*run, "-pyclientexec", str(flink.python), "-py", str(_DRIVER), str(file)]
    with (directory / "driver.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a command of ours, as a list
            command, cwd=directory, env=flink.variables(directory, options.heap), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def run_job(
    job: FlinkJob,
    flink: FlinkEnvironment,
    options: JobOptions,
    directory: Path,
    *,
    timeout_s: float | None = 600.0,
) -> JobEnd:
    """Run `job` to what its `wait` says; into `directory` go its log and the job file.

    Errors: `UnavailableError` with the end of the log where it fails or takes longer than `timeout_s`.
    """
    with started(job, flink, options, directory) as process:
        try:
            said, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"the Flink job did not end within {timeout_s:.0f} s") from error
    told: dict[str, str | float] = {}
    for line in said.splitlines():
        if line.startswith('{"'):
            told |= msgspec.json.decode(line, type=dict[str, str | float])
    if options.cluster is not None and not process.returncode:
        found = _SUBMITTED.search(said)
        told |= {"job": found[1]} if found else {}
    if process.returncode or "job" not in told:
        raise UnavailableError(f"the Flink job failed:\n{_cause(directory / 'driver.log', said)}")
    return msgspec.convert(told, JobEnd)


def _cause(log: Path, said: str) -> str:
    """The lines that tell why, of a Java trace that is hundreds of lines long."""
    lines = [*log.read_text("utf-8", "replace").splitlines(), *said.splitlines()]
    telling = [
        line for line in lines if "Caused by" in line or "Exception:" in line or line.startswith("Error")
    ]
    return "\n".join(telling[-6:] or lines[-10:])
