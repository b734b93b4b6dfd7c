"""Numbering of a producer's records, and where keys go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import ConflictError, FencedError, NotFoundError, UnavailableError
from streaming.log.placing import Sequences, partition_of
from streaming.log.port import Outgoing


def _sequences() -> Sequences:
    return Sequences(["t", "u"], {"t": 3, "u": 1}.__getitem__)


def _record(number: int, partition: int | None = 0) -> Outgoing:
    return Outgoing("t", b"k", str(number).encode(), partition=partition)


def _send(sequences: Sequences, records: list[Outgoing], error: BaseException | None = None) -> list[int]:
    """The sequence number of each record, sent to one partition."""
    with sequences.sending(records) as runs:
        numbers = [run.first + at for run in runs for at in range(len(run.records))]
        if error is not None:
            raise error
    return numbers


# Fixed for ever: changing it would send a card's next transaction to another partition than its last.
@pytest.mark.parametrize(
    ("key", "partitions", "partition"),
    [(b"", 4, 0), (b"card.1.a", 4, 3), (b"123456789", 1000, 0xCBF43926 % 1000)],
)
def test_partition_of_known_keys(key: bytes, partitions: int, partition: int) -> None:
    assert partition_of(key, partitions) == partition


@given(st.binary(), st.integers(1, 64))
def test_partition_of_is_a_partition(key: bytes, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions


def test_numbers_rise_with_what_was_sent() -> None:
    sequences = _sequences()
    assert _send(sequences, [_record(0), _record(1)]) == [0, 1]
    assert _send(sequences, []) == []
    assert _send(sequences, [_record(2)]) == [2]
    assert _send(sequences, [_record(3, partition=1)]) == [0]


@pytest.mark.parametrize("error", [UnavailableError("gone"), KeyboardInterrupt(), ValueError()])
def test_the_same_records_get_the_same_numbers_again(error: BaseException) -> None:
    sequences = _sequences()
    _send(sequences, [_record(0)])
    for _ in range(2):
        with pytest.raises(type(error)):
            _send(sequences, [_record(1), _record(2)], error)
    with pytest.raises(ConflictError):
        _send(sequences, [_record(2), _record(1)])
    with pytest.raises(ConflictError):
        _send(sequences, [_record(1)])
    assert _send(sequences, [_record(1), _record(2), _record(3)]) == [1, 2, 3]
    assert _send(sequences, [_record(9)]) == [4]


def test_after_fencing_nothing_is_promised() -> None:
    sequences = _sequences()
    with pytest.raises(FencedError):
        _send(sequences, [_record(1)], FencedError("newer"))
    with pytest.raises(FencedError):
        _send(sequences, [_record(2)], FencedError("newer"))


def test_wrong_places() -> None:
    sequences = _sequences()
    with pytest.raises(ConflictError):
        _send(sequences, [Outgoing("v", b"", b"")])
    with pytest.raises(NotFoundError):
        _send(sequences, [_record(0, partition=3)])
    with pytest.raises(NotFoundError):
        _send(sequences, [_record(0, partition=-1)])
    assert _send(sequences, [_record(0)]) == [0], "what was refused is not a failed send"
    assert len(sequences.targets) == 4
