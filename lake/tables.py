"""The lake's tables: one a topic, typed columns to query and the whole message beside them.

A file holds the records of one topic partition from one offset up to another and is named by them:

    lake/<table>/p<partition>/<first offset>-<next offset>.parquet

A put is atomic and the name says what is inside, so what has been written is read off the listing and a redelivery
after a crash writes the same file again. Columns that every table has: `offset` int64, `append_time` int64 (epoch ms),
`id` string, `time` int64 (epoch ms: event time; for labels when they became known), `message` binary (JSON).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from events import topics
from events.types import (
    AccountEvent,
    Alert,
    Decision,
    FeatureVector,
    Label,
    Message,
    Money,
    Transaction,
    TransactionOutcome,
)

Row = dict[str, object]
_COMMON = (("offset", pa.int64()), ("append_time", pa.int64()), ("id", pa.string()), ("time", pa.int64()))
_MONEY = (
    ("amount_minor", pa.int64()),
    ("currency", pa.string()),
    ("base_minor", pa.int64()),
    ("base_currency", pa.string()),
)
_ENTITIES = tuple(
    (kind, pa.string()) for kind in ("card", "account", "device", "email", "phone", "ip", "merchant")
)
_TEXT, _FLOAT, _INT, _BOOL = pa.string(), pa.float64(), pa.int64(), pa.bool_()


@dataclass(frozen=True)
class Table:
    """`name` in the lake, the topic it is fed from, its `schema`, and how a message becomes its typed columns."""

    name: str
    topic: str
    schema: pa.Schema
    kind: type[Message]
    columns: Callable[[Any], Row]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record on its way into the lake."""

    offset: int
    append_time: int
    message: Message
    value: bytes


def _table(
    name: str,
    topic: topics.Topic,
    kind: type[Message],
    columns: Callable[[Any], Row],
    *typed: tuple[str, pa.DataType],
) -> Table:
    fields = [*_COMMON, *typed, ("message", pa.binary())]
    return Table(name, topic.name, pa.schema(fields), kind, columns)


def _money(money: Money | None) -> Row:
    if money is None:
        return {}
    return {
        "amount_minor": money.minor,
        "currency": money.currency,
        "base_minor": money.base_minor,
        "base_currency": money.base_currency,
    }


def _parties(event: Transaction | AccountEvent) -> Row:
    parts = {
        "card": event.card,
        "device": event.device,
        "email": event.email,
        "phone": event.phone,
        "ip": event.ip,
    }
    row: Row = {kind: part.token for kind, part in parts.items() if part is not None}
    return row | {"account": event.account}


def _transaction(event: Transaction) -> Row:
    merchant = event.merchant.token if event.merchant else None
    own = {
        "id": event.id,
        "time": event.time,
        "kind": event.kind,
        "channel": event.channel,
        "merchant": merchant,
    }
    return own | _parties(event) | _money(event.amount)


def _outcome(event: TransactionOutcome) -> Row:
    own = {"id": event.id, "time": event.time, "transaction": event.transaction, "kind": event.kind}
    return own | {"approved": event.approved, "code": event.code} | _money(event.amount)


def _account_event(event: AccountEvent) -> Row:
    return {"id": event.id, "time": event.time, "kind": event.kind} | _parties(event)


def _label(label: Label) -> Row:
    return {
        "id": label.id,
        "time": label.known_at,
        "subject_kind": label.subject.kind,
        "subject": label.subject.id,
        "verdict": label.verdict,
        "reason_code": label.reason_code,
        "source": label.source,
        "actor": label.actor,
        "happened_at": label.time,
        "supersedes": label.supersedes,
    }


def _decision(decision: Decision) -> Row:
    return {
        "id": decision.id,
        "time": decision.time,
        "transaction": decision.transaction,
        "action": decision.action,
        "score": decision.score,
        "reasons": [reason.code for reason in decision.reasons],
        "release": decision.release,
        "graph_version": decision.graph_version,
        "seq": decision.seq,
        "decided_at": decision.decided_at,
    } | _money(decision.amount)


def _vector(vector: FeatureVector) -> Row:
    return {
        "id": vector.decision,
        "time": vector.time,
        "transaction": vector.transaction,
        "catalogue": vector.catalogue,
        "graph_version": vector.graph_version,
    }


def _alert(alert: Alert) -> Row:
    row: Row = {
        "id": alert.id,
        "time": alert.time,
        "decision": alert.decision,
        "transaction": alert.transaction,
    }
    return row | {"action": alert.action, "score": alert.score} | _money(alert.amount)


TABLES: tuple[Table, ...] = (
    _table(
        "transactions", topics.TRANSACTIONS, Transaction, _transaction,
        ("kind", _TEXT), ("channel", _TEXT), *_ENTITIES, *_MONEY,
    ),
    _table(
        "outcomes", topics.OUTCOMES, TransactionOutcome, _outcome,
        ("transaction", _TEXT), ("kind", _TEXT), ("approved", _BOOL), ("code", _TEXT), *_MONEY,
    ),
    _table("account_events", topics.ACCOUNT_EVENTS, AccountEvent, _account_event, ("kind", _TEXT), *_ENTITIES[:-1]),
    _table(
        "labels", topics.LABELS, Label, _label,
        ("subject_kind", _TEXT), ("subject", _TEXT), ("verdict", _TEXT), ("reason_code", _TEXT), ("source", _TEXT),
        ("actor", _TEXT), ("happened_at", _INT), ("supersedes", _TEXT),
    ),
    _table(
        "decisions", topics.DECISIONS, Decision, _decision,
        ("transaction", _TEXT), ("action", _TEXT), ("score", _FLOAT), ("reasons", pa.list_(_TEXT)),
        ("release", _TEXT), ("graph_version", _TEXT), ("seq", _INT), ("decided_at", _INT), *_MONEY,
    ),
    _table(
        "features", topics.FEATURES, FeatureVector, _vector,
        ("transaction", _TEXT), ("catalogue", _TEXT), ("graph_version", _TEXT),
    ),
    _table(
        "alerts", topics.ALERTS, Alert, _alert,
        ("decision", _TEXT), ("transaction", _TEXT), ("action", _TEXT), ("score", _FLOAT), *_MONEY,
    ),
)  # fmt: skip
BY_TOPIC: dict[str, Table] = {table.topic: table for table in TABLES}


def to_arrow(table: Table, rows: Sequence[Stored]) -> pa.Table:
    """Records as a table of `table.schema`."""
    made = [
        table.columns(row.message)
        | {"offset": row.offset, "append_time": row.append_time, "message": row.value}
        for row in rows
    ]
    return pa.Table.from_pylist(made, schema=table.schema)
