"""Flink as it is installed beside ringwatch: its own Python environment, Java, the Kafka connector."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from events.errors import SettingsError, UnavailableError
from ringwatch.services.jvm import cache_directory, find_java
from ringwatch.services.service import Progress

_ROOT = Path(__file__).parents[2]
_CONNECTOR = "flink-sql-connector-kafka-5.0.0-2.2.jar"
_ARTEFACT = "org.apache.flink:flink-sql-connector-kafka:5.0.0-2.2"
_SHA256 = "5605c691d11a501382c383fecba37a7a552467da5ab7ba904ef5d6f3d62c5616"
_FETCH_S = 300.0


@dataclass(frozen=True, slots=True)
class FlinkEnvironment:
    """`python` has `pyflink` (requirements/flink.txt), `java` is 17 or later, `connector` is the jar for Kafka."""

    python: Path
    java: Path
    connector: Path

    def variables(self, logs: Path, heap: str) -> dict[str, str]:
        """What a process of Flink finds in its environment; it logs into `logs`. `heap`: as Java's -Xmx has it."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        return kept | {
            "JAVA_HOME": str(self.java.resolve().parents[1]),
            "JVM_ARGS": f"-Xmx{heap}",
            "FLINK_LOG_DIR": str(logs),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def home(self) -> Path:
        """Flink's own directory: `bin/flink`, `bin/start-cluster.sh`, `conf`."""
        return next(self.python.parents[1].glob("lib/python3.*/site-packages/pyflink"))


def venv_directory() -> Path:
    """`$RINGWATCH_FLINK_VENV`, else `.venv-flink` of the checkout."""
    given = os.environ.get("RINGWATCH_FLINK_VENV")
    return Path(given) if given else _ROOT / ".venv-flink"


def flink_missing() -> str | None:
    """Why Flink can't run here; None where it can."""
    try:
        find_java()
        _python()
    except SettingsError as error:
        return str(error)
    if not _jar().exists() and shutil.which("mvn") is None:
        return "no mvn on the path: Flink's connector for Kafka comes by Maven"
    return None


def find_flink(progress: Progress) -> FlinkEnvironment:
    """The environment; the first call fetches the connector (11 MB).

    Errors: `SettingsError` where Java, Maven or the Python environment is missing, `UnavailableError` where the jar
    can't be had or is another.
    """
    java, python = find_java(), _python()
    if not _jar().exists():
        progress("flink: fetching its connector for Kafka from Maven Central, once")
        _fetch()
    return FlinkEnvironment(python, java, _jar())


def _python() -> Path:
    python = venv_directory() / "bin" / "python"
    if not python.exists():
        raise SettingsError(f"{python} is not there: `make flink` makes Flink's own Python environment")
    return python


def _jar() -> Path:
    return cache_directory() / "flink" / _CONNECTOR


def _fetch() -> None:
    """Beside the target under a name of its own, then renamed: two that fetch at once do no harm."""
    maven = shutil.which("mvn")
    if maven is None:
        raise SettingsError("no mvn on the path: Flink's connector for Kafka comes by Maven")
    target = _jar()
    partial = target.parent / f"partial-{os.getpid()}"
    partial.mkdir(parents=True, exist_ok=True)
    try:
        command = [
            maven,
            "-B",
            "-q",
            "dependency:copy",
            f"-Dartifact={_ARTEFACT}",
            f"-DoutputDirectory={partial}",
        ]
        done = subprocess.run(  # noqa: S603 - a command of ours, as a list
            command, cwd=partial, capture_output=True, text=True, timeout=_FETCH_S, check=False
        )
        found = partial / _CONNECTOR
        if done.returncode or not found.exists():
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
            raise UnavailableError(f"flink: mvn could not fetch {_ARTEFACT}:\n{tail}")
        digest = hashlib.sha256(found.read_bytes()).hexdigest()
        if digest != _SHA256:
            raise UnavailableError(f"flink: {_CONNECTOR} is not the one expected: SHA-256 {digest}")
        found.replace(target)
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"flink: mvn did not end within {_FETCH_S:.0f} s") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
