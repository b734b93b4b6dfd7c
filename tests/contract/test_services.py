"""Every service answers the client ringwatch uses for it, and lets in nobody without its secret."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
import redis
from confluent_kafka.admin import AdminClient
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, ClientError

from ringwatch.services import Endpoints, GraphEndpoint, StackKind, start_stack

LOOPBACK = {"127.0.0.1", "::ffff:127.0.0.1"}  # the second as Java says it


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


def test_graph_listens_on_loopback_alone(graph: GraphEndpoint) -> None:
    assert _listens_on(_owner(graph.url)) <= LOOPBACK


def test_kafka_listens_on_loopback_alone(kafka_bootstrap: str) -> None:
    assert _listens_on(_owner(kafka_bootstrap)) <= LOOPBACK


def test_kafka_answers_its_client_and_creates_no_topic_unasked(kafka_bootstrap: str) -> None:
    client = AdminClient({"bootstrap.servers": kafka_bootstrap})
    assert len(client.list_topics(timeout=10).brokers) == 1
    assert client.list_topics("never-created", timeout=10).topics["never-created"].error is not None
    assert "never-created" not in client.list_topics(timeout=10).topics


def test_the_embedded_stack_needs_no_java_listens_on_loopback_alone_and_ends_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    directory = tmp_path / "with a blank"
    with start_stack("embedded", directory, progress=print) as stack:
        endpoints = stack.endpoints
        assert Endpoints.load(directory) == endpoints
        assert [service.state for service in stack.status()] == ["ready"] * 3
        processes = [psutil.Process(service.process.pid) for service in stack.status() if service.process]
        assert all(_listens_on(process) <= LOOPBACK for process in processes)
        secret = endpoints.graph_password
        assert not any(secret in argument for process in processes for argument in process.cmdline())
        policies = [
            _eviction(endpoints.log_url),
            _eviction(endpoints.cache_url),
            _eviction(endpoints.broker_url),
        ]
        assert policies == ["noeviction", "volatile-ttl", "noeviction"]
        assert endpoints.broker_url != endpoints.log_url
    assert not any(process.is_running() for process in processes)
    assert not (directory / "endpoints.json").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["with a blank"]


@pytest.mark.parametrize("name", ["redis-log", "arcadedb"])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, name: str) -> None:
    _survives_a_kill("embedded", name, tmp_path)


@pytest.mark.usefixtures("jvm")
def test_what_neo4j_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    _survives_a_kill("jvm", "neo4j", tmp_path)


def _survives_a_kill(kind: StackKind, name: str, directory: Path) -> None:
    """Write, kill, let it be restarted, and start the stack anew: all under the same secret."""
    with start_stack(kind, directory, only={name}, progress=print) as stack:
        _write(stack.endpoints)
        process = stack.status()[0].process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        while stack.status()[0].restarts == 0 or stack.status()[0].state != "ready":
            stack.tend()
            time.sleep(0.05)
        assert _read(stack.endpoints) == "kept"
    with start_stack(kind, directory, only={name}, progress=print) as stack:
        assert _read(stack.endpoints) == "kept"


def _write(endpoints: Endpoints) -> None:
    if endpoints.graph_url:
        auth = (endpoints.graph_user, endpoints.graph_password)
        with GraphDatabase.driver(endpoints.graph_url, auth=auth) as driver:
            driver.execute_query("CREATE (s:ServiceCheck {key: 'kept'})")
    else:
        with redis.Redis.from_url(endpoints.log_url) as client:
            client.set("services", "kept")


def _read(endpoints: Endpoints) -> str:
    if endpoints.graph_url:
        auth = (endpoints.graph_user, endpoints.graph_password)
        with GraphDatabase.driver(endpoints.graph_url, auth=auth) as driver:
            records, _, _ = driver.execute_query("MATCH (s:ServiceCheck) RETURN s.key AS key")
        return ",".join(record["key"] for record in records)
    with redis.Redis.from_url(endpoints.log_url, decode_responses=True) as client:
        return str(client.get("services"))


def _listens_on(process: psutil.Process) -> set[str]:
    sockets = process.net_connections("tcp")
    return {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}


def _owner(address: str) -> psutil.Process:
    """Of the port at the end of a URL or of `host:port`."""
    port = int(address.rpartition(":")[2])
    children = psutil.Process().children(recursive=True)
    (owner,) = [
        child
        for child in children
        if any(
            socket.laddr.port == port and socket.status == psutil.CONN_LISTEN
            for socket in child.net_connections("tcp")
        )
    ]
    return owner


def _eviction(url: str) -> str:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return str(client.config_get("maxmemory-policy")["maxmemory-policy"])
