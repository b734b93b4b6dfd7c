"""Java services that come from Maven Central: Java found, jars fetched once into a cache, launchers compiled."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from events.errors import SettingsError, UnavailableError
from ringwatch.services.service import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES = Path(__file__).parents[2] / "deploy" / "jvm"
_JAVA_AT_LEAST = 17
_MARK = ".complete"
_EVERY_S = 3.0


def cache_directory() -> Path:
    """`$RINGWATCH_JVM_CACHE` or `~/.cache/ringwatch`, plus `/jvm`. Safe to delete while no stack starts."""
    given = os.environ.get("RINGWATCH_JVM_CACHE")
    return (Path(given) if given else Path.home() / ".cache" / "ringwatch") / "jvm"


def find_java() -> Path:
    """The `java` of `$JAVA_HOME`, else of the path. Error: `SettingsError` where it is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if found is None:
        where = f"in JAVA_HOME ({home})" if home else "on the path"
        raise SettingsError(f"no java {where}: Neo4j and Kafka need a JDK {_JAVA_AT_LEAST} or later")
    said = _output([found, "-version"])
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < _JAVA_AT_LEAST:
        raise SettingsError(f"{found} is too old, a JDK {_JAVA_AT_LEAST} or later is needed: {said[:80]!r}")
    return Path(found)


def jvm_missing() -> str | None:
    """Why Neo4j and Kafka can't run here; None where they can."""
    try:
        find_java()
        cached = all(_target(name).joinpath(_MARK).exists() for name in ("neo4j", "kafka"))
    except SettingsError as error:
        return str(error)
    return (
        None
        if cached or shutil.which("mvn")
        else "no mvn on the path: Neo4j's and Kafka's jars come by Maven"
    )


def class_path(name: str, progress: Progress) -> str:
    """The class path for `deploy/jvm/<name>`'s Launcher: jars of its pom and the compiled class.

    The first call fetches (tens of seconds, and 43 MB for Kafka, 116 MB for Neo4j) into the cache; concurrent
    calls, in any process, wait for it.

    Errors: `SettingsError` where Maven or the sources are missing, `UnavailableError` where the fetch fails.
    """
    target = _target(name)
    if not (target / _MARK).exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name(target.name + ".lock"), f"{name}: waiting for another fetch", progress):
            if not (target / _MARK).exists():
                _fill(name, target, progress)
    return f"{target / 'classes'}{os.pathsep}{target / 'jars'}/*"


def _target(name: str) -> Path:
    sources = _SOURCES / name
    try:
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources.iterdir()))).hexdigest()
    except OSError as error:
        raise SettingsError(f"{sources} is not there: the jvm stack runs from a source checkout") from error
    return cache_directory() / f"{name}-{digest[:12]}"


def _fill(name: str, target: Path, progress: Progress) -> None:
    """Into a directory beside the target, renamed when it is whole."""
    java, maven = find_java(), shutil.which("mvn")
    if maven is None:
        raise SettingsError("no mvn on the path: Neo4j's and Kafka's jars come by Maven")
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    partial.mkdir()
    sources = _SOURCES / name
    progress(f"{name}: fetching its jars from Maven Central, once")
    fetch = [maven, "-B", "-f", str(sources / "pom.xml"), "dependency:copy-dependencies"]
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={partial / 'jars'}"]
    _run([*fetch, *options], partial / "fetch.log", name, progress)
    compiler = [str(java), "-m", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none"]
    jars = os.pathsep.join(str(jar) for jar in sorted((partial / "jars").glob("*.jar")))
    places = ["-cp", jars, "-d", str(partial / "classes"), str(sources / "Launcher.java")]
    _run([*compiler, *places], partial / "compile.log", name, progress)
    (partial / _MARK).touch()
    partial.rename(target)


def _run(command: list[str], log: Path, name: str, progress: Progress) -> None:
    """Run to the end, its output in a log, telling every few seconds how far a fetch has come."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a command of ours, as a list
            command, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        started = told = time.monotonic()
        while process.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - told > _EVERY_S:
                told = time.monotonic()
                files = log.read_text("utf-8", "replace").count("Downloaded from")
                progress(f"{name}: {files} files downloaded, {told - started:.0f} s")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    if process.returncode != 0:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise UnavailableError(f"{name}: {Path(command[0]).name} failed:\n{tail}")


@contextmanager
def _locked(path: Path, waiting: str, progress: Progress) -> "Iterator[None]":
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - as above
            command, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout + done.stderr
