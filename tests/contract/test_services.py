"""Every service answers the client ringwatch uses for it, and lets in nobody without its secret."""

import pytest
import redis
from confluent_kafka.admin import AdminClient
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, ClientError

from ringwatch.services.endpoints import GraphEndpoint


@pytest.fixture(params=["arcadedb", "neo4j"])
def graph(request: pytest.FixtureRequest) -> GraphEndpoint:
    endpoint = request.getfixturevalue(request.param)
    assert isinstance(endpoint, GraphEndpoint)
    return endpoint


def test_redis_answers_its_client(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("services", "here")
        assert client.get("services") == b"here"


def test_redis_wants_its_password(redis_url: str) -> None:
    anonymous = "redis://" + redis_url.partition("@")[2]
    with redis.Redis.from_url(anonymous) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_graph_answers_the_driver_without_naming_a_database(graph: GraphEndpoint) -> None:
    with GraphDatabase.driver(graph.url, auth=(graph.user, graph.password)) as driver:
        driver.execute_query("MERGE (s:ServiceCheck {key: $key})", key="here")
        records, _, _ = driver.execute_query("MATCH (s:ServiceCheck) RETURN s.key AS key")
    assert [record["key"] for record in records] == ["here"]


def test_graph_wants_its_password(graph: GraphEndpoint) -> None:
    with (
        GraphDatabase.driver(graph.url, auth=(graph.user, "wrong")) as driver,
        pytest.raises((AuthError, ClientError)),
    ):
        driver.verify_connectivity()


def test_kafka_answers_its_client_and_creates_no_topic_unasked(kafka_bootstrap: str) -> None:
    client = AdminClient({"bootstrap.servers": kafka_bootstrap})
    assert len(client.list_topics(timeout=10).brokers) == 1
    assert client.list_topics("never-created", timeout=10).topics["never-created"].error is not None
    assert "never-created" not in client.list_topics(timeout=10).topics
