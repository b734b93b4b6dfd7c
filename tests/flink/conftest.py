"""Flink in its own environment; tests that ask for it are marked `flink`."""

from collections.abc import Iterator

import pytest

from events.topics import Topic
from ringwatch.flink.environment import FlinkEnvironment, find_flink, flink_missing
from ringwatch.flink.tables import VELOCITY_TOPIC
from streaming.log.kafka import KafkaLog
from streaming.log.kafka_client import KafkaSettings
from streaming.log.port import Log
from tests.flink.kafka_topics import TOPICS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "flink" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flink)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def flink() -> FlinkEnvironment:
    missing = flink_missing()
    if missing:
        pytest.skip(missing)
    return find_flink(print)


@pytest.fixture
def log(kafka_bootstrap: str, request: pytest.FixtureRequest) -> Iterator[Log]:
    made = KafkaLog(KafkaSettings(kafka_bootstrap, namespace=request.node.name))
    made.ensure_topics([*TOPICS, Topic(VELOCITY_TOPIC)], 2)
    yield made
    made.close()
