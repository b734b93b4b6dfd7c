"""JoinLabels: labels get their transaction's entities, time and amount before anybody folds them.

The index of transactions is a SQLite file, and the input positions are stored in the same commit: a joined
label leaves before the commit, so a crash between the two sends it again under the same label id, which every
reader drops. A label that comes before its transaction waits in the index.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from events import codec, topics
from events.entities import entities_of, partition_key, principal_address
from events.types import ENTITY_KINDS, EntityKind, JoinedLabel, Label, Message, Money, Transaction
from nlp import KeyCache
from streaming.addresses import address_keys
from streaming.consume import Read
from streaming.log.port import Outgoing, Producer, Record, TopicPartition
from streaming.replay import format_positions, parse_positions

_SCHEMA = """
CREATE TABLE IF NOT EXISTS transactions (id TEXT PRIMARY KEY, time INTEGER NOT NULL, row BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS transactions_by_time ON transactions (time);
CREATE TABLE IF NOT EXISTS waiting (id TEXT PRIMARY KEY, txn TEXT NOT NULL, label BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_by_transaction ON waiting (txn);
CREATE TABLE IF NOT EXISTS positions (source TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
"""

_FORGET_EVERY = 50_000


class Joinable(msgspec.Struct, frozen=True, array_like=True):
    """What a label needs of its transaction."""

    entities: dict[EntityKind, str]
    time: int
    amount: Money


def join(label: Label, of: Joinable | None) -> JoinedLabel:
    """`label` with what it speaks of; a label on an entity names that entity alone."""
    kind = label.subject.kind
    if of is None:
        entities: dict[EntityKind, str] = {k: label.subject.id for k in ENTITY_KINDS if k == kind}
        return JoinedLabel(label=label, entities=entities, transaction_time=label.time)
    return JoinedLabel(label=label, entities=of.entities, transaction_time=of.time, amount=of.amount)


def joinable(transaction: Transaction, addresses: KeyCache) -> Joinable:
    """The part of `transaction` that labels are joined with."""
    text = principal_address(transaction)
    key = addresses.get(text)[0]
    return Joinable(entities_of(transaction, key), transaction.time, transaction.amount)


class JoinLabels:
    """The sink. Transactions `horizon_ms` older than the newest are forgotten; their labels then wait."""

    part = "labels"
    topics = (topics.TRANSACTIONS, topics.LABELS)

    def __init__(
        self, path: Path, addresses: KeyCache, producer: Producer, *, horizon_ms: int = 200 * 86_400_000
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._addresses = addresses
        self._producer = producer
        self._horizon_ms = horizon_ms
        self._indexed = 0

    def positions(self) -> dict[TopicPartition, int]:
        return parse_positions(dict(self._db.execute("SELECT source, next FROM positions")))

    def decode(self, record: Record) -> Message:
        kind = Label if record.topic == topics.LABELS.name else Transaction
        return codec.decode(record.value, kind, now_ms=record.append_time)

    def apply(self, batch: Sequence[Read], positions: Mapping[TopicPartition, int]) -> None:
        """Index the batch's transactions, join what can be joined, send, commit."""
        # All at once; later each is at hand. A label must name its address, so this waits as the graph writer does.
        address_keys(self._addresses, [r.message for r in batch if isinstance(r.message, Transaction)])
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._index([r.message for r in batch if isinstance(r.message, Transaction)])
            labels = [r.message for r in batch if isinstance(r.message, Label)]
            self._send([*self._awaited(batch), *self._joined(labels)])
            self._store(positions)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def preload(self, known: Mapping[str, Joinable], positions: Mapping[TopicPartition, int]) -> None:
        """Index a history's transactions, and read on from `positions`."""
        rows = ((name, of.time, msgspec.msgpack.encode(of)) for name, of in known.items())
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR IGNORE INTO transactions VALUES (?, ?, ?)", rows)
        self._store(positions)
        self._db.execute("COMMIT")

    def waiting(self) -> int:
        """Labels whose transaction has not come."""
        (count,) = self._db.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def idle(self) -> None:
        """Forget transactions beyond the horizon, once in a while."""
        if self._indexed < _FORGET_EVERY:
            return
        self._indexed = 0
        (newest,) = self._db.execute("SELECT max(time) FROM transactions").fetchone()
        if newest is not None:
            self._db.execute("DELETE FROM transactions WHERE time < ?", (newest - self._horizon_ms,))

    def close(self) -> None:
        self._db.close()

    def _store(self, positions: Mapping[TopicPartition, int]) -> None:
        self._db.executemany(
            "INSERT INTO positions VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET next = excluded.next",
            format_positions(positions).items(),
        )

    def _index(self, transactions: Sequence[Transaction]) -> None:
        if not transactions:
            return
        rows = [(t.id, t.time, msgspec.msgpack.encode(joinable(t, self._addresses))) for t in transactions]
        self._db.executemany("INSERT OR IGNORE INTO transactions VALUES (?, ?, ?)", rows)
        self._indexed += len(rows)

    def _awaited(self, batch: Sequence[Read]) -> list[JoinedLabel]:
        """Labels that were waiting for a transaction of this batch."""
        (any_waiting,) = self._db.execute("SELECT EXISTS (SELECT 1 FROM waiting)").fetchone()
        if not any_waiting:
            return []
        found: list[JoinedLabel] = []
        for read in batch:
            if not isinstance(read.message, Transaction):
                continue
            of = joinable(read.message, self._addresses)
            for (data,) in self._db.execute(
                "DELETE FROM waiting WHERE txn = ? RETURNING label", (read.message.id,)
            ).fetchall():
                found.append(join(msgspec.json.decode(data, type=Label), of))
        return found

    def _joined(self, labels: Sequence[Label]) -> list[JoinedLabel]:
        found: list[JoinedLabel] = []
        for label in labels:
            if label.subject.kind != "transaction":
                found.append(join(label, None))
                continue
            row = self._db.execute(
                "SELECT row FROM transactions WHERE id = ?", (label.subject.id,)
            ).fetchone()
            if row is None:
                self._db.execute(
                    "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)",
                    (label.id, label.subject.id, codec.encode(label)),
                )
            else:
                found.append(join(label, msgspec.msgpack.decode(row[0], type=Joinable)))
        return found

    def _send(self, joined: Sequence[JoinedLabel]) -> None:
        self._producer.send(
            [
                Outgoing(
                    topics.LABELS_JOINED.name,
                    partition_key(label.entities, label.label.id),
                    codec.encode(label),
                )
                for label in joined
            ]
        )
