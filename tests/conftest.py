"""Real services for tests, one of each a session (with xdist: a worker's session), started when first asked for.

A test that asks for `neo4j` or `kafka_bootstrap` is marked `jvm` and skips, with the reason, where Java 17 or
Maven is missing; where CI=true it fails instead. Data stay from test to test: use names of your own.
"""

import os
from collections.abc import Iterator, Mapping

import pytest

from ringwatch.services.arcadedb import arcadedb as arcadedb_service
from ringwatch.services.arcadedb import arcadedb_endpoint
from ringwatch.services.endpoints import GraphEndpoint
from ringwatch.services.jvm import jvm_missing
from ringwatch.services.kafka import kafka as kafka_service
from ringwatch.services.kafka import kafka_bootstrap as bootstrap_of
from ringwatch.services.neo4j import neo4j as neo4j_service
from ringwatch.services.neo4j import neo4j_endpoint
from ringwatch.services.redis import redis_log
from ringwatch.services.redis import redis_url as url_of
from ringwatch.services.service import Place, Service
from ringwatch.services.stack import Stack

_JVM_FIXTURES = frozenset({"jvm", "neo4j", "kafka_bootstrap"})
_HEAVY_FIXTURES = _JVM_FIXTURES | {"arcadedb"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group: known to pytest also where pytest-xdist is switched off")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & _JVM_FIXTURES:
            item.add_marker(pytest.mark.jvm)
        if fixtures & _HEAVY_FIXTURES:
            # With --dist loadgroup one worker gets them all, so that only one set of databases runs.
            item.add_marker(pytest.mark.xdist_group("databases"))


def _place(service: Service, factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Stack([service], factory.mktemp(service.name), ports={}, progress=print) as stack:
        places: Mapping[str, Place] = stack.start()
        yield places[service.name]


@pytest.fixture(scope="session")
def jvm() -> None:
    """For tests that start Java services themselves."""
    missing = jvm_missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI=true requires it: {missing}")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis that never evicts: `redis://:secret@127.0.0.1:port/0`."""
    for place in _place(redis_log(), tmp_path_factory):
        yield url_of(place)


@pytest.fixture(scope="session")
def arcadedb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEndpoint]:
    for place in _place(arcadedb_service(), tmp_path_factory):
        yield arcadedb_endpoint(place)


@pytest.fixture(scope="session")
def neo4j(jvm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEndpoint]:  # noqa: ARG001 - may skip
    for place in _place(neo4j_service(), tmp_path_factory):
        yield neo4j_endpoint(place)


@pytest.fixture(scope="session")
def kafka_bootstrap(jvm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001 - may skip
    """`host:port` of one Kafka node; it creates no topic by itself."""
    for place in _place(kafka_service(), tmp_path_factory):
        yield bootstrap_of(place)
