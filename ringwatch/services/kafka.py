"""One Kafka node (KRaft: broker and controller), from Maven Central's jars. Plain text, on loopback alone."""

import base64
import hashlib
import socket
from functools import partial

from ringwatch.services.endpoints import write_private
from ringwatch.services.jvm import class_path, find_java
from ringwatch.services.ports import HOST
from ringwatch.services.service import Place, Plan, Progress, Service

_TIMEOUT_S = 3.0
_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "num.partitions": "1",
    # One node holds every copy there is.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "16777216",
}


def kafka() -> Service:
    return Service("kafka", ("kafka", "controller"), 120.0, _plan)


def kafka_bootstrap(place: Place) -> str:
    """`host:port`."""
    return f"{HOST}:{place.ports['kafka']}"


def _cluster_id(place: Place) -> str:
    """22 characters that no other stack has; from the place's secret, one way."""
    digest = hashlib.sha256(b"kafka cluster " + place.password.encode()).digest()
    return "r" + base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")[1:]


def _plan(place: Place, progress: Progress) -> Plan:
    root = place.directory
    data = root / "data"
    listeners = f"PLAINTEXT://{kafka_bootstrap(place)},CONTROLLER://{HOST}:{place.ports['controller']}"
    settings = {
        **_SETTINGS,
        "listeners": listeners,
        "advertised.listeners": f"PLAINTEXT://{kafka_bootstrap(place)}",
        "controller.quorum.voters": f"1@{HOST}:{place.ports['controller']}",
        "log.dirs": str(data),
    }
    properties = root / "server.properties"
    write_private(properties, "".join(f"{key}={value}\n" for key, value in settings.items()).encode())
    command = (
        str(find_java()),
        "-Xmx512m",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        f"-Djava.io.tmpdir={root}",
        *("-cp", class_path("kafka", progress), "Launcher"),
        *(str(properties), _cluster_id(place), str(data)),
    )
    return Plan(command, partial(_probe, place))


def _probe(place: Place) -> str | None:
    """None once the broker knows itself as a member of the cluster that is ours."""
    try:  # cheap while nobody listens, and the client's own retries and log lines are kept out of it
        socket.create_connection((HOST, place.ports["kafka"]), timeout=_TIMEOUT_S).close()
    except OSError as error:
        return str(error)
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    try:
        client = AdminClient({"bootstrap.servers": kafka_bootstrap(place), "log_level": 0})
        cluster = client.cluster_id(timeout=_TIMEOUT_S)
        brokers = client.list_topics(timeout=_TIMEOUT_S).brokers
    except KafkaException as error:
        return str(error)
    if cluster != _cluster_id(place):
        return f"another cluster answers: {cluster}"
    return None if brokers else "no broker has registered yet"
