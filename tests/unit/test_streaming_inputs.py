"""Merging partitions by time: a backlog in one must not be overtaken by another's newer events."""

import pytest

from events import codec, topics
from events.errors import InputError
from events.types import AccountEvent, Control, Input
from storage.clock import ManualClock
from streaming.inputs import MergedInput, Take, starts
from streaming.log.memory import MemoryLog
from streaming.log.port import Log, Outgoing, Record, TopicPartition
from streaming.replay import decode_input

ACCOUNT = "account.1." + "0" * 32
DAY = 86_400_000
T0 = 1_767_225_600_000


def login(number: int, time: int) -> AccountEvent:
    return AccountEvent(id=f"e{number}", time=time, account=ACCOUNT, kind="login")


@pytest.fixture
def log() -> Log:
    log = MemoryLog(ManualClock(T0 + 30 * DAY))
    log.ensure_topics([topics.ACCOUNT_EVENTS, topics.CONTROL], partitions=2)
    return log


def put(log: Log, partition: int, *events: Input) -> None:
    producer = log.open_producer(f"test-{partition}", [topics.ACCOUNT_EVENTS.name])
    producer.send(
        [
            Outgoing(topics.ACCOUNT_EVENTS.name, b"k", codec.encode(event), partition=partition)
            for event in events
        ]
    )


def merged(log: Log, refused: list[tuple[Record, InputError]] | None = None, **options: int) -> MergedInput:
    names = [topics.ACCOUNT_EVENTS.name, topics.CONTROL.name]
    collect = refused if refused is not None else []
    return MergedInput(
        log,
        starts(log, names, {}),
        decode=decode_input,
        refuse=lambda record, error: collect.append((record, error)),
        clock=ManualClock(T0 + 30 * DAY),
        **options,
    )


def drain(source: MergedInput, limit: int = 100) -> list[Take]:
    takes: list[Take] = []
    while not source.caught_up():
        takes.append(source.take(limit, 0.01))
    return takes


def ids(takes: list[Take]) -> list[str]:
    return [
        taken.event.id for take in takes for taken in take.events if isinstance(taken.event, AccountEvent)
    ]


@pytest.mark.parametrize("poll_records", [1, 3, 1_000])
@pytest.mark.parametrize("limit", [1, 7])
def test_a_backlog_is_folded_in_order_of_time(log: Log, poll_records: int, limit: int) -> None:
    put(log, 0, *(login(n, T0 + n) for n in range(0, 40, 2)))
    put(log, 1, *(login(n, T0 + n) for n in range(1, 40, 2)))
    takes = drain(merged(log, poll_records=poll_records), limit)
    assert ids(takes) == [f"e{n}" for n in range(40)]
    assert max(len(take.events) for take in takes) <= limit


def test_a_late_event_goes_at_once(log: Log) -> None:
    put(log, 0, login(1, T0 + 100), login(2, T0 + 5))
    assert ids(drain(merged(log))) == ["e1", "e2"]


def test_a_clock_that_runs_ahead_does_not_hold_the_rest_back(log: Log) -> None:
    put(log, 0, login(1, T0 + 30 * DAY + 60_000), login(2, T0 + 40))
    put(log, 1, login(3, T0 + 50))
    assert ids(drain(merged(log))) == ["e3", "e1", "e2"]


def test_refused_records_are_told_and_passed_over(log: Log) -> None:
    put(log, 0, login(1, T0))
    producer = log.open_producer("bad", [topics.ACCOUNT_EVENTS.name])
    producer.send([Outgoing(topics.ACCOUNT_EVENTS.name, b"k", b"{", partition=0)])
    put(log, 0, login(2, T0 + 1))
    refused: list[tuple[Record, InputError]] = []
    source = merged(log, refused)
    assert ids(drain(source)) == ["e1", "e2"]
    assert [error.code for _, error in refused] == ["malformed"]
    assert (
        source.positions()[TopicPartition(topics.ACCOUNT_EVENTS.name, 0)]
        == log.end(topics.ACCOUNT_EVENTS.name)[TopicPartition(topics.ACCOUNT_EVENTS.name, 0)]
    )


def test_positions_name_what_was_not_taken(log: Log) -> None:
    put(log, 0, *(login(n, T0 + n) for n in range(5)))
    source = merged(log)
    first = source.take(2, 0.01)
    again = MergedInput(
        log,
        source.positions(),
        decode=decode_input,
        refuse=lambda *_: None,
        clock=ManualClock(T0 + 30 * DAY),
    )
    assert ids([first]) + ids(drain(again)) == [f"e{n}" for n in range(5)]


def test_a_command_ends_a_take_and_comes_in_its_place(log: Log) -> None:
    put(log, 0, login(1, T0))
    command = Control(id="c1", time=T0, command="x", actor="a", reason="r")
    log.open_producer("ctl", ["control"]).send([Outgoing("control", b"c1", codec.encode(command))])
    takes = drain(merged(log))
    assert [take.control for take in takes if take.control] == [command]
    assert ids(takes) == ["e1"]


def test_a_full_queue_pauses_its_partition_and_loses_nothing(log: Log) -> None:
    put(log, 0, *(login(n, T0 + n) for n in range(50)))
    source = merged(log, queue_limit=4, poll_records=8)
    assert ids(drain(source, 3)) == [f"e{n}" for n in range(50)]


def test_a_restart_meets_a_command_again_until_it_was_obeyed(log: Log) -> None:
    put(log, 0, login(1, T0))
    command = Control(id="c1", time=T0, command="x", actor="a", reason="r")
    log.open_producer("ctl", ["control"]).send([Outgoing("control", b"c1", codec.encode(command))])
    source = merged(log)
    take = source.take(10, 0.01)
    assert take.control == command
    assert take.positions[TopicPartition("control", 0)] == 0
    assert source.positions()[TopicPartition("control", 0)] == 1
