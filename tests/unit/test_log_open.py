"""From a URL to a log; nothing is connected."""

import pytest

from events.errors import SettingsError, UnavailableError
from streaming.log import open_log
from streaming.log.kafka import KafkaLog
from streaming.log.kafka_client import KafkaSettings, our_errors, parse_url
from streaming.log.memory import MemoryLog
from streaming.log.redis_client import split_namespace
from streaming.log.redis_streams import RedisLog


def test_each_scheme() -> None:
    assert isinstance(open_log("memory://"), MemoryLog)
    assert isinstance(open_log("redis://:secret@127.0.0.1:1/0?namespace=x"), RedisLog)
    assert isinstance(open_log("kafka://127.0.0.1:1"), KafkaLog)


@pytest.mark.parametrize("url", ["", "amqp://localhost", "localhost:6379", "kafka://"])
def test_unknown_urls(url: str) -> None:
    with pytest.raises(SettingsError):
        open_log(url)


def test_a_kafka_url() -> None:
    settings = parse_url("kafka://a:1,b:2?namespace=test&sasl.username=u&sasl.password=p%26q")
    assert settings == KafkaSettings("a:1,b:2", "test", {"sasl.username": "u", "sasl.password": "p&q"})
    assert settings.wire("alerts") == "test.alerts"
    assert parse_url("kafka://a:1").wire("alerts") == "alerts"
    assert settings.producer()["sasl.password"] == "p&q"
    assert "p&q" not in repr(settings)


def test_a_redis_namespace_is_taken_out_of_the_url() -> None:
    assert split_namespace("redis://:p@h:1/2?namespace=x&db=3", "rw") == ("redis://:p@h:1/2?db=3", "x")
    assert split_namespace("redis://h:1", "rw") == ("redis://h:1", "rw")


def test_a_redis_that_is_not_there() -> None:
    log = open_log("redis://127.0.0.1:1/0")
    with pytest.raises(UnavailableError):
        log.partitions("t")
    log.close()


def test_a_kafka_that_is_not_there() -> None:
    log = KafkaLog(KafkaSettings("127.0.0.1:1", timeout_s=0.3))
    with pytest.raises(UnavailableError):
        log.partitions("t")
    log.close()


def test_an_administrative_call_without_an_answer() -> None:
    with pytest.raises(UnavailableError), our_errors():
        raise TimeoutError
