"""Sends whose answer is lost: sending the same again delivers nothing twice, and nothing is lost."""

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from events.errors import ConflictError, FencedError, UnavailableError
from events.topics import Topic
from streaming.log.kafka import KafkaLog
from streaming.log.kafka_claims import Claim
from streaming.log.kafka_client import KafkaSettings
from streaming.log.port import Log, Outgoing, TopicPartition
from streaming.log.redis_streams import RedisLog
from tests.contract.log_backends import out, read_all, read_until, text, values
from tests.contract.log_losses import LosingClients, MuteProxy, release

T = "payments"
_TOPICS = [Topic(T, partitions=4)]


def _batch(start: int, stop: int) -> list[Outgoing]:
    return [out(T, number, partition=number % 4) for number in range(start, stop)]


def _in_order_and_once(log: Log, count: int) -> None:
    records = read_all(log, T)
    for partition in range(4):
        assert values(records, partition) == [text(number) for number in range(partition, count, 4)]


@pytest.fixture
def muted(redis_url: str) -> Iterator[tuple[MuteProxy, RedisLog, RedisLog]]:
    """A proxy, a log through it, and the same log without it."""
    namespace = f"t{uuid.uuid4().hex[:12]}"
    parts = urlsplit(redis_url)
    proxy = MuteProxy(parts.hostname or "", parts.port or 0)
    user = f":{parts.password}@" if parts.password else ""
    through = RedisLog(f"redis://{user}127.0.0.1:{proxy.port}", namespace=namespace, timeout_s=2.0)
    direct = RedisLog(redis_url, namespace=namespace)
    direct.ensure_topics(_TOPICS, 1)
    yield proxy, through, direct
    through.close()
    direct.close()
    proxy.close()


def test_redis_lost_answer(muted: tuple[MuteProxy, RedisLog, RedisLog]) -> None:
    proxy, through, direct = muted
    producer = through.open_producer("scorer", [T])
    producer.send(_batch(0, 40))
    proxy.mute = True
    with pytest.raises(UnavailableError):
        producer.send(_batch(40, 1300))
    assert len(read_all(direct, T)) > 40, "the request got through, only the answer did not"
    with pytest.raises(UnavailableError):
        producer.send(_batch(40, 1300))
    proxy.mute = False
    with pytest.raises(ConflictError):
        producer.send(_batch(1300, 1304))
    producer.send(_batch(40, 1400))  # more behind it is welcome
    producer.send(_batch(1400, 1440))
    _in_order_and_once(direct, 1440)


def test_redis_lost_answer_after_a_takeover(muted: tuple[MuteProxy, RedisLog, RedisLog]) -> None:
    proxy, through, direct = muted
    producer = through.open_producer("scorer", [T])
    proxy.mute = True
    with pytest.raises(UnavailableError):
        producer.send(_batch(0, 8))
    proxy.mute = False
    direct.open_producer("scorer", [T]).send(_batch(8, 16))
    with pytest.raises(FencedError):
        producer.send(_batch(0, 8))
    _in_order_and_once(direct, 16)


def test_redis_a_script_that_the_server_forgot(redis_url: str) -> None:
    log = RedisLog(redis_url, namespace=f"t{uuid.uuid4().hex[:12]}")
    log.ensure_topics(_TOPICS, 1)
    producer = log.open_producer("scorer", [T])
    producer.send(_batch(0, 4))
    log._client.script_flush()
    producer.send(_batch(4, 8))
    _in_order_and_once(log, 8)
    log.close()


_Losing = tuple[LosingClients, KafkaLog]


@pytest.fixture
def losing(kafka_bootstrap: str) -> Iterator[_Losing]:
    clients = LosingClients()
    settings = KafkaSettings(kafka_bootstrap, f"t{uuid.uuid4().hex[:12]}")
    log = KafkaLog(settings, make_client=clients)
    log.ensure_topics(_TOPICS, 1)
    yield clients, log
    log.close()


@pytest.mark.parametrize("mode", ["answers", "second half"])
def test_kafka_lost_answer(losing: _Losing, mode: str) -> None:
    clients, log = losing
    producer = log.open_producer("scorer", [T])
    producer.send(_batch(0, 8))
    clients.mode = mode
    with pytest.raises(UnavailableError):
        producer.send(_batch(8, 16))
    clients.mode = "ok"
    with pytest.raises(ConflictError):
        producer.send(_batch(16, 20))
    before = producer.epoch
    producer.send(_batch(8, 24))
    assert producer.epoch > before
    producer.send(_batch(24, 32))
    _in_order_and_once(log, 32)


def test_kafka_records_that_arrive_after_the_recovery_are_dropped(losing: _Losing) -> None:
    clients, log = losing
    producer = log.open_producer("scorer", [T])
    producer.send(_batch(0, 8))
    clients.mode = "late"
    with pytest.raises(UnavailableError):
        producer.send(_batch(8, 16))
    clients.mode = "ok"
    producer.send(_batch(8, 16))
    release(clients.made)
    producer.send(_batch(16, 24))
    _in_order_and_once(log, 24)


def test_kafka_failures_during_the_recovery(losing: _Losing) -> None:
    clients, log = losing
    producer = log.open_producer("scorer", [T])
    producer.send(_batch(0, 8))
    for mode in ("second half", "answers", "second half"):
        # The claims and markers of a recovery are lost in the same way as records.
        clients.mode = mode
        with pytest.raises(UnavailableError):
            producer.send(_batch(8, 24))
    clients.mode = "ok"
    producer.send(_batch(8, 24))
    _in_order_and_once(log, 24)


def test_kafka_a_recovery_does_not_take_a_name_back(losing: _Losing) -> None:
    clients, log = losing
    producer = log.open_producer("scorer", [T])
    clients.mode = "late"
    with pytest.raises(UnavailableError):
        producer.send(_batch(0, 8))
    clients.mode = "ok"
    heir = log.open_producer("scorer", [T])
    with pytest.raises(FencedError):
        producer.send(_batch(0, 8))
    heir.send(_batch(0, 8))
    release(clients.made)
    _in_order_and_once(log, 8)


def test_kafka_a_takeover_that_crashed_half_way(losing: _Losing) -> None:
    """Its markers count, and readers that start behind them find them, before and after the next takeover."""
    clients, log = losing
    first = log.open_producer("scorer", [T])
    first.send(_batch(0, 8))
    clients.mode = "second half"  # the claim and the markers of partitions 0 and 1 arrive, and no more
    claims = log._claims
    with pytest.raises(UnavailableError):
        log.open_producer("scorer", [T])
    clients.made[-1]._mode = lambda: "ok"
    with pytest.raises(UnavailableError):
        # The claim itself was reported lost above; here it is acknowledged and the markers are lost.
        log.open_producer("other", [T])
    clients.mode = "ok"
    claims.refresh(wait=True)
    left_open = [it for it in claims._claims.values() if it.fences is None]
    assert {it.name for it in left_open} == {"scorer", "other"}
    heir = log.open_producer("scorer", [T])
    heir.send(_batch(8, 16))
    _in_order_and_once(log, 16)
    assert {it.name for it in claims._claims.values() if it.fences is None} <= {"other"}


def test_kafka_markers_of_an_open_claim_are_found_by_readers(losing: _Losing) -> None:
    """As if the process had died between its markers and the record that says where they are."""
    _, log = losing
    first = log.open_producer("scorer", [T])
    first.send(_batch(0, 4))
    second = log.open_producer("scorer", [T])
    claims = log._claims
    claims.refresh(wait=True)
    key, claim = max(claims._claims.items(), key=lambda it: it[1].epoch)
    assert claim.epoch == second.epoch
    claims._claims[key] = Claim(
        name=claim.name, owner=claim.owner, renewed=False, ends=claim.ends, epoch=claim.epoch
    )
    middle = log.end(T)
    with pytest.raises(FencedError):
        first.send(_batch(100, 104))
    second.send(_batch(4, 8))
    held = claims.before(
        {TopicPartition(T, number): middle[TopicPartition(T, number)] for number in range(4)}
    )
    assert {it["scorer"] for it in held.values()} == {second.epoch}
    reader = log.open_reader(middle)
    assert sorted(values(read_until(reader, log.end(T)))) == [text(number) for number in range(4, 8)]
    # The next takeover finds them too and writes down where they are.
    log.open_producer("scorer", [T])
    claims.refresh(wait=True)
    assert claims._claims[key].fences == claim.fences
    assert claim.fences is not None
