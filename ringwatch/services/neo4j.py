"""Neo4j Community over Bolt, from Maven Central's jars."""

from functools import partial

from ringwatch.services.bolt import probe_bolt
from ringwatch.services.endpoints import GraphEndpoint, write_private
from ringwatch.services.jvm import class_path, find_java
from ringwatch.services.ports import HOST
from ringwatch.services.service import Place, Plan, Progress, Service

USER = "neo4j"
_SETTINGS = {
    "server.default_listen_address": HOST,
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "server.memory.pagecache.size": "128m",
    "db.tx_log.preallocate": "false",  # 256 MB of zeros otherwise
    "db.tx_log.rotation.retention_policy": "2 files",
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",  # 5 s more for every stop otherwise
}
# What Neo4j's own start script opens.
_OPENED = ("java.base/java.nio", "java.base/java.lang", "java.base/sun.nio.ch")


def neo4j() -> Service:
    return Service("neo4j", ("bolt",), 180.0, _plan)


def neo4j_endpoint(place: Place) -> GraphEndpoint:
    return GraphEndpoint(f"bolt://{HOST}:{place.ports['bolt']}", USER, place.password, "neo4j")


def _plan(place: Place, progress: Progress) -> Plan:
    root = place.directory
    bolt = f"{HOST}:{place.ports['bolt']}"
    settings = {**_SETTINGS, "server.bolt.listen_address": bolt, "server.bolt.advertised_address": bolt}
    configuration, password = root / "neo4j.conf", root / "password"
    write_private(configuration, "".join(f"{key}={value}\n" for key, value in settings.items()).encode())
    write_private(password, place.password.encode())
    command = (
        str(find_java()),
        "-Xmx1g",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        f"-Djava.io.tmpdir={root}",
        *(part for module in _OPENED for part in ("--add-opens", f"{module}=ALL-UNNAMED")),
        *("-cp", class_path("neo4j", progress), "Launcher"),
        *(str(configuration), str(password), str(root)),
    )
    return Plan(command, partial(probe_bolt, neo4j_endpoint(place)))
