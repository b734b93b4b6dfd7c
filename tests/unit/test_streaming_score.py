"""The scorer on the memory log: decisions, duplicates, dead letters, and recovery from any point."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Event

import pytest

from events import codec, topics
from events.errors import CorruptError
from events.types import (
    AddressKey,
    Alert,
    Control,
    ControlAck,
    DeadLetter,
    Decision,
    FeatureVector,
    Status,
    Transaction,
)
from features.catalogue import Catalogue, default_catalogue
from nlp import KeyCache, load_parser
from scoring import COLD, RuleSet, Scorer, columns_of
from storage import FolderBlobs, ManualClock
from storage.metrics import Metrics
from streaming.checkpoint import CheckpointStore
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from streaming.score import ScoreParts, ScoreSettings, ScoreTransactions
from tests.support.fixed_graph import FixedGraph
from tests.support.made import DAY, T0, payment


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return default_catalogue()


@pytest.fixture(scope="module")
def addresses() -> KeyCache:
    return KeyCache(load_parser())


class Installation:
    """One scorer's surroundings, which outlive it."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, addresses: KeyCache, *, address_ms: float | None = None
    ) -> None:
        self.address_ms = address_ms
        self.clock = ManualClock(T0 + 30 * DAY)
        self.log = MemoryLog(self.clock)
        self.log.ensure_topics(topics.ALL, partitions=2)
        self.folder = folder
        self.catalogue = catalogue
        self.addresses = addresses
        self.graph = FixedGraph()
        self.blobs: FolderBlobs | None = None
        self.sample = 0.2 if address_ms is None else 1.0

    def scorer(self, *, batch: int = 512, checkpoint_events: int = 200_000) -> ScoreTransactions:
        parts = ScoreParts(
            log=self.log,
            catalogue=self.catalogue,
            addresses=self.addresses,
            graph=self.graph,
            load_scorer=self.load,
            clock=self.clock,
            metrics=Metrics(),
            folder=self.folder,
            blobs=self.blobs,
        )
        settings = ScoreSettings(
            batch=batch, linger_s=0.0, checkpoint_events=checkpoint_events, sample=self.sample,
            address_ms=self.address_ms,
        )  # fmt: skip
        return ScoreTransactions(parts, settings)

    def load(self, release: str) -> Scorer:
        """Every release reviews large amounts; `strict` declines them."""
        columns = columns_of(self.catalogue)
        action = b"decline" if release == "strict" else b"review"
        rules = RuleSet.load(LARGE % action)
        return Scorer.cold(columns, rules=rules, release=release)

    def send(self, *transactions: Transaction, raw: Sequence[bytes] = ()) -> None:
        producer = self.log.open_producer("test", [topics.TRANSACTIONS.name])
        values = [(t.card.token.encode() if t.card else b"", codec.encode(t)) for t in transactions]
        values += [(b"bad", value) for value in raw]
        producer.send([Outgoing(topics.TRANSACTIONS.name, key, value) for key, value in values])

    def values(self, topic: topics.Topic) -> list[bytes]:
        reader = self.log.open_reader(self.log.begin(topic.name))
        return [record.value for record in reader.poll(100_000, 0.0)]

    def decisions(self) -> list[Decision]:
        return sorted((codec.decode(v, Decision) for v in self.values(topics.DECISIONS)), key=lambda d: d.seq)


SENT = (topics.DECISIONS, topics.ALERTS, topics.FEATURES)
LARGE = b"""{"schema": 1, "rules": [{"code": "large", "title": "A large amount", "action": "%s",
    "when": {"node": "feature", "name": "txn.amount", "op": ">=", "value": 1600}}]}"""


@pytest.fixture
def installation(tmp_path: Path, catalogue: Catalogue, addresses: KeyCache) -> Installation:
    return Installation(tmp_path, catalogue, addresses)


def run(scorer: ScoreTransactions) -> None:
    for _ in range(10_000):
        if not scorer.step() and scorer.caught_up():
            return
    raise AssertionError("the scorer does not catch up")


def test_each_authorisation_gets_one_decision(installation: Installation) -> None:
    installation.send(*(payment(n) for n in range(50)), payment(50, kind="refund", parent="t1"))
    scorer = installation.scorer()
    scorer.recover()
    run(scorer)
    decisions = installation.decisions()
    assert [d.transaction for d in decisions] == [f"t{n}" for n in range(50)]
    assert {d.action for d in decisions} == {"approve", "review"}
    assert {d.release for d in decisions} == {COLD}
    alerts = [codec.decode(v, Alert) for v in installation.values(topics.ALERTS)]
    assert {a.transaction for a in alerts} == {d.transaction for d in decisions if d.action == "review"}


def test_a_duplicate_is_not_decided_twice(installation: Installation) -> None:
    installation.send(payment(1), payment(2), payment(1))
    scorer = installation.scorer()
    scorer.recover()
    run(scorer)
    scorer.close()
    installation.send(payment(2), payment(3))
    scorer = installation.scorer()
    scorer.recover()
    run(scorer)
    assert [d.transaction for d in installation.decisions()] == ["t1", "t2", "t3"]


def test_bad_input_is_dead_lettered_and_the_rest_goes_on(installation: Installation) -> None:
    installation.send(payment(1), raw=[b"not json", b'{"type":"transaction","schema":99}'])
    installation.send(payment(2))
    scorer = installation.scorer()
    scorer.recover()
    run(scorer)
    letters = [codec.decode(v, DeadLetter) for v in installation.values(topics.DLQ)]
    assert sorted(letter.code for letter in letters) == ["malformed", "unknown_schema_version"]
    assert [d.transaction for d in installation.decisions()] == ["t1", "t2"]


def test_a_release_switches_between_two_batches_and_is_acknowledged(installation: Installation) -> None:
    scorer = installation.scorer()
    scorer.recover()
    installation.send(payment(6))
    run(scorer)
    command = Control(
        id="c1",
        time=T0,
        command="release.activate",
        actor="ana",
        reason="test",
        payload={"release": "strict"},
    )
    producer = installation.log.open_producer("release", [topics.CONTROL.name])
    producer.send([Outgoing(topics.CONTROL.name, b"c1", codec.encode(command))])
    run(scorer)
    installation.send(payment(13))
    run(scorer)
    assert [(d.release, d.action) for d in installation.decisions()] == [
        (COLD, "review"),
        ("strict", "decline"),
    ]
    (ack,) = (codec.decode(v, ControlAck) for v in installation.values(topics.CONTROL_ACKS))
    assert ack.ok
    assert ack.control == "c1"


@pytest.mark.parametrize("lost", [0, 1, 7, 1_000])
@pytest.mark.parametrize("checkpoint_events", [100, 10_000])
def test_recovery_sends_what_is_missing_and_only_that(
    tmp_path: Path, catalogue: Catalogue, addresses: KeyCache, lost: int, checkpoint_events: int
) -> None:
    """A killed scorer leaves a journal and the first part of what it sent; the outcome is that of no kill."""
    calm = Installation(tmp_path / "calm", catalogue, addresses)
    killed = Installation(tmp_path / "killed", catalogue, addresses)
    for installation in (calm, killed):
        installation.send(*(payment(n) for n in range(240)))
    scorer = calm.scorer(batch=16)
    scorer.recover()
    run(scorer)
    expected = calm.decisions()

    scorer = killed.scorer(batch=16, checkpoint_events=checkpoint_events)
    scorer.recover()
    run(scorer)  # no close: what it held in memory is gone
    scorer._checkpointer.poll(scorer.working, wait=True)
    held = next(iter(CheckpointStore(FolderBlobs(killed.folder)).whole()), None)
    safe = held[1].next_seq if held else 0  # a checkpoint is written behind what the log has acknowledged
    kept = max(safe, len(killed.decisions()) - lost)
    killed.log = forget_sent(killed, kept)
    killed.graph.version = "g22"  # newer graph features since; a replay must serve those of its time
    again = killed.scorer(batch=16)
    done = again.recover()
    assert {d.id for d in killed.decisions()} == {d.id for d in expected}
    killed.send(*(payment(n) for n in range(240, 260)))
    calm.graph.version = "g22"
    calm.send(*(payment(n) for n in range(240, 260)))
    run(again)
    run(scorer := _continue(calm))
    assert [codec.encode(d) for d in killed.decisions()] == [codec.encode(d) for d in calm.decisions()]
    assert done.replayed == 240 - done.from_seq


@pytest.mark.parametrize("damaged", ["checkpoints", "segments"])
def test_a_damaged_checkpoint_makes_the_one_before_count(installation: Installation, damaged: str) -> None:
    scorer = installation.scorer(batch=10)
    scorer.recover()
    for first in (0, 30, 60):
        installation.send(*(payment(n) for n in range(first, first + 30)))
        run(scorer)
        if first < 60:
            scorer.checkpoint()
            scorer._checkpointer.poll(scorer.working, wait=True)
    before = installation.decisions()
    newest = max((installation.folder / damaged).iterdir())
    newest.write_bytes(newest.read_bytes()[:-7])
    again = installation.scorer(batch=10)
    done = again.recover()
    assert (done.from_seq, done.replayed, done.sent) == (30, 60, 0)
    installation.send(*(payment(n) for n in range(85, 100)))
    run(again)
    assert installation.decisions()[:90] == before
    assert [d.transaction for d in installation.decisions()] == [f"t{n}" for n in range(100)]


def test_without_any_whole_checkpoint_it_says_what_to_do(installation: Installation) -> None:
    installation.send(*(payment(n) for n in range(40)))
    scorer = installation.scorer(batch=10)
    scorer.recover()
    run(scorer)
    scorer.close()
    for manifest in (installation.folder / "checkpoints").iterdir():
        manifest.write_bytes(b"x")
    with pytest.raises(CorruptError, match=r"none of 1 checkpoints is whole; put .* back from a copy"):
        installation.scorer().recover()


def test_a_checkpoint_does_not_keep_the_stream_waiting(installation: Installation) -> None:
    """What it hands over is written behind the stream's back; one is under way at a time."""
    gate = Event()

    class Slow(FolderBlobs):
        def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
            gate.wait()
            super().put(key, data, if_absent=if_absent)

    installation.blobs = Slow(installation.folder)
    installation.send(*(payment(n) for n in range(100)))
    scorer = installation.scorer(batch=10, checkpoint_events=30)
    scorer.recover()
    run(scorer)
    assert len(installation.decisions()) == 100
    assert not list(CheckpointStore(FolderBlobs(installation.folder)).whole())
    gate.set()
    scorer.close()
    assert installation.scorer().recover().from_seq == 100


class Late(KeyCache):
    """Has a key for every text but those that are `late`, where its caller does not wait."""

    def __init__(self, late: Iterable[str]) -> None:
        super().__init__(load_parser())
        self.late = set(late)
        self.landed = 0

    def land(self) -> None:
        self.landed += 1
        super().land()

    def get_many(
        self, texts: Sequence[str | None], *, budget_ms: float | None = None
    ) -> list[tuple[AddressKey | None, Status]]:
        found = super().get_many(texts)
        return [
            (None, Status.PENDING) if text in self.late and budget_ms is not None else it
            for text, it in zip(texts, found, strict=True)
        ]


def text_of(transaction: Transaction) -> str:
    return transaction.addresses[0].text


def test_an_address_that_is_late_delays_nothing_and_is_said_to_be_pending(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    late = Late([text_of(payment(1))])
    installation = Installation(tmp_path, catalogue, late, address_ms=5.0)
    installation.send(payment(1), payment(2))
    scorer = installation.scorer()
    scorer.recover()
    run(scorer)
    landed = late.landed
    assert scorer.step() == 0
    assert late.landed == landed + 1, "keys land while nothing comes"
    late.late.clear()
    installation.send(payment(10))  # the same text
    run(scorer)
    first, other, again = installation.decisions()
    assert first.statuses == other.statuses | dict.fromkeys(("address", "velocity", "graph"), "pending")
    assert "pending" not in (other.statuses | again.statuses).values()
    assert "address" not in first.entities
    assert again.entities["address"] == late.get(text_of(payment(1)))[0].token  # type: ignore[union-attr]
    (vector,) = (
        it
        for it in (codec.decode(value, FeatureVector) for value in installation.values(topics.FEATURES))
        if it.transaction == "t1"
    )
    column = catalogue.names.index("address.keyed")
    assert Status(vector.status[column]) is Status.PENDING


@pytest.mark.parametrize("lost", [3, 1_000])
def test_what_was_pending_is_pending_again_in_a_replay(
    tmp_path: Path, catalogue: Catalogue, lost: int
) -> None:
    """Which were is chance, so the journal has it: a recovery gives the same bytes, though it could have all keys."""
    texts = sorted({text_of(payment(n)) for n in range(40)})
    late = Late(texts[::2])
    installation = Installation(tmp_path, catalogue, late, address_ms=5.0)
    installation.send(*(payment(n) for n in range(40)))
    scorer = installation.scorer(batch=7)
    scorer.recover()
    run(scorer)
    wanted = {topic: sorted(installation.values(topic)) for topic in SENT}
    assert sum("pending" in d.statuses.values() for d in installation.decisions()) > 10
    late.late = set()
    installation.log = forget_sent(installation, max(0, 40 - lost))
    assert sorted(installation.values(topics.DECISIONS)) != wanted[topics.DECISIONS]
    installation.scorer(batch=7).recover()
    assert {topic: sorted(installation.values(topic)) for topic in SENT} == wanted


def _continue(installation: Installation) -> ScoreTransactions:
    scorer = installation.scorer(batch=16)
    scorer.recover()
    return scorer


def forget_sent(installation: Installation, kept: int) -> MemoryLog:
    """The same log, as if just the first `kept` decisions (and their alerts and vectors) had arrived."""
    keep = {d.id for d in installation.decisions()[:kept]}
    log = MemoryLog(installation.clock)
    log.ensure_topics(topics.ALL, partitions=2)
    for topic in topics.ALL:
        producer = log.open_producer(f"copy-{topic.name}", [topic.name])
        reader = installation.log.open_reader(installation.log.begin(topic.name))
        for record in sorted(reader.poll(100_000, 0.0), key=lambda r: (r.partition, r.offset)):
            message = codec.decode(record.value)
            about = getattr(message, "decision", None) or (
                message.id if isinstance(message, Decision) else None
            )
            if about is None or about in keep:
                producer.send([Outgoing(topic.name, record.key, record.value, partition=record.partition)])
    return log
