"""ArcadeDB over Bolt, from the jars and the Java runtime inside the `arcadedb-embedded` wheel."""

import importlib.util
from functools import partial
from pathlib import Path

from events.errors import SettingsError
from ringwatch.services.bolt import probe_bolt
from ringwatch.services.endpoints import GraphEndpoint, write_private
from ringwatch.services.ports import HOST
from ringwatch.services.service import Place, Plan, Progress, Service

USER = "root"
_DATABASE = "ringwatch"


def arcadedb() -> Service:
    return Service("arcadedb", ("bolt", "http"), 90.0, _plan)


def arcadedb_endpoint(place: Place) -> GraphEndpoint:
    return GraphEndpoint(f"bolt://{HOST}:{place.ports['bolt']}", USER, place.password, "arcadedb")


def _plan(place: Place, _progress: Progress) -> Plan:
    package = importlib.util.find_spec("arcadedb_embedded")
    if package is None or package.origin is None:
        raise SettingsError("ArcadeDB is missing: pip install 'ringwatch[embedded]'")
    home = Path(package.origin).parent
    root = place.directory
    password_file = root / "password"
    write_private(password_file, place.password.encode())
    settings = {
        "server.rootPath": root,
        "server.rootPasswordPath": password_file,
        "server.mode": "production",
        "server.logsDirectory": root / "logs",
        "server.defaultDatabases": f"{_DATABASE}[]",
        "server.httpIncomingHost": HOST,
        "server.httpIncomingPort": place.ports["http"],
        "server.plugins": "BoltProtocolPlugin",
        "bolt.host": HOST,  # all interfaces otherwise
        "bolt.port": place.ports["bolt"],
        "bolt.defaultDatabase": _DATABASE,
    }
    command = (
        str(home / "jre" / "bin" / "java"),
        "-Xmx1g",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Djava.io.tmpdir=" + str(root),
        *(f"-Darcadedb.{key}={value}" for key, value in settings.items()),
        "-cp",
        str(home / "jars" / "*"),
        "com.arcadedb.server.ArcadeDBServer",
    )
    return Plan(command, partial(probe_bolt, arcadedb_endpoint(place)))
