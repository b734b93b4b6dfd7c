"""Histories of a scorer: what happens to it, by a seed, and what must come of it all the same."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import msgspec
import numpy as np

from events import codec, topics
from events.errors import FencedError
from events.types import Control, Decision, Input, Transaction
from features.batch import Batch
from features.keys import KEYS
from storage import ManualClock
from storage.metrics import Metrics
from streaming.addresses import address_keys
from streaming.inputs import starts
from streaming.log.port import Outgoing
from streaming.replay import decode_input, identity
from streaming.score import INPUTS, OUTPUTS, ScoreParts, ScoreSettings, ScoreTransactions
from streaming.seen import digests_of
from streaming.standby import Standby
from tests.support.crashing import Crash, CrashingBlobs, CrashingFiles, CrashingLog, DeferredExecutor, Fuse
from tests.support.fixed_graph import FixedGraph
from tests.support.made import DAY, T0, door
from tests.support.scenarios import (
    ADDRESSES,
    CATALOGUES,
    FIRST,
    HOUR,
    addresses,
    places_of,
    scenario,
    scorer_of,
)

HORIZON = 13  # of duplicates: more than two rounds, less than a history
_SENT = (topics.DECISIONS, topics.ALERTS, topics.FEATURES)
_TOPICS = (*INPUTS, *OUTPUTS, topics.SCORE_JOURNAL)
_METRICS = Metrics()


class Installation:
    """A scorer's surroundings, which outlive it. Nothing happens to it unless its fuse is lit."""

    def __init__(
        self, rng: Random, settings: ScoreSettings, *, silent: bool = False, sends_behind: bool = False
    ) -> None:
        self.rng = rng
        self.sends_behind = sends_behind
        self.settings = settings
        self.clock = ManualClock(T0 + 30 * DAY)
        self.fuse = Fuse(rng)
        self.files = CrashingFiles(self.fuse)
        self.blobs = CrashingBlobs(self.fuse)
        self.log = CrashingLog(self.clock, self.fuse, frozenset({"score", "score-journal"}), silent=silent)
        self.log.ensure_topics(INPUTS, partitions=2)
        self.log.ensure_topics(_TOPICS, partitions=1)
        self.graph = FixedGraph()
        self.executor = DeferredExecutor()
        self.sender = DeferredExecutor()
        self._feeder = self.log.open_producer("feeder", [topic.name for topic in _TOPICS])

    def parts(self) -> ScoreParts:
        """Those of a new process."""
        self.executor, self.sender = DeferredExecutor(), DeferredExecutor()
        return self.parts_beside()

    def parts_beside(self) -> ScoreParts:
        """Those of another process, which does nothing in the background."""
        return ScoreParts(
            log=self.log,
            catalogue=FIRST,
            addresses=addresses(),
            graph=self.graph,
            load_scorer=scorer_of,
            clock=self.clock,
            metrics=_METRICS,
            folder=Path("/nonexistent"),
            blobs=self.blobs,
            files=self.files,
            background=self.executor,
            sender=self.sender if self.sends_behind else None,
            load_catalogue=CATALOGUES.__getitem__,
            load_places=places_of,
        )

    def deliver(self, number: int, records: tuple[Outgoing, ...]) -> None:
        self.clock.sleep(60)
        self.graph.version = "g" * (1 + number)
        self._feeder.send(records)

    def messages(self) -> list[tuple[str, bytes]]:
        """(topic, value) of all that was sent."""
        found: list[tuple[str, bytes]] = []
        for topic in _SENT:
            reader = self.log.open_reader(self.log.begin(topic.name))
            found += [(topic.name, record.value) for record in reader.poll(100_000, 0.0)]
        return found

    def inputs(self) -> list[Input]:
        """Every input that was delivered, with repetitions."""
        names = [topics.TRANSACTIONS.name, topics.ACCOUNT_EVENTS.name]
        reader = self.log.open_reader(starts(self.log, names, {}))
        events = map(decode_input, reader.poll(100_000, 0.0))
        return [event for event in events if not isinstance(event, Control)]


@dataclass(frozen=True)
class Outcome:
    """What a history comes to: messages by name, and everything that the state can be asked."""

    messages: dict[tuple[str, str], bytes]
    next_seq: int
    release: str
    catalogue: str
    windows: tuple[bytes, bytes]
    fresh: tuple[bool, ...]


class _Named(msgspec.Struct):
    id: str = ""
    decision: str = ""


def outcome(world: Installation, scorer: ScoreTransactions) -> Outcome:
    """The outcome; nothing may have been sent twice. Asking changes the scorer."""
    messages: dict[tuple[str, str], bytes] = {}
    for topic, value in world.messages():
        head = msgspec.json.decode(value, type=_Named)
        name = topic, head.id or head.decision
        assert name not in messages, "sent twice"
        if topic == topics.DECISIONS.name:
            decision = codec.decode(value, Decision)
            value = codec.encode(msgspec.structs.replace(decision, decided_at=0))  # noqa: PLW2901 - its own check
        messages[name] = value
    working = scorer.working
    values, status = working.fold._engine.update_and_read(_probe(working.fold.next_seq))
    fresh = working.seen.fresh(digests_of(map(identity, sorted(world.inputs(), key=identity))))
    return Outcome(
        messages, working.fold.next_seq, working.scorer.release, working.fold.catalogue.version,
        (values.tobytes(), status.tobytes()), tuple(fresh.tolist()),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _probed_keys() -> tuple[
    np.ndarray[tuple[int, int], np.dtype[np.uint64]], np.ndarray[tuple[int], np.dtype[np.int64]]
]:
    from features.batch import make_batch

    events: list[Transaction] = []
    for card, device, hours in itertools.product(range(4), range(3), (0, 3, 10)):
        events.append(
            door.transaction({
                "id": f"p{len(events)}", "time": T0 + hours * HOUR, "amount": "1.00", "currency": "USD",
                "channel": "ecommerce", "card": f"card-{card}", "account": f"account-{card % 3}",
                "device": f"device-{device}", "shipping_address": ADDRESSES[card],
            })
        )  # fmt: skip
    keys = address_keys(addresses(), events).keys
    batch = make_batch(events, keys, range(len(events)))
    return batch.keys, batch.time


def _probe(first_seq: int) -> Batch:
    """Payments of everybody at several times: together they read every window."""
    keys, time = _probed_keys()
    n = len(time)
    assert keys.shape[1] == len(KEYS)
    return Batch(
        seq=np.arange(first_seq, first_seq + n, dtype=np.int64), time=time, kind=np.zeros(n, np.uint8),
        channel=np.zeros(n, np.uint8), keys=keys, amount=np.full(n, 100, np.int64),
    )  # fmt: skip


def settings(batch: int, **other: object) -> ScoreSettings:
    return ScoreSettings(batch=batch, linger_s=0.0, sample=1.0, seen_horizon=HORIZON, **other)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def calm(number: int) -> Outcome:
    """The outcome of a scenario to which nothing happens."""
    world = Installation(Random(0), settings(64))  # noqa: S311 - of histories
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    for at, records in enumerate(scenario(number).rounds):
        world.deliver(at, records)
        while scorer.step() or not scorer.caught_up():
            world.executor.turn()
    return outcome(world, scorer)


class Disturbed:
    """One history: the same scenario with crashes, take-overs and pauses, by the seed."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = Random(seed)  # noqa: S311 - of histories
        self.number = seed % 40
        self.topic = rng.random() < 0.5
        self.keeps_journal = rng.random() < 0.5
        own = settings(
            rng.choice((2, 3, 6)),
            checkpoint_events=rng.choice((4, 7)),
            keep_checkpoints=1_000 if self.keeps_journal else rng.choice((1, 2, 3)),
            journal="topic" if self.topic else "disk",
            sync=rng.random() < 0.5,
        )
        self.world = Installation(rng, own, silent=rng.random() < 0.5, sends_behind=rng.random() < 0.5)
        self.scorer: ScoreTransactions | None = None
        self.standby: Standby | None = None
        self.asleep: list[tuple[ScoreTransactions, DeferredExecutor]] = []
        self.crashes = rng.randint(1, 3)

    def run(self) -> None:
        """To the end; AssertionError where the outcome is not that of the calm one."""
        for at, records in enumerate(scenario(self.number).rounds):
            self.world.deliver(at, records)
            while not self._worked():
                pass
            self._wake()
        assert self.scorer is not None
        self.world.fuse.left = None
        self._check_clocks()
        found, wanted = outcome(self.world, self.scorer), calm(self.number)
        assert found.messages.keys() == wanted.messages.keys()
        assert found == wanted

    def _worked(self) -> bool:
        """Work until all is done (True), or until something happens."""
        world, rng = self.world, self.rng
        try:
            if self.scorer is None:
                world.fuse.left = rng.randint(0, 30) if self.crashes else None
                self.crashes -= bool(self.crashes)
                self.scorer = self._start()
            for _ in range(1_000):
                folded = self.scorer.step()
                if rng.random() < 0.5:
                    world.executor.turn()
                if rng.random() < 0.5:
                    world.sender.turn()
                if self.standby is not None and rng.random() < 0.5:
                    self._follow()
                if not folded and self.scorer.caught_up():
                    return True
                world.clock.sleep(rng.random())
                if self.topic and self.crashes and rng.random() < 0.05:
                    self._pause()
                    return False
        except Crash:
            self._bury()
            return False
        raise AssertionError("it does not catch up")

    def _start(self) -> ScoreTransactions:
        """A scorer that is ready: from what is stored, or a standby that takes over."""
        standby, self.standby = self.standby, None
        if standby is not None:
            fuse, self.world.fuse.left = self.world.fuse.left, None
            for _ in range(self.rng.randint(0, 2)):
                standby.step(0.0)
            self.world.fuse.left = fuse
        scorer = ScoreTransactions(self.world.parts(), self.world.settings)
        scorer.recover(standby.ready() if standby is not None else None)
        if self.topic and self.rng.random() < 0.5:
            self.standby = Standby(self.world.parts_beside(), self.world.settings)
        return scorer

    def _follow(self) -> None:
        assert self.standby is not None
        self.standby.step(0.0)

    def _pause(self) -> None:
        """The scorer stops in its tracks, and another takes over."""
        assert self.scorer is not None
        self.asleep.append((self.scorer, self.world.executor))
        self.scorer, self.world.fuse.left = None, None
        self.crashes -= 1

    def _bury(self) -> None:
        self.scorer = None
        if self.world.settings.sync and self.rng.random() < 0.5:
            self.world.files.lose_power()
        self.world.clock.sleep(self.rng.random() * 100)

    def _wake(self) -> None:
        """Who slept through a take-over goes on as if nothing had been; it must change nothing and end."""
        fuse, self.world.fuse.left = self.world.fuse.left, None
        for scorer, executor in self.asleep:
            try:
                for _ in range(self.rng.randint(1, 6)):
                    executor.turn()
                    scorer.step()
            except FencedError:
                pass
        self.asleep.clear()
        self.world.fuse.left = fuse

    def _check_clocks(self) -> None:
        """What was decided at a time says that time, however often it was decided again."""
        if not self.keeps_journal:
            return
        assert self.scorer is not None
        clocks: dict[int, int] = {}
        whole = list(self.scorer._parts.store.whole())
        first, mark = (whole[-1][1].next_seq, whole[-1][1].journal) if whole else (0, {})
        for entry in self.scorer._journal.entries(first, mark):
            clocks.update((seq, entry.clock_ms) for seq in range(entry.first_seq, entry.next_seq))
        for topic, value in self.world.messages():
            if topic == topics.DECISIONS.name:
                decision = codec.decode(value, Decision)
                assert decision.decided_at == clocks.get(decision.seq, decision.decided_at)


def histories(first: int, number: int) -> Iterator[Disturbed]:
    return (Disturbed(seed) for seed in range(first, first + number))
