"""`ringwatch flink`: velocity as Flink SQL, to read or to submit."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from events.errors import SettingsError
from ringwatch.cli.common import Json, emit, say, show, wiring

if TYPE_CHECKING:
    from features.catalogue import Catalogue
    from ringwatch.flink.tables import KafkaTables

app = typer.Typer(
    help="""Compute velocity columns on Apache Flink: print the SQL, or submit it as a job.

    Example: ringwatch flink sql --explain
    """,
    no_args_is_help=True,
)

CatalogueFile = Annotated[
    Path | None, typer.Option("--catalogue", help="A catalogue's JSON; left out: this installation's.")
]
Only = Annotated[
    list[str] | None, typer.Option("--only", help="Names to compute, * stands for anything; may be repeated.")
]
Skip = Annotated[
    bool, typer.Option("--skip-unsupported", help="Leave out columns that Flink SQL can't express.")
]
Brokers = Annotated[
    str | None, typer.Option("--kafka", help="kafka://host:port[?namespace=x] as Flink sees it.")
]
Late = Annotated[
    int, typer.Option("--out-of-order-ms", min=0, help="Wait so long for events that come out of order.")
]
Idle = Annotated[int, typer.Option("--idle-ms", min=1, help="Don't wait for a partition silent for so long.")]
Parallelism = Annotated[int, typer.Option(min=1, help="Task slots to use.")]
State = Annotated[
    Literal["heap", "rocksdb"], typer.Option(help="Where state lives: in memory, or on the workers' disks.")
]
Checkpoints = Annotated[
    str | None, typer.Option(help="Folder or URL for checkpoints, as every worker sees it.")
]
Interval = Annotated[int, typer.Option("--checkpoint-ms", min=10, help="From one checkpoint to the next.")]
Restore = Annotated[str | None, typer.Option(help="Checkpoint or savepoint to go on from.")]


@app.command()
def sql(
    catalogue: CatalogueFile = None,
    only: Only = None,
    kafka: Brokers = None,
    out_of_order_ms: Late = 2_000,
    idle_ms: Idle = 5_000,
    parallelism: Parallelism = 1,
    state: State = "rocksdb",
    checkpoints: Checkpoints = None,
    checkpoint_ms: Interval = 10_000,
    *,
    skip_unsupported: Skip = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which columns go, which don't and how values differ.")
    ] = False,
    json: Json = False,
) -> None:
    """Print the job as SQL for Flink 2.2's client; columns that Flink can't compute are refused by name.

    Example: ringwatch flink sql --skip-unsupported > velocity.sql

    Example: ringwatch flink sql --only "card.*" --explain
    """
    from features.flink_sql import limits
    from ringwatch.flink.job import JobOptions, kafka_job, require_all

    chosen, tables = _chosen(catalogue, only, kafka, out_of_order_ms, idle_ms)
    options = JobOptions(
        parallelism=parallelism, state=state, checkpoints=checkpoints, checkpoint_ms=checkpoint_ms
    )
    job, compiled = kafka_job(chosen, tables, options)
    if explain:
        refused = [{"column": refusal.name, "reason": refusal.reason} for refusal in compiled.refused]
        if json:
            emit({"columns": compiled.names, "refused": refused, "differences": limits()})
            return
        show(
            f"{len(compiled.names)} columns in {len(compiled.views) - 1} windows; not to be had: {len(refused)}"
        )
        for refusal in compiled.refused:
            show(f"  {refusal.name}: {refusal.reason}")
        show("Values are the engine's on events in order with unique times. Otherwise:")
        for line in limits():
            show(f"  {line}")
        return
    if not skip_unsupported:
        require_all(compiled)
    if json:
        emit({"settings": job.settings, "statements": job.statements, "columns": compiled.names})
    else:
        show(job.script())


@app.command()
def submit(
    catalogue: CatalogueFile = None,
    only: Only = None,
    kafka: Brokers = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="host:port of a cluster's REST address; left out: run here, until stopped."),
    ] = None,
    out_of_order_ms: Late = 2_000,
    idle_ms: Idle = 5_000,
    parallelism: Parallelism = 1,
    state: State = "rocksdb",
    checkpoints: Checkpoints = None,
    checkpoint_ms: Interval = 10_000,
    restore: Restore = None,
    heap: Annotated[str, typer.Option(help="Memory of a job that runs here, as Java's -Xmx has it.")] = "1g",
    *,
    skip_unsupported: Skip = False,
    json: Json = False,
) -> None:
    """Run the job: it reads the inputs' topics and writes `velocity`, a row for each transaction to be decided.

    Needs `make flink` and Java 17.

    Example: ringwatch flink submit --skip-unsupported --cluster flink:8081 --checkpoints s3://bucket/flink
    """
    from events.topics import Topic
    from ringwatch.flink.environment import find_flink
    from ringwatch.flink.job import JobOptions, kafka_job, require_all, run_job
    from ringwatch.flink.tables import VELOCITY_TOPIC

    flink = find_flink(say)
    chosen, tables = _chosen(catalogue, only, kafka, out_of_order_ms, idle_ms)
    with wiring() as parts:
        directory = parts.settings.var.resolve() / "flink"
        if checkpoints is None and cluster is None:
            checkpoints = (directory / "checkpoints").as_uri()
        if checkpoints is None:
            raise SettingsError("--checkpoints names no place that the cluster's workers share: give a URL")
        if kafka is None:
            parts.log.ensure_topics([Topic(VELOCITY_TOPIC)], parts.settings.log.partitions)
    options = JobOptions(
        parallelism=parallelism, state=state, checkpoints=checkpoints, checkpoint_ms=checkpoint_ms,
        cluster=cluster, heap=heap, restore=restore,
    )  # fmt: skip
    job, compiled = kafka_job(chosen, tables, options, wait=cluster is None)
    if not skip_unsupported:
        require_all(compiled)
    say(f"{len(compiled.names)} velocity columns to {tables.wire(tables.sink)}; logs in {directory}")
    end = run_job(job, flink, options, directory, timeout_s=None if cluster is None else 300.0)
    if json:
        emit({"job": end.job, "columns": compiled.names})
    else:
        show(f"job {end.job} runs on {cluster}" if cluster else f"job {end.job} has ended")


def _chosen(
    file: Path | None, only: list[str] | None, kafka: str | None, late_ms: int, idle_ms: int
) -> "tuple[Catalogue, KafkaTables]":
    from features.catalogue import Catalogue
    from ringwatch.flink.job import sub_catalogue
    from ringwatch.flink.tables import KafkaTables
    from streaming.log.kafka_client import parse_url

    with wiring() as parts:
        whole = parts.catalogue if file is None else Catalogue.from_bytes(file.read_bytes())
        url = kafka or parts.endpoints.log_url
    if not url.startswith("kafka://"):
        raise SettingsError("Flink reads Kafka: give --kafka kafka://host:port, or set [log] url to one")
    settings = parse_url(url)
    if settings.extra and kafka is None:
        raise SettingsError(
            "[log] url has settings of librdkafka's that Java's clients name otherwise; give --kafka with Java's"
        )
    patterns = only or ["*"]
    names = frozenset(
        f.name for f in whole.features if any(fnmatchcase(f.name, pattern) for pattern in patterns)
    )
    columns = sub_catalogue(whole, names)
    if not columns.features:
        raise SettingsError(
            f"--only {' '.join(patterns)}: no velocity column of the catalogue has such a name"
        )
    tables = KafkaTables(
        settings.bootstrap, out_of_order_ms=late_ms, idle_ms=idle_ms, namespace=settings.namespace,
        properties=dict(settings.extra),
    )  # fmt: skip
    return columns, tables
