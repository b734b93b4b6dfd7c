"""Finding Java and filling the cache, with scripts in the roles of java and mvn."""

import subprocess
import sys
from pathlib import Path

import pytest

from events.errors import SettingsError, UnavailableError
from ringwatch.services.jvm import class_path, find_java, jvm_missing

# Compiling makes a class; asking for the version tells one.
JAVA = """#!/bin/sh
if [ "$1" = -version ]; then echo 'openjdk version "{version}"' >&2; exit 0; fi
for last; do :; done
while [ "$1" != -d ]; do shift; done
mkdir -p "$2" && cp "$last" "$2/Launcher.class"
"""
MAVEN = """#!/bin/sh
for argument; do case "$argument" in -DoutputDirectory=*) out="${argument#*=}";; esac; done
sleep 0.2
echo once >> "$(dirname "$0")/calls"
mkdir -p "$out" && touch "$out/some.jar"
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of programs that goes before all others, and an empty cache."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("RINGWATCH_JVM_CACHE", str(tmp_path / "cache"))
    _program(programs / "java", JAVA.replace("{version}", "21.0.1"))
    _program(programs / "mvn", MAVEN)
    return programs


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_the_first_call_fetches_and_compiles_and_later_ones_find_it(tools: Path) -> None:
    lines: list[str] = []
    path = class_path("kafka", lines.append)
    classes, jars = (Path(part) for part in path.split(":"))
    assert (classes / "Launcher.class").read_text() == Path("deploy/jvm/kafka/Launcher.java").read_text()
    assert jars.name == "*"
    assert (jars.parent / "some.jar").exists()
    assert lines == ["kafka: fetching its jars from Maven Central, once"]
    (tools / "mvn").unlink()
    assert class_path("kafka", print) == path


def test_concurrent_callers_share_one_fetch(tools: Path) -> None:
    code = "from ringwatch.services.jvm import class_path; print(class_path('neo4j', lambda line: None))"
    command = [sys.executable, "-c", code]
    callers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very Python
        for _ in range(3)
    ]
    said = {caller.communicate()[0] for caller in callers}
    assert [caller.returncode for caller in callers] == [0, 0, 0]
    assert len(said) == 1
    assert (tools / "calls").read_text() == "once\n"


def test_a_failed_fetch_is_told_with_its_output_and_can_be_repeated(tools: Path) -> None:
    _program(tools / "mvn", "#!/bin/sh\necho 'no route to anywhere'\nexit 1\n")
    with pytest.raises(UnavailableError, match=r"(?s)kafka: mvn failed.*no route to anywhere"):
        class_path("kafka", print)
    _program(tools / "mvn", MAVEN)
    assert class_path("kafka", print)


def test_missing_or_old_java_is_said_so(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_java() == tools / "java"
    assert jvm_missing() is None
    _program(tools / "java", JAVA.replace("{version}", "11.0.2"))
    assert "too old, a JDK 17" in (jvm_missing() or "")
    with pytest.raises(SettingsError, match="too old"):
        class_path("kafka", print)
    monkeypatch.setenv("JAVA_HOME", str(tools / "nowhere"))
    assert "no java in JAVA_HOME" in (jvm_missing() or "")
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tools / "nowhere"))
    assert "no java on the path" in (jvm_missing() or "")


def test_maven_is_missed_only_while_the_cache_is_empty(
    tools: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "java").symlink_to(tools / "java")
    (bare / "sh").symlink_to("/bin/sh")
    full = f"{tools}:/usr/bin:/bin"
    monkeypatch.setenv("PATH", str(bare))
    assert "no mvn" in (jvm_missing() or "")
    with pytest.raises(SettingsError, match="no mvn"):
        class_path("kafka", print)
    monkeypatch.setenv("PATH", full)
    class_path("kafka", print)
    class_path("neo4j", print)
    monkeypatch.setenv("PATH", str(bare))
    assert jvm_missing() is None


def test_a_java_that_fails_to_run_is_no_java(tools: Path) -> None:
    (tools / "java").write_text("#!/no/such/interpreter\n")
    with pytest.raises(SettingsError, match="a JDK 17 or later is needed"):
        find_java()
