"""ScoreTransactions: the scorer's loop. One micro-batch a step, no I/O an event.

take -> de-duplicate -> address keys -> fold -> decide -> journal -> send. What a replay could not know is in the
journal before a decision leaves, and a checkpoint now and then bounds the replay. After a kill, `recover` loads
the newest checkpoint, folds the journal's batches again from the log and sends just the decisions that the
`decisions` topic lacks: the same bytes, since every input of a decision is in the log, the journal or a
version-named artefact.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from events import codec, topics
from events.errors import CorruptError, InputError, RingwatchError
from events.types import (
    Control,
    ControlAck,
    Decision,
    Transaction,
)
from features.catalogue import Catalogue
from nlp import KeyCache
from scoring import ACTIVATE, COLD, Scorer, release_of
from storage.clock import Clock
from storage.metrics import Metrics
from streaming import checkpoint as checkpoints
from streaming.addresses import address_keys
from streaming.dead_letters import DeadLetters
from streaming.decide import Decider
from streaming.fold import Fold, GraphFeatures, Laps
from streaming.inputs import MergedInput, Taken, starts
from streaming.journal import Entry, Journal, pack_keys, positions_struct, read_journal
from streaming.log.port import Log, Outgoing, Record, TopicPartition
from streaming.patience import PatientProducer
from streaming.replay import (
    SENT,
    Refetch,
    Replayed,
    decode_input,
    emitted,
    format_positions,
    identity,
    parse_positions,
)
from streaming.seen import Seen

INPUTS = (topics.TRANSACTIONS, topics.OUTCOMES, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED, topics.CONTROL)
OUTPUTS = (topics.DECISIONS, topics.ALERTS, topics.FEATURES, topics.DLQ, topics.CONTROL_ACKS)
PART = "score"


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What the scorer is made of. `load_scorer` maps a release id (or COLD) to a ready `Scorer`."""

    log: Log
    catalogue: Catalogue
    addresses: KeyCache
    graph: GraphFeatures
    load_scorer: Callable[[str], Scorer]
    clock: Clock
    metrics: Metrics
    folder: Path


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """`batch` events at most a step; a checkpoint every `checkpoint_events`; `sync` fsyncs the journal."""

    batch: int = 512
    linger_s: float = 0.02
    checkpoint_events: int = 200_000
    keep_checkpoints: int = 3
    sync: bool = False
    sample: float = 0.01
    seen_horizon: int = 1_000_000
    merge_wait_ms: int = 2_000
    dead_letter_limit: int = 1_000


@dataclass(slots=True)
class Recovery:
    """What a recovery did, for the log line and the tests."""

    from_seq: int = 0
    replayed: int = 0
    sent: int = 0
    positions: dict[TopicPartition, int] = field(default_factory=dict)


class ScoreTransactions:
    """The running scorer. Call `recover` once, then `step` until told to stop, then `close`."""

    def __init__(self, parts: ScoreParts, settings: ScoreSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._decider = Decider(parts.catalogue, sample=settings.sample)
        producer = parts.log.open_producer(PART, [topic.name for topic in OUTPUTS])
        self._producer = PatientProducer(producer, parts.clock, parts.metrics)
        self._dead = DeadLetters(self._producer, PART, parts.clock, settings.dead_letter_limit)
        self._journal = Journal(parts.folder / "journal", sync=settings.sync)
        self._fold = Fold(parts.catalogue)
        self._seen = Seen(settings.seen_horizon)
        self._scorer = parts.load_scorer(COLD)
        self._input: MergedInput | None = None
        self._checkpointed = 0

    @property
    def next_seq(self) -> int:
        return self._fold.next_seq

    @property
    def release(self) -> str:
        return self._scorer.release

    # --- recovery -----------------------------------------------------------------------------------------

    def recover(self) -> Recovery:
        """Bring the state back and send what a killed run had journalled but not sent."""
        done = Recovery()
        held = checkpoints.load_newest(self._parts.folder / "checkpoints")
        sent_from: dict[TopicPartition, int] = {}
        if held is not None and held.catalogue == self._parts.catalogue.version:
            self._fold = Fold.restore(self._parts.catalogue, held.fold)
            self._seen = Seen.restore(held.seen, self._settings.seen_horizon)
            self._scorer = self._parts.load_scorer(held.release)
            done.positions = parse_positions(held.positions)
            sent_from = parse_positions(held.outputs)
        elif held is not None:
            raise CorruptError(
                f"the checkpoint is of catalogue {held.catalogue}, this release has {self._parts.catalogue.version}; "
                "start with the catalogue it was made with, or move the state folder away and back-fill"
            )
        done.from_seq = self._checkpointed = self._fold.next_seq
        self._replay(done, sent_from)
        self._journal.roll(self._fold.next_seq)
        start = self._starts(done.positions)
        self._input = MergedInput(
            self._parts.log,
            start,
            decode=decode_input,
            refuse=self._refuse,
            clock=self._parts.clock,
            wait_ms=self._settings.merge_wait_ms,
        )
        return done

    def _replay(self, done: Recovery, sent_from: dict[TopicPartition, int]) -> None:
        folder = self._parts.folder / "journal"
        entries = list(read_journal(folder, self._fold.next_seq))
        if not entries:
            return
        sent = emitted(self._parts.log, sent_from)
        with closing(Refetch(self._parts.log, self._starts(done.positions))) as refetch:
            for entry in entries:
                events = refetch.events(entry)
                for event in events:
                    self._seen.add(*identity(event))
                if entry.release != self._scorer.release:
                    self._scorer = self._parts.load_scorer(entry.release)
                served = self._fold.fold(events, entry.addresses(), Replayed(self._parts.graph, entry))
                decisions = self._decider.decide(served, self._scorer, entry.clock_ms)
                missing = [o for name, o in self._decider.outgoing(served, decisions) if name not in sent]
                self._producer.send(missing)
                done.sent += len(missing)
                done.replayed += len(events)
                done.positions = entry.next_positions()

    def _starts(self, known: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
        return starts(self._parts.log, [topic.name for topic in INPUTS], known)

    # --- running ------------------------------------------------------------------------------------------

    def step(self) -> int:
        """One micro-batch; the number of inputs folded (0: nothing came within the linger)."""
        merged = self._merged()
        take = merged.take(self._settings.batch, self._settings.linger_s)
        fresh = [taken for taken in take.events if self._seen.add(*identity(taken.event))]
        self._parts.metrics.count("duplicates_total", len(take.events) - len(fresh), part=PART)
        if fresh:
            self._dead.accepted()
            self._score(fresh, take.positions)
        self._dead.flush()
        if take.control is not None:
            self._obey(take.control)
        if self._fold.next_seq - self._checkpointed >= self._settings.checkpoint_events:
            self.checkpoint()
        return len(fresh)

    def caught_up(self) -> bool:
        """Whether every input that was in the log at the last look has been folded."""
        return self._merged().caught_up()

    def _score(self, taken: Sequence[Taken], positions: dict[TopicPartition, int]) -> None:
        parts = self._parts
        lap = Laps(parts.clock, parts.metrics, PART)
        events = [item.event for item in taken]
        addresses = address_keys(parts.addresses, events)
        lap("address")
        first_seq, now = self._fold.next_seq, parts.clock.now_ms()
        served = self._fold.fold(events, addresses, parts.graph, lap=lap)
        decisions = self._decider.decide(served, self._scorer, now)
        lap("decide")
        key_status, keys = pack_keys(addresses)
        names, at = positions_struct(positions)
        number = {TopicPartition(*name): i for i, name in enumerate(names)}
        sources = [number[self._merged().sources[item.source]] for item in taken]
        entry = Entry(
            first_seq=first_seq,
            clock_ms=now,
            release=self._scorer.release,
            parser=parts.addresses.version,
            graph_version=served.graph.version,
            graph_status=served.graph.status.tobytes(),
            partitions=names,
            positions=at,
            sources=np.array(sources, np.uint16).tobytes(),
            offsets=np.array([item.offset for item in taken], np.int64).tobytes(),
            key_status=key_status,
            keys=keys,
        )
        self._dead.flush()
        self._journal.append(entry)
        lap("journal")
        self._producer.send([o for _, o in self._decider.outgoing(served, decisions)])
        lap("send")
        self._measure(taken, decisions)

    def _measure(self, taken: Sequence[Taken], decisions: Sequence[Decision]) -> None:
        metrics, now = self._parts.metrics, self._parts.clock.now_ms()
        metrics.observe("batch_size", len(taken), part=PART)
        for (action, lane), number in Counter((it.action, it.lane) for it in decisions).items():
            metrics.count("decisions_total", number, action=action, lane=lane)
        degraded = Counter(item for it in decisions for item in it.statuses.items())
        for (group, status), number in degraded.items():
            metrics.count("features_degraded_total", number, group=group, status=status)
        for item in taken:
            if isinstance(item.event, Transaction):
                metrics.observe(
                    "decision_latency_seconds", max(0, now - item.append_time) / 1000, lane="live"
                )

    def checkpoint(self) -> None:
        """Write the state down; a recovery starts here."""
        outputs: dict[TopicPartition, int] = {}
        for topic in SENT:
            outputs.update(self._parts.log.end(topic))
        began = self._parts.clock.perf_us()
        held = checkpoints.Checkpoint(
            next_seq=self._fold.next_seq,
            clock_ms=self._parts.clock.now_ms(),
            release=self._scorer.release,
            positions=format_positions(self._merged().positions()),
            outputs=format_positions(outputs),
            catalogue=self._parts.catalogue.version,
            fold=self._fold.snapshot(),
            seen=self._seen.snapshot(),
        )
        oldest = checkpoints.save(
            self._parts.folder / "checkpoints", held, keep=self._settings.keep_checkpoints
        )
        self._journal.roll(self._fold.next_seq)
        self._journal.drop_before(oldest)
        self._checkpointed = self._fold.next_seq
        metrics = self._parts.metrics
        metrics.observe("checkpoint_seconds", (self._parts.clock.perf_us() - began) / 1e6, part=PART)
        metrics.gauge("state_bytes", self._fold.memory_bytes, part=PART, state="velocity")

    def close(self) -> None:
        """Stop gracefully: everything taken is decided, so a checkpoint makes the next start immediate."""
        if self._input is not None:
            self._dead.flush()
            if self._fold.next_seq > self._checkpointed:
                self.checkpoint()
            self._input.close()
        self._journal.close()
        self._producer.close()

    # --- control ------------------------------------------------------------------------------------------

    def _obey(self, control: Control) -> None:
        if control.command != ACTIVATE:
            return
        try:
            self._scorer = self._parts.load_scorer(release_of(control))
            ok, detail = True, f"release {self._scorer.release} from seq {self._fold.next_seq}"
        except RingwatchError as error:
            ok, detail = False, str(error)[:512]
        ack = ControlAck(control=control.id, part=PART, time=self._parts.clock.now_ms(), ok=ok, detail=detail)
        self._producer.send([Outgoing(topics.CONTROL_ACKS.name, control.id.encode(), codec.encode(ack))])

    def _refuse(self, record: Record, error: InputError) -> None:
        self._parts.metrics.count("dead_letters_total", part=PART, code=error.code)
        self._dead.refuse(record, error)

    def _merged(self) -> MergedInput:
        if self._input is None:
            raise RingwatchError("recover() comes before the first step()")
        return self._input
