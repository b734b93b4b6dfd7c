"""What every log backend does. Each test has topics of its own: the servers are shared."""

import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from events.errors import ConflictError, FencedError, NotFoundError
from events.topics import Topic
from streaming.log import Log, Outgoing, Producer, TopicPartition, open_log
from tests.contract.log_backends import (
    out,
    read_all,
    read_count,
    read_until,
    text,
    values,
)

T = "payments"
FOUR = Topic(T, partitions=4)
ONE = Topic("one", partitions=1)
LAST = Topic("latest", partitions=2, compacted=True)

_KAFKA = pytest.param("kafka", marks=[pytest.mark.jvm, pytest.mark.xdist_group("databases")])


def _url(backend: str, request: pytest.FixtureRequest) -> str:
    namespace = f"t{uuid.uuid4().hex[:12]}"
    if backend == "redis":
        return f"{request.getfixturevalue('redis_url')}?namespace={namespace}"
    if backend == "kafka":
        return f"kafka://{request.getfixturevalue('kafka_bootstrap')}?namespace={namespace}"
    return "memory://"


@pytest.fixture(params=["memory", "redis", _KAFKA])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    yield from _opened(_url(request.param, request))


def _opened(url: str) -> Iterator[Log]:
    log = open_log(url)
    log.ensure_topics([FOUR, ONE, LAST], 3)
    yield log
    log.close()


@pytest.fixture(params=["redis", _KAFKA])
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a log that outlives the process that writes to it."""
    return _url(request.param, request)


def test_topics_are_created_once_and_keep_their_partitions(log: Log) -> None:
    log.ensure_topics([Topic(T, partitions=9), Topic("sized-by-installation")], 3)
    assert log.partitions(T) == 4
    assert log.partitions("sized-by-installation") == 3


def test_unknown_topics_and_partitions_are_not_found(log: Log) -> None:
    producer = log.open_producer("p", [T])
    with pytest.raises(NotFoundError):
        log.partitions("nothing")
    with pytest.raises(NotFoundError):
        log.begin("nothing")
    with pytest.raises(NotFoundError):
        log.open_producer("p", ["nothing"])
    with pytest.raises(NotFoundError):
        log.open_reader({TopicPartition(T, 4): 0})
    with pytest.raises(NotFoundError):
        log.trim(TopicPartition(T, 4), 0)
    with pytest.raises(NotFoundError):
        producer.send([out(T, 0, partition=4)])
    with pytest.raises(ConflictError):
        producer.send([out(ONE.name, 0)])
    assert read_all(log, T, ONE.name) == []


def test_a_record_comes_back_as_it_was_sent(log: Log) -> None:
    producer = log.open_producer("scorer", [T])
    sent = Outgoing(T, b"\x00key\xff", b"\x80value\x00", {"a": b"1", "b": b"\xff"}, partition=2)
    plain = Outgoing(T, b"", b"", partition=2)
    producer.send([sent, plain])
    first, second = read_all(log, T)
    assert (first.topic, first.partition, first.key, first.value) == (T, 2, sent.key, sent.value)
    assert dict(first.headers) == {"a": b"1", "b": b"\xff"}
    assert (first.producer, first.epoch) == ("scorer", producer.epoch)
    assert (second.key, second.value, dict(second.headers)) == (b"", b"", {})
    assert second.offset > first.offset >= 0
    assert second.append_time >= first.append_time > 1_600_000_000_000


def test_a_key_goes_to_the_same_partition_on_every_backend(log: Log) -> None:
    keys = [f"card.1.{number:032x}".encode() for number in range(200)]
    log.open_producer("p", [T]).send([Outgoing(T, key, b"") for key in keys])
    placed = {it.key: it.partition for it in read_all(log, T)}
    assert placed == {key: crc32(key) % 4 for key in keys}
    assert set(placed.values()) == {0, 1, 2, 3}


def test_order_within_a_partition_over_many_batches(log: Log) -> None:
    producer = log.open_producer("p", [T])
    for start in range(0, 3000, 750):
        producer.send([out(T, number, partition=number % 4) for number in range(start, start + 750)])
    records = read_all(log, T)
    for partition in range(4):
        assert values(records, partition) == [text(number) for number in range(partition, 3000, 4)]
        offsets = [it.offset for it in records if it.partition == partition]
        assert offsets == sorted(set(offsets))


def test_nothing_is_sent_by_an_empty_send_and_nothing_read_from_nowhere(log: Log) -> None:
    log.open_producer("p", [T]).send([])
    assert log.open_reader(log.begin(T)).poll(10, 0.0) == []
    assert log.open_reader({}).poll(10, 0.0) == []


def test_poll_takes_no_more_than_asked_and_goes_on_behind_it(log: Log) -> None:
    log.open_producer("p", [T]).send([out(T, number) for number in range(25)])
    reader = log.open_reader(log.begin(T))
    sizes: list[int] = []
    seen: list[bytes] = []
    while len(seen) < 25:
        records = reader.poll(10, 1.0)
        sizes.append(len(records))
        seen += values(records)
    assert max(sizes) <= 10
    assert seen == [text(number) for number in range(25)]
    assert reader.poll(10, 0.0) == []


def test_positions_are_behind_what_poll_returned_and_start_a_reader_there(log: Log) -> None:
    producer = log.open_producer("p", [T])
    producer.send([out(T, number, partition=number % 2) for number in range(40)])
    reader = log.open_reader(log.begin(T))
    first = read_count(reader, 7, at_a_time=7)
    again = log.open_reader(reader.positions())
    rest = read_until(again, log.end(T))
    assert sorted(values(first + rest)) == sorted(text(number) for number in range(40))
    assert again.positions() == log.end(T)


def test_redelivery_from_the_same_position_is_the_same(log: Log) -> None:
    log.open_producer("p", [T]).send([out(T, number, partition=number % 4) for number in range(100)])
    assert read_all(log, T) != []
    by_place = [sorted(read_all(log, T), key=lambda it: (it.partition, it.offset)) for _ in range(2)]
    assert by_place[0] == by_place[1]


def test_seek_forward_and_back(log: Log) -> None:
    log.open_producer("p", [ONE.name]).send([out(ONE.name, number) for number in range(10)])
    place = TopicPartition(ONE.name, 0)
    reader = log.open_reader(log.begin(ONE.name))
    records = read_count(reader, 10)
    reader.seek({place: records[8].offset})
    assert values(read_count(reader, 2)) == [text(8), text(9)]
    reader.seek({place: records[3].offset})
    assert reader.positions() == {place: records[3].offset}
    assert values(read_count(reader, 7)) == [text(number) for number in range(3, 10)]
    with pytest.raises(NotFoundError):
        reader.seek({TopicPartition(T, 0): 0})


def test_a_start_behind_the_end_is_refused(log: Log) -> None:
    place = TopicPartition(ONE.name, 0)
    end = log.end(ONE.name)[place]
    with pytest.raises(ConflictError):
        log.open_reader({place: end + 1})
    reader = log.open_reader({place: end})
    with pytest.raises(ConflictError):
        reader.seek({place: end + 1})


def test_records_that_arrive_while_polling_are_delivered(log: Log) -> None:
    producer = log.open_producer("p", [ONE.name])
    reader = log.open_reader(log.end(ONE.name))
    assert reader.poll(10, 0.0) == []
    later = threading.Timer(0.1, producer.send, ([out(ONE.name, 1)],))
    later.start()
    assert values(read_count(reader, 1)) == [text(1)]
    later.join()


def test_no_partition_starves(log: Log) -> None:
    """With a long backlog in one partition and few records in others, the few come within a few polls."""
    producer = log.open_producer("p", [T])
    producer.send([out(T, number, partition=0) for number in range(6000)])
    producer.send([out(T, number, partition=partition) for partition in (1, 2, 3) for number in range(5)])
    reader = log.open_reader(log.begin(T))
    seen: Counter[int] = Counter()
    polls = 0
    while sum(seen[partition] for partition in (1, 2, 3)) < 15:
        records = reader.poll(100, 5.0)
        assert records
        seen.update(it.partition for it in records)
        polls += 1
    assert polls <= 40, "of the 60 that the backlog alone takes"
    assert seen[0] < 6000


def test_paused_partitions_wait_until_resumed(log: Log) -> None:
    producer = log.open_producer("p", [T])
    reader = log.open_reader(log.begin(T))
    zero = TopicPartition(T, 0)
    reader.pause([zero])
    producer.send([out(T, number, partition=number % 2) for number in range(20)])
    assert {it.partition for it in read_count(reader, 10)} == {1}
    assert reader.poll(100, 0.2) == []
    start = reader.positions()[zero]
    reader.resume([zero])
    records = read_count(reader, 10)
    assert values(records, 0) == [text(number) for number in range(0, 20, 2)]
    assert records[0].offset >= start
    # Paused in the middle of what has been fetched already.
    producer.send([out(T, number) for number in range(500)])
    some = values(read_count(reader, 5, at_a_time=5))
    reader.pause([zero])
    assert reader.poll(100, 0.2) == []
    reader.resume([zero])
    assert some + values(read_count(reader, 495)) == [text(number) for number in range(500)]
    with pytest.raises(NotFoundError):
        reader.pause([TopicPartition(T, 9)])


def test_two_topics_in_one_reader(log: Log) -> None:
    producer = log.open_producer("p", [T, ONE.name])
    producer.send([out(T, 1), out(ONE.name, 2), out(T, 3)])
    records = read_all(log, T, ONE.name)
    assert values([it for it in records if it.topic == T]) == [text(1), text(3)]
    assert values([it for it in records if it.topic == ONE.name]) == [text(2)]


def test_trim_drops_what_is_before_and_readers_start_behind_it(log: Log) -> None:
    place = TopicPartition(ONE.name, 0)
    log.open_producer("p", [ONE.name]).send([out(ONE.name, number) for number in range(10)])
    records = read_all(log, ONE.name)
    old = log.begin(ONE.name)
    log.trim(place, records[6].offset)
    assert log.begin(ONE.name) == {place: records[6].offset}
    reader = log.open_reader(old)
    assert reader.positions() == {place: records[6].offset}
    assert values(read_until(reader, log.end(ONE.name))) == [text(number) for number in range(6, 10)]
    log.trim(place, records[2].offset)  # nothing left to do
    assert log.begin(ONE.name) == {place: records[6].offset}


def test_trim_of_everything_keeps_offsets_rising(log: Log) -> None:
    place = TopicPartition(ONE.name, 0)
    producer = log.open_producer("p", [ONE.name])
    producer.send([out(ONE.name, 0)])
    end = log.end(ONE.name)
    log.trim(place, end[place] + 100)
    assert log.begin(ONE.name) == log.end(ONE.name) == end
    assert read_all(log, ONE.name) == []
    reader = log.open_reader({place: 0})
    producer.send([out(ONE.name, 1)])
    (record,) = read_count(reader, 1)
    assert (record.value, record.offset) == (text(1), end[place])


def test_latest_by_key(log: Log) -> None:
    producer = log.open_producer("p", [LAST.name])
    producer.send([Outgoing(LAST.name, b"a", b"1"), Outgoing(LAST.name, b"b", b"1")])
    producer.send([Outgoing(LAST.name, b"a", b"2"), Outgoing(LAST.name, b"c", b"1")])
    producer.send([Outgoing(LAST.name, b"a", b"3"), Outgoing(LAST.name, b"a", b"4")])
    latest = log.latest_by_key(LAST.name)
    assert {key: it.value for key, it in latest.items()} == {b"a": b"4", b"b": b"1", b"c": b"1"}
    assert latest[b"b"].producer == "p"
    assert log.latest_by_key(ONE.name) == {}
    with pytest.raises(ConflictError):
        log.trim(TopicPartition(LAST.name, 0), 1)


def _try_send(producer: Producer, numbers: range) -> bool:
    """False where the backend refused it; Kafka takes it, and its readers drop it."""
    try:
        producer.send([out(T, number, partition=number % 4) for number in numbers])
    except FencedError:
        return False
    return True


def test_the_next_epoch_fences_the_one_before(log: Log) -> None:
    first = log.open_producer("scorer", [T])
    assert first.epoch >= 1
    first.send([out(T, number, partition=number % 4) for number in range(8)])
    second = log.open_producer("scorer", [T])
    assert second.epoch > first.epoch
    # A scorer that was paused wakes up and goes on.
    _try_send(first, range(100, 108))
    second.send([out(T, number, partition=number % 4) for number in range(8, 16)])
    _try_send(first, range(108, 116))
    records = read_all(log, T)
    assert sorted(values(records)) == sorted(text(number) for number in range(16))
    assert [it.epoch for it in records if it.value == text(15)] == [second.epoch]


def test_fencing_holds_wherever_a_reader_starts(log: Log) -> None:
    """A reader that starts behind the takeover can't have seen it go by."""
    first = log.open_producer("scorer", [T])
    second = log.open_producer("scorer", [T])
    second.send([out(T, number, partition=number % 4) for number in range(4)])
    third = log.open_producer("scorer", [T])
    middle = log.end(T)
    _try_send(first, range(100, 104))
    _try_send(second, range(104, 108))
    third.send([out(T, number, partition=number % 4) for number in range(4, 8)])
    reader = log.open_reader(middle)
    wanted = sorted(text(number) for number in range(4, 8))
    assert sorted(values(read_until(reader, log.end(T)))) == wanted
    reader.seek(middle)
    assert sorted(values(read_until(reader, log.end(T)))) == wanted
    assert reader.positions() == log.end(T)


def test_a_fenced_producer_is_told(log: Log) -> None:
    first = log.open_producer("scorer", [T])
    log.open_producer("scorer", [T])

    def send_on() -> None:
        for number in range(100_000):  # Kafka tells soon, not at once
            first.send([out(T, number)])

    with pytest.raises(FencedError):
        send_on()
    assert read_all(log, T) == []


def test_names_do_not_fence_each_other(log: Log) -> None:
    one = log.open_producer("scorer-0", [T])
    two = log.open_producer("scorer-1", [T])
    one.send([out(T, 1)])
    two.send([out(T, 2)])
    one.send([out(T, 3)])
    assert values(read_all(log, T)) == [text(1), text(2), text(3)]


def test_concurrent_producers_lose_and_double_nothing(log: Log) -> None:
    names = ["a", "b", "c", "d"]
    producers = {name: log.open_producer(name, [T]) for name in names}
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for start in range(0, 400, 40):
                producers[name].send(
                    [
                        Outgoing(T, b"", f"{name}{number:04}".encode(), partition=number % 4)
                        for number in range(start, start + 40)
                    ]
                )
        except Exception as error:  # noqa: BLE001 - reported by the test, which the thread can't fail
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    records = read_all(log, T)
    assert len(records) == 1600
    for name in names:
        mine = [it for it in records if it.producer == name]
        for partition in range(4):
            wanted = [f"{name}{number:04}".encode() for number in range(partition, 400, 4)]
            assert values(mine, partition) == wanted


def test_racing_takeovers_leave_one_owner(log: Log) -> None:
    """Whoever loses the race is refused or fenced; in each partition epochs only rise."""
    sent: dict[int, bytes] = {}

    def work(tag: bytes) -> None:
        try:
            producer = log.open_producer("scorer", [T])
            for _ in range(5):
                producer.send([Outgoing(T, b"", tag, partition=number) for number in range(4)])
            sent[producer.epoch] = tag
        except FencedError:
            pass

    threads = [threading.Thread(target=work, args=(f"{number}".encode(),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = read_all(log, T)
    for partition in range(4):
        epochs = [it.epoch for it in records if it.partition == partition]
        assert epochs == sorted(epochs)
    newest = max(sent)
    assert values(records).count(sent[newest]) == 20
    assert max(it.epoch for it in records) == newest


@pytest.mark.parametrize("batch", [1, 700])
def test_kill_in_the_middle_of_sending(server_url: str, batch: int) -> None:
    """Nothing acknowledged is lost, nothing is there twice, and what is there has no holes in a partition."""
    for log in _opened(server_url):
        writer = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(Path(__file__).with_name("log_writer.py")), server_url, T, str(batch)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        acknowledged = 0
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged >= 5 * batch:
                break
        writer.kill()
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        writer.stdout.close()
        writer.wait()
        heir = log.open_producer("writer", [T])
        before = [int(value) for value in values(read_all(log, T))]
        assert len(before) == len(set(before))
        assert set(range(acknowledged)) <= set(before)
        for partition in range(4):
            inside = sorted(number for number in before if number % 4 == partition)
            assert inside == list(range(partition, partition + 4 * len(inside), 4))
        # The heir goes on behind what it found; a last request of the dead still under way changes nothing.
        heir.send([Outgoing(T, b"k", b"heir", partition=number) for number in range(4)])
        after = values(read_all(log, T))
        assert Counter(after) == Counter([str(number).encode() for number in before] + [b"heir"] * 4)
