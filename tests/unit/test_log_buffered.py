"""The reader all backends share, over a source that is a list."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import NotFoundError, UnavailableError
from streaming.log.buffered import BufferedReader, Chunk
from streaming.log.port import Record, TopicPartition

A, B, C = (TopicPartition("t", number) for number in range(3))


def _record(place: TopicPartition, offset: int) -> Record:
    return Record(place.topic, place.partition, offset, b"k", str(offset).encode(), 0)


class ListSource:
    """`sizes` records a partition; drops every offset in `dropped`; brings `bite` at a time."""

    def __init__(self, sizes: Mapping[TopicPartition, int], *, bite: int = 10, room: int = 1) -> None:
        self.sizes = dict(sizes)
        self.bite = bite
        self.room = room
        self.dropped: set[int] = set()
        self.asked: list[set[TopicPartition]] = []
        self.failing = False

    def start(self, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        return dict(positions)

    def fetch(
        self,
        want: Mapping[TopicPartition, int],
        max_records: int,  # noqa: ARG002 - `bite` stands for it
        timeout_s: float,  # noqa: ARG002 - a list never waits
    ) -> Iterable[Chunk]:
        self.asked.append(set(want))
        if self.failing:
            raise UnavailableError("gone")
        for place, start in want.items():
            stop = min(start + self.bite, self.sizes[place])
            if stop > start:
                kept = [_record(place, it) for it in range(start, stop) if it not in self.dropped]
                yield Chunk(place, kept, stop)

    def close(self) -> None:
        pass


def _counts(records: list[Record]) -> dict[int, int]:
    return {number: sum(it.partition == number for it in records) for number in range(3)}


def test_a_poll_is_shared_evenly() -> None:
    reader = BufferedReader(ListSource({A: 500, B: 500, C: 500}, bite=100), {A: 0, B: 0, C: 0})
    for _ in range(10):
        assert _counts(reader.poll(30, 0.0)) == {0: 10, 1: 10, 2: 10}


def test_what_one_partition_does_not_use_the_others_get() -> None:
    reader = BufferedReader(ListSource({A: 3, B: 100, C: 0}, bite=100), {A: 0, B: 0, C: 0})
    assert _counts(reader.poll(40, 0.0)) == {0: 3, 1: 37, 2: 0}


def test_with_fewer_records_than_partitions_they_take_turns() -> None:
    reader = BufferedReader(ListSource({A: 50, B: 50, C: 50}, bite=50), {A: 0, B: 0, C: 0})
    seen = [it.partition for _ in range(9) for it in reader.poll(1, 0.0)]
    assert sorted(seen) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_only_partitions_with_room_are_fetched_from() -> None:
    source = ListSource({A: 20, B: 20}, bite=20, room=5)
    reader = BufferedReader(source, {A: 0, B: 0})
    reader.pause([A])
    while reader.poll(2, 0.0):
        pass
    assert source.asked[0] == {A, B}
    assert all(A not in asked for asked in source.asked[1:])
    assert reader.positions() == {A: 0, B: 20}


def test_everything_paused_and_full_asks_for_nothing() -> None:
    source = ListSource({A: 20}, bite=20)
    reader = BufferedReader(source, {A: 0})
    reader.pause([A])
    assert reader.poll(5, 0.0) == []
    asked = len(source.asked)
    assert reader.poll(5, 0.01) == []
    assert len(source.asked) == asked
    reader.resume([A])
    assert len(reader.poll(50, 0.0)) == 20


def test_positions_move_over_what_was_dropped() -> None:
    source = ListSource({A: 10}, bite=4)
    source.dropped = set(range(3, 10))
    reader = BufferedReader(source, {A: 0})
    assert [it.offset for it in reader.poll(10, 0.0)] == [0, 1, 2]
    assert reader.positions() == {A: 4}
    assert reader.poll(10, 0.0) == []
    assert reader.poll(10, 0.0) == []
    assert reader.positions() == {A: 10}


def test_after_a_failure_nothing_is_missing() -> None:
    source = ListSource({A: 30}, bite=10)
    reader = BufferedReader(source, {A: 0})
    first = reader.poll(10, 0.0)
    source.failing = True
    with pytest.raises(UnavailableError):
        reader.poll(10, 0.0)
    source.failing = False
    rest = [it for _ in range(2) for it in reader.poll(10, 0.0)]
    assert [it.offset for it in first + rest] == list(range(30))


def test_a_partition_of_another_reader() -> None:
    reader = BufferedReader(ListSource({A: 1}), {A: 0})
    with pytest.raises(NotFoundError):
        reader.seek({B: 0})
    with pytest.raises(NotFoundError):
        reader.resume([B])


@given(
    sizes=st.tuples(*[st.integers(0, 40)] * 3),
    bite=st.integers(1, 20),
    room=st.integers(1, 20),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["poll", "pause", "resume", "seek"]), st.integers(0, 2), st.integers(1, 30)
        ),
        max_size=40,
    ),
)
def test_each_partition_is_read_in_order_and_without_holes(
    sizes: tuple[int, int, int], bite: int, room: int, steps: list[tuple[str, int, int]]
) -> None:
    places = (A, B, C)
    source = ListSource(dict(zip(places, sizes, strict=True)), bite=bite, room=room)
    reader = BufferedReader(source, dict.fromkeys(places, 0))
    following = dict.fromkeys(places, 0)
    paused: set[TopicPartition] = set()
    steps = [*steps, *[("resume", number, 1) for number in range(3)], *[("poll", 0, 30)] * 200]
    for step, number, amount in steps:
        place = places[number]
        if step == "pause":
            reader.pause([place])
            paused.add(place)
        elif step == "resume":
            reader.resume([place])
            paused.discard(place)
        elif step == "seek":
            following[place] = min(amount, sizes[number])
            reader.seek({place: following[place]})
        else:
            records = reader.poll(amount, 0.0)
            assert len(records) <= amount
            for record in records:
                at = TopicPartition(record.topic, record.partition)
                assert at not in paused
                assert record.offset == following[at]
                following[at] += 1
        assert reader.positions() == following
    assert following == dict(zip(places, sizes, strict=True))
