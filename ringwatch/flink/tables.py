"""CREATE statements of what a job reads and writes: the product's topics in Kafka, or a file of a batch's columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from events import topics
from events.types import ENTITY_KINDS
from features.flink_sql import EVENTS, interval
from features.keys import CHANNELS, KEYS, EventKind

VELOCITY_TOPIC = "velocity"
ABSENT_KEYS = {"address": "the parser makes an address's key, no message carries it"}
"""Of `features.keys.KEYS`, those that messages have no values of, with the reason."""

_TOKEN = "ROW<token STRING>"  # noqa: S105 - a type of Flink's
_ATTRIBUTES = {"bin": "card.bin", "ip_prefix": "ip.prefix", "email_domain": "email.domain"}
_ATTRIBUTES |= {"category": "merchant.category"}
_TRANSACTIONS = (EventKind.AUTHORISATION, EventKind.CAPTURE, EventKind.REFUND, EventKind.REVERSAL)
_OUTCOMES = (
    EventKind.CAPTURE, EventKind.REFUND, EventKind.REVERSAL, EventKind.OUTCOME_APPROVED,
    EventKind.OUTCOME_DECLINED, EventKind.CHECK_PASSED, EventKind.CHECK_FAILED,
)  # fmt: skip
_ACCOUNT = (EventKind.LOGIN, EventKind.LOGIN_FAILED, EventKind.ACCOUNT_CHANGE)
_LABELS = (EventKind.LABEL_FRAUD, EventKind.LABEL_GENUINE)


@dataclass(frozen=True, slots=True)
class KafkaTables:
    """Where a job's topics are and how they are read.

    `out_of_order_ms`: an event may come this much behind the newest of its partition; results wait as long. A partition
    that has been silent for `idle_ms` no longer holds the others up. `bounded`: end at what is there now.
    """

    bootstrap: str
    group: str = "ringwatch-flink"
    start: str = "earliest-offset"
    out_of_order_ms: int = 2_000
    idle_ms: int = 5_000
    bounded: bool = False
    sink: str = VELOCITY_TOPIC
    namespace: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a password

    def wire(self, topic: str) -> str:
        """The topic's name in the cluster."""
        return f"{self.namespace}.{topic}" if self.namespace else topic

    def options(self, topic: str) -> dict[str, str]:
        """What a table of `topic` says of the cluster."""
        given = {"connector": "kafka", "topic": self.wire(topic)}
        given["properties.bootstrap.servers"] = self.bootstrap
        return given | {f"properties.{name}": value for name, value in self.properties.items()}


def quoted(text: str) -> str:
    """`text` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def kafka_statements(tables: KafkaTables, kinds: Iterable[EventKind]) -> tuple[str, ...]:
    """A table for each topic that `kinds` come by, the view `EVENTS` over them, and the sink `velocity`."""
    wanted = frozenset(kinds) | {EventKind.AUTHORISATION}
    sources = [
        (topics.TRANSACTIONS.name, _TRANSACTIONS, _transactions),
        (topics.OUTCOMES.name, _OUTCOMES, _outcomes),
        (topics.ACCOUNT_EVENTS.name, _ACCOUNT, _account_events),
        (topics.LABELS_JOINED.name, _LABELS, _labels),
    ]
    made: list[str] = []
    selects: list[str] = []
    for topic, carried, make in sources:
        # A refund is a transaction or an outcome; what nobody sends costs an idle topic.
        if wanted & frozenset(carried):
            columns, select, time = make()
            made.append(_source(tables, topic, columns, time))
            selects.append(f"{select}\nFROM `{topic}` WHERE id IS NOT NULL AND {time} IS NOT NULL")
    view = f"CREATE TEMPORARY VIEW {EVENTS} AS\n" + "\nUNION ALL\n".join(selects)
    return (*made, view, _sink(tables))


def _source(tables: KafkaTables, topic: str, columns: str, time: str) -> str:
    options = tables.options(topic) | {
        "properties.group.id": tables.group,
        "scan.startup.mode": tables.start,
        "scan.watermark.emit.strategy": "on-event",
        "scan.watermark.idle-timeout": f"{tables.idle_ms} ms",
        "format": "json",
        # The door refuses what is malformed; fence markers and other strangers are skipped here.
        "json.ignore-parse-errors": "true",
    }
    if tables.bounded:
        options["scan.bounded.mode"] = "latest-offset"
    late = interval(tables.out_of_order_ms)
    return (
        f"CREATE TEMPORARY TABLE `{topic}` (\n  {columns},\n"
        f"  rt AS TO_TIMESTAMP_LTZ(COALESCE({time}, CAST(0 AS BIGINT)), 3),\n  WATERMARK FOR rt AS rt - {late}\n"
        f") WITH (\n  {_options(options)}\n)"
    )


def _sink(tables: KafkaTables) -> str:
    options = tables.options(tables.sink) | {
        "properties.linger.ms": "2",
        "key.format": "raw",
        "key.fields": "id",
        "value.format": "json",
        # After a restart rows come again, the same ones: readers keep the first of an id.
        "sink.delivery-guarantee": "at-least-once",
    }
    return (
        f"CREATE TEMPORARY TABLE velocity (\n  id STRING, `time` BIGINT, catalogue STRING, `values` ARRAY<DOUBLE>\n"
        f") WITH (\n  {_options(options)}\n)"
    )


def _options(options: dict[str, str]) -> str:
    return ",\n  ".join(f"{quoted(name)} = {quoted(value)}" for name, value in options.items())


def _select(kind: str, time: str, channel: str, money: str, keys: dict[str, str]) -> str:
    found = [f"{keys.get(name, 'CAST(NULL AS STRING)')} AS k_{name}" for name in KEYS if name != "amount"]
    amount = keys.get("amount", "CAST(NULL AS BIGINT)")
    return (
        f"SELECT id, {time} AS t, {kind} AS kind, {channel} AS channel,\n"
        f"  COALESCE({money}, CAST(0 AS BIGINT)) AS money,\n  {', '.join(found)}, {amount} AS k_amount, rt"
    )


def _when(column: str, cases: dict[str, EventKind], otherwise: EventKind | None) -> str:
    whens = " ".join(f"WHEN '{value}' THEN {int(kind)}" for value, kind in cases.items())
    last = "" if otherwise is None else f" ELSE {int(otherwise)}"
    return f"CASE {column} {whens}{last} END"


def _transactions() -> tuple[str, str, str]:
    columns = (
        "id STRING, `time` BIGINT, kind STRING, amount ROW<base_minor BIGINT>, channel STRING,\n"
        "  card ROW<token STRING, bin STRING>, account STRING, device ROW<token STRING>,\n"
        "  email ROW<token STRING, domain STRING>, phone ROW<token STRING>, ip ROW<token STRING, `prefix` STRING>,\n"
        "  merchant ROW<token STRING, category STRING>"
    )
    kinds = _when("COALESCE(kind, 'authorisation')", {it.name.lower(): it for it in _TRANSACTIONS}, None)
    channels = " ".join(f"WHEN '{name}' THEN {index}" for index, name in enumerate(CHANNELS))
    keys = {str(name): f"{name}.token" for name in ENTITY_KINDS if name not in {"account", "address"}}
    keys |= {"account": "account"} | {n: p.replace(".prefix", ".`prefix`") for n, p in _ATTRIBUTES.items()}
    keys["amount"] = "CASE WHEN COALESCE(kind, 'authorisation') = 'authorisation' THEN amount.base_minor END"
    channel = f"CASE COALESCE(channel, 'unknown') {channels} END"
    return columns, _select(kinds, "`time`", channel, "amount.base_minor", keys), "`time`"


def _unknown_channel() -> str:
    return str(CHANNELS.index("unknown"))


def _outcomes() -> tuple[str, str, str]:
    columns = (
        "id STRING, `time` BIGINT, kind STRING, approved BOOLEAN, amount ROW<base_minor BIGINT>,\n"
        f"  entities {_entities_type()}"
    )
    yes = {it.name.lower(): it for it in (EventKind.CAPTURE, EventKind.REFUND, EventKind.REVERSAL)}
    passed, failed = int(EventKind.CHECK_PASSED), int(EventKind.CHECK_FAILED)
    kinds = (
        "CASE WHEN kind IN ('cvv', 'avs', 'three_ds') "
        f"THEN CASE WHEN approved THEN {passed} ELSE {failed} END "
        f"WHEN approved THEN {_when('kind', yes, EventKind.OUTCOME_APPROVED)} "
        f"ELSE {int(EventKind.OUTCOME_DECLINED)} END"
    )
    select = _select(kinds, "`time`", _unknown_channel(), "amount.base_minor", _from_entities())
    return columns, select, "`time`"


def _account_events() -> tuple[str, str, str]:
    columns = (
        f"id STRING, `time` BIGINT, kind STRING, account STRING,\n  card {_TOKEN}, device {_TOKEN}, email {_TOKEN},"
        f" phone {_TOKEN}, ip {_TOKEN}"
    )
    cases = {"login": EventKind.LOGIN, "login_failed": EventKind.LOGIN_FAILED}
    keys = {name: f"{name}.token" for name in ("card", "device", "email", "phone", "ip")}
    select = _select(
        _when("kind", cases, EventKind.ACCOUNT_CHANGE), "`time`", _unknown_channel(), "CAST(NULL AS BIGINT)",
        keys | {"account": "account"},
    )  # fmt: skip
    return columns, select, "`time`"


def _labels() -> tuple[str, str, str]:
    """Labels count from when they became known."""
    columns = (
        "label ROW<id STRING, verdict STRING, known_at BIGINT>, amount ROW<base_minor BIGINT>,\n"
        f"  entities {_entities_type()},\n  id AS label.id"
    )
    kinds = (
        f"CASE WHEN label.verdict = 'cleared' THEN {int(EventKind.LABEL_GENUINE)} "
        f"ELSE {int(EventKind.LABEL_FRAUD)} END"
    )
    time = "label.known_at"
    return columns, _select(kinds, time, _unknown_channel(), "amount.base_minor", _from_entities()), time


def _entities_type() -> str:
    return "ROW<" + ", ".join(f"{name} STRING" for name in ENTITY_KINDS) + ">"


def _from_entities() -> dict[str, str]:
    return {name: f"entities.{name}" for name in ENTITY_KINDS}


# --- files ------------------------------------------------------------------------------------------------


def file_statements(path: Path, sink: Path | None) -> tuple[str, ...]:
    """The view `EVENTS` over a CSV of a batch's columns, and a sink of JSON lines (None: nothing is kept).

    Columns: seq, time, kind, channel, amount, then `KEYS` as signed 64-bit numbers, empty where absent; rows rise in
    time.
    """
    keys = ", ".join(f"k_{name} BIGINT" for name in KEYS)
    made = (
        f"CREATE TEMPORARY TABLE batch (\n  seq BIGINT, t BIGINT, kind INT, channel INT, money BIGINT,\n  {keys},\n"
        "  rt AS TO_TIMESTAMP_LTZ(t, 3), WATERMARK FOR rt AS rt\n) WITH (\n"
        f"  'connector' = 'filesystem', 'path' = {quoted(path.resolve().as_uri())},\n"
        "  'format' = 'csv', 'csv.null-literal' = ''\n)"
    )
    names = ", ".join(f"k_{name}" for name in KEYS)
    view = (
        f"CREATE TEMPORARY VIEW {EVENTS} AS\nSELECT CAST(seq AS STRING) AS id, t, kind, channel,\n"
        f"  COALESCE(money, CAST(0 AS BIGINT)) AS money, {names}, rt FROM batch"
    )
    options = {"connector": "blackhole"}
    if sink is not None:
        options = {"connector": "filesystem", "path": sink.resolve().as_uri(), "format": "json"}
    columns = "id STRING, `time` BIGINT, catalogue STRING, `values` ARRAY<DOUBLE>"
    return made, view, f"CREATE TEMPORARY TABLE velocity (\n  {columns}\n) WITH (\n  {_options(options)}\n)"
