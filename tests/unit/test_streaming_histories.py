"""Thousands of histories: whatever happens to a scorer, what comes of it is what comes of one that nothing happens to.

Each crashes by its seed at any write (which is then missing, torn or whole), loses power, is paused and superseded by
another scorer or a standby, and gets its input out of order and twice; some change the catalogue or the alias map on
the way.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from features.places import Places
from streaming import recovery, score, standby, working
from streaming.checkpoint import CheckpointStore
from streaming.disk_journal import DiskJournal
from streaming.journal import Entry
from streaming.log.memory import MemoryLog
from streaming.log.port import Log, TopicPartition
from streaming.seen import digests_of
from streaming.topic_journal import TopicJournal
from tests.support.crashing import Crash
from tests.support.histories import Disturbed, calm
from tests.support.scenarios import scenario, scorer_of

HISTORIES = 5_000
_PIECE = 500


@pytest.mark.parametrize("first", range(0, HISTORIES, _PIECE))
def test_every_history_ends_as_the_undisturbed_one(first: int) -> None:
    for seed in range(first, first + _PIECE):
        try:
            Disturbed(seed).run()
        except (Exception, Crash) as error:
            error.add_note(f"in history {seed}")
            raise


def test_much_happens_in_them() -> None:
    kinds = {(it.topic, it.keeps_journal, it.world.settings.sync) for it in map(Disturbed, range(200))}
    assert len(kinds) == 8
    assert len({calm(number).catalogue for number in range(40)}) == 2
    assert sum(scorer_of(calm(number).release).alias_map != "" for number in range(40)) > 5
    assert sum(len(scenario(number).rounds) > 3 for number in range(40)) > 20
    assert all(calm(number).next_seq == 18 for number in range(40))


def skip_the_last_entry(patch: pytest.MonkeyPatch) -> None:
    for kind in (DiskJournal, TopicJournal):
        whole = kind.entries

        def entries(
            self: Any, from_seq: int, mark: Mapping[str, int], whole: Callable[..., Iterator[Entry]] = whole
        ) -> Iterator[Entry]:
            return iter(list(whole(self, from_seq, mark))[:-1])

        patch.setattr(kind, "entries", entries)


def forget_positions(patch: pytest.MonkeyPatch) -> None:
    def input_starts(log: Log, known: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        del known
        return recovery.input_starts(log, {})

    patch.setattr(score, "input_starts", input_starts)


def ignore_fencing(patch: pytest.MonkeyPatch) -> None:
    whole = MemoryLog.append

    def append(self: MemoryLog, producer: str, epoch: int, runs: Any) -> None:
        del epoch
        whole(self, producer, self._epochs[producer], runs)

    patch.setattr(MemoryLog, "append", append)
    patch.setattr(CheckpointStore, "terms", lambda _: {})


def send_all_again(patch: pytest.MonkeyPatch) -> None:
    for module in (recovery, standby):
        patch.setattr(module, "emitted", lambda *_: set())


def send_nothing_again(patch: pytest.MonkeyPatch) -> None:
    whole: Callable[..., None] = recovery.replay
    for module in (recovery, standby):
        patch.setattr(module, "replay", lambda *a: whole(*a[:5], lambda _: None, *a[6:]))


def forget_duplicates(patch: pytest.MonkeyPatch) -> None:
    """Of what is folded again, note something else than its identity."""
    patch.setattr(recovery, "digests_of", lambda names: digests_of(names) ^ np.uint64(1))


def forget_places(patch: pytest.MonkeyPatch) -> None:
    """Make windows again as if every address were a place by itself."""
    for module in (recovery, working):
        patch.setattr(module, "places_for", lambda _, release: Places(name=scorer_of(release).alias_map))


BROKEN = (
    skip_the_last_entry, forget_positions, ignore_fencing, send_all_again, send_nothing_again, forget_duplicates,
    forget_places,
)  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_recovery_is_caught_within_a_hundred(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        calm(number)
    broken(monkeypatch)
    for seed in range(100):
        try:
            Disturbed(seed).run()
        except (Exception, Crash):  # noqa: BLE001 - in whatever way
            print(f"caught in history {seed}")
            return
    pytest.fail("it was not caught")
