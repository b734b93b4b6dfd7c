"""ScoreTransactions: the scorer's loop. One micro-batch a step, no I/O an event.

take -> de-duplicate -> address keys -> fold -> decide -> journal -> send, while the next batch is decided. What a
replay could not know is in the journal before a decision leaves, and a checkpoint now and then, written in the
background, bounds the replay. After a kill, `recover` loads the newest checkpoint, folds the journal's batches again
from the log and sends just the decisions that the `decisions` topic lacks: the same bytes, since every input of a
decision is in the log, the journal or a version-named artefact.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from events.errors import InputError, RingwatchError
from features.assemble import GraphRows
from streaming.addresses import AddressKeys, address_keys
from streaming.checkpointer import Checkpointer
from streaming.commands import Commands
from streaming.dead_letters import DeadLetters
from streaming.disk_journal import DiskJournal
from streaming.fold import Laps
from streaming.inputs import MergedInput, Taken
from streaming.journal import Entry, Journal, pack_keys, positions_struct
from streaming.log.port import Record, TopicPartition
from streaming.patience import PatientProducer
from streaming.recovery import Recovery, input_starts, recover, settle_catalogue
from streaming.replay import decode_input, identity
from streaming.score_measures import measure
from streaming.score_parts import INPUTS, OUTPUTS, PART, ScoreParts, ScoreSettings
from streaming.seen import digests_of
from streaming.standby import Followed, take_over
from streaming.topic_journal import PRODUCER, TOPIC, TopicJournal
from streaming.working import Working

__all__ = ["INPUTS", "OUTPUTS", "PART", "Recovery", "ScoreParts", "ScoreSettings", "ScoreTransactions"]

_NO_ADDRESSES = AddressKeys((), np.zeros(0, np.uint8))


class ScoreTransactions:
    """The running scorer. Call `recover` once, then `step` until told to stop, then `close`."""

    def __init__(self, parts: ScoreParts, settings: ScoreSettings) -> None:
        self._parts = parts
        self._settings = settings
        # Outputs are fenced before the journal is: what an older owner still gets out was in the journal before.
        self._producer = self._open(PART, [topic.name for topic in OUTPUTS], parts.sender)
        self._dead = DeadLetters(self._producer, PART, parts.clock, settings.dead_letter_limit)
        self._journal: Journal = (
            TopicJournal(parts.log, self._open(PRODUCER, [TOPIC]))
            if settings.journal == "topic"
            else DiskJournal(parts.journal_files, sync=settings.sync)
        )
        self._checkpointer = Checkpointer(parts, settings, self._journal)
        self._working: Working | None = None
        self._commands: Commands | None = None
        self._input: MergedInput | None = None
        self._checkpointed = 0

    def _open(self, name: str, topics: Sequence[str], behind: Executor | None = None) -> PatientProducer:
        parts = self._parts
        return PatientProducer(parts.log.open_producer(name, topics), parts.clock, parts.metrics, behind)

    @property
    def next_seq(self) -> int:
        return self.working.fold.next_seq

    @property
    def release(self) -> str:
        return self.working.scorer.release

    @property
    def working(self) -> Working:
        """The state. It is the scorer's own: look, don't touch."""
        if self._working is None:
            raise RingwatchError("recover() comes before the first step()")
        return self._working

    # --- recovery -----------------------------------------------------------------------------------------

    def recover(self, ahead: Followed | None = None) -> Recovery:
        """Bring the state back and send what a killed run had journalled but not sent.

        `ahead` is what a standby has folded of the journal already.
        """
        parts = self._parts
        if ahead is None:
            working, done = recover(parts, self._settings, self._journal, self._producer.send)
        else:
            working, done = take_over(parts, self._settings, ahead, self._journal, self._producer.send)
        self._working = working
        self._checkpointed = done.from_seq
        if self._journal.term:
            parts.store.begin_term(self._journal.term, working.fold.next_seq)
        parts.store.sweep()
        self._journal.roll(working.fold.next_seq)
        self._commands = Commands(parts, working, self._note, self._producer.send)
        self._input = MergedInput(
            parts.log,
            input_starts(parts.log, done.positions),
            decode=decode_input,
            refuse=self._refuse,
            clock=parts.clock,
            wait_ms=self._settings.merge_wait_ms,
        )
        settle_catalogue(parts, working)
        if (done.journal or "disk") != self._journal.kind:
            self.checkpoint()  # from here on the other kind is not looked at any more
            self._checkpointer.poll(working, wait=True)
        return done

    # --- running ------------------------------------------------------------------------------------------

    def step(self) -> int:
        """One micro-batch; the number of inputs folded (0: nothing came within the linger)."""
        merged, commands, working = self._merged(), self._commands, self.working
        assert commands is not None  # noqa: S101 - made beside the input
        self._checkpointer.poll(working)
        commands.turn(busy=self._checkpointer.busy)
        take = merged.take(self._settings.batch, self._settings.linger_s)
        events = take.events
        digests = digests_of(identity(taken.event) for taken in events)
        fresh = working.seen.fresh(digests)
        if not fresh.all():
            events, digests = tuple(events[i] for i in np.flatnonzero(fresh).tolist()), digests[fresh]
            self._parts.metrics.count("duplicates_total", len(take.events) - len(events), part=PART)
        if events:
            self._dead.accepted()
            self._score(events, digests, take.positions | commands.held)
        else:
            self._producer.settle()
            self._parts.addresses.land()
        self._dead.flush()
        if take.control is not None:
            commands.take(take.control, take.positions)
            commands.turn(busy=self._checkpointer.busy)
        self._checkpoint_if_due(commands)
        return len(events)

    def caught_up(self) -> bool:
        """Whether every input that was in the log at the last look has been folded, and every command obeyed."""
        return self._merged().caught_up() and self._commands is not None and not self._commands.waiting

    def _score(
        self, taken: Sequence[Taken], digests: NDArray[np.uint64], positions: dict[TopicPartition, int]
    ) -> None:
        parts, working = self._parts, self.working
        lap = Laps(parts.clock, parts.metrics, PART)
        events = [item.event for item in taken]
        addresses = address_keys(parts.addresses, events, budget_ms=self._settings.address_ms)
        lap("address")
        first_seq, now = working.fold.next_seq, parts.clock.now_ms()
        served = working.fold.fold(events, addresses, parts.graph, lap=lap, digests=digests)
        decisions = working.decider.decide(served, working.scorer, now)
        lap("decide")
        self._write_down(first_seq, now, taken, addresses, served.graph, positions)
        lap("journal")
        records = [it for _, it in working.decider.outgoing(served, decisions)]
        lap("encode")
        done = partial(measure, parts.metrics, parts.clock, taken, decisions)
        self._producer.send_behind(records, done)
        lap("send")

    def _note(self) -> None:
        """Journal what a command changed: no inputs, but whose release and catalogue the next ones meet."""
        self._producer.settle()  # a standby counts on it: what is not sent is of the last two entries
        held = self._commands.held if self._commands is not None else {}
        positions, now = self._merged().positions() | held, self._parts.clock.now_ms()
        self._write_down(self.next_seq, now, (), _NO_ADDRESSES, None, positions)

    def _write_down(
        self,
        first_seq: int,
        now: int,
        taken: Sequence[Taken],
        addresses: AddressKeys,
        graph: GraphRows | None,
        positions: dict[TopicPartition, int],
    ) -> None:
        working = self.working
        key_status, keys = pack_keys(addresses)
        names, at = positions_struct(positions)
        number = {TopicPartition(*name): i for i, name in enumerate(names)}
        sources = [number[self._merged().sources[item.source]] for item in taken]
        self._dead.flush()
        self._journal.append(
            Entry(
                first_seq=first_seq,
                clock_ms=now,
                release=working.scorer.release,
                catalogue=working.fold.catalogue.version,
                parser=self._parts.addresses.version,
                graph_version=graph.version if graph is not None else "",
                graph_status=graph.status.tobytes() if graph is not None else b"",
                partitions=names,
                positions=at,
                sources=np.array(sources, np.uint16).tobytes(),
                offsets=np.array([item.offset for item in taken], np.int64).tobytes(),
                key_status=key_status,
                keys=keys,
            )
        )

    # --- checkpoints --------------------------------------------------------------------------------------

    def checkpoint(self, *, settled: bool = False) -> None:
        """Have the state written down; a recovery starts here once that is done."""
        commands = self._commands
        held = commands.held if commands is not None else {}
        self._producer.settle()  # a recovery from here on sends nothing of what came before
        self._checkpointer.begin(self.working, self._merged().positions() | held, settled=settled)
        self._checkpointed = self.next_seq

    def _checkpoint_if_due(self, commands: Commands) -> None:
        waiting, every = self.next_seq - self._checkpointed, self._settings.checkpoint_events
        if waiting >= every - every // 8:
            self._checkpointer.prepare()
        if waiting >= every and not self._checkpointer.busy and not commands.switching:
            self.checkpoint()

    def close(self) -> None:
        """Stop gracefully: everything taken is decided, so a checkpoint makes the next start immediate."""
        if self._input is not None and self._commands is not None:
            self._dead.flush()
            self._commands.cancel()
            self._checkpointer.poll(self.working, wait=True)
            self.checkpoint(settled=True)
            self._checkpointer.poll(self.working, wait=True)
            self._input.close()
        self._journal.close()
        self._producer.close()

    def _refuse(self, record: Record, error: InputError) -> None:
        self._parts.metrics.count("dead_letters_total", part=PART, code=error.code)
        self._dead.refuse(record, error)

    def _merged(self) -> MergedInput:
        if self._input is None:
            raise RingwatchError("recover() comes before the first step()")
        return self._input
