"""The product's topics in real Kafka: messages in, velocity rows out, and what they must be."""

import time

import numpy as np
from numpy.typing import NDArray

from events import codec, topics
from events.types import AccountEvent, Input, JoinedLabel, Transaction, TransactionOutcome
from features import Catalogue, EventKind
from features.flink_sql import VelocitySql
from features.velocity import VelocityEngine
from ringwatch.flink.rows import VelocityRow, decode_row, velocity_of
from ringwatch.flink.tables import VELOCITY_TOPIC
from streaming.log.port import Log, Outgoing
from tests.flink.streams import batch_of

PATIENCE_S = 240.0
TOPICS = (topics.TRANSACTIONS, topics.OUTCOMES, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED)
OF = {
    Transaction: topics.TRANSACTIONS.name,
    TransactionOutcome: topics.OUTCOMES.name,
    AccountEvent: topics.ACCOUNT_EVENTS.name,
    JoinedLabel: topics.LABELS_JOINED.name,
}


def send(log: Log, events: list[Input]) -> None:
    producer = log.open_producer("test", [topic.name for topic in TOPICS])
    out = [
        Outgoing(OF[type(event)], str(number % 7).encode(), codec.encode(event))
        for number, event in enumerate(events)
    ]
    for first in range(0, len(out), 500):
        producer.send(out[first : first + 500])
    producer.close()


def sent_by_flink(log: Log, wanted: int) -> list[VelocityRow]:
    reader = log.open_reader(log.begin(VELOCITY_TOPIC))
    rows: list[VelocityRow] = []
    deadline = time.monotonic() + PATIENCE_S
    while len({row.id for row in rows}) < wanted and time.monotonic() < deadline:
        rows += [decode_row(record.value) for record in reader.poll(1000, 0.2)]
    reader.close()
    return rows


def expected(columns: Catalogue, events: list[Input]) -> tuple[list[str], NDArray[np.float64]]:
    batch = batch_of(events)
    asked = np.flatnonzero(batch.kind == EventKind.AUTHORISATION)
    ids = [event.id for event in (events[row] for row in asked) if isinstance(event, Transaction)]
    return ids, VelocityEngine(columns).update_and_read(batch)[0][asked]


def check(
    columns: Catalogue,
    sql: VelocitySql,
    rows: list[VelocityRow],
    events: list[Input],
    *,
    at_least: int | None = None,
) -> None:
    """Every decision's row is there (or so many of them) and has the engine's values."""
    ids, values = velocity_of(rows, sql, len(columns.velocity), columns.velocity_version)
    wanted_ids, wanted = expected(columns, events)
    places = {name: place for place, name in enumerate(ids)}
    assert set(places) <= set(wanted_ids)
    assert len(places) >= (len(wanted_ids) if at_least is None else at_least)
    given = [row for row, name in enumerate(wanted_ids) if name in places]
    got = values[[places[wanted_ids[row]] for row in given]]
    wanted = wanted[given]
    for place in sql.columns:
        np.testing.assert_allclose(
            got[:, place], wanted[:, place], rtol=1e-12, atol=0, err_msg=columns.names[place]
        )
    refused = sorted(set(range(len(columns.velocity))) - set(sql.columns))
    assert np.isnan(got[:, refused]).all()
