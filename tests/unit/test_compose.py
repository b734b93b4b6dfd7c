"""docker-compose.yml and Dockerfile against the rules they rely on; no container runs here."""

import re
import runpy
import shlex
import stat
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml

from ringwatch.cli.run import Part
from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring

ROOT = Path(__file__).resolve().parents[2]
DURATION = {"type": "string", "pattern": r"^(\d+h)?(\d+m)?(\d+s)?$", "minLength": 2}
NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}

# What the Compose specification says of the keys we use, and nothing else is let in: narrower than the
# specification in that every port is on loopback, every image has a version and every value in quotes is text.
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image", "restart", "healthcheck"],
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z0-9/]+:\d+\.\d+[a-z0-9.-]*$"},
        "build": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"context": {"type": "string"}},
        },
        "command": WORDS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "secrets": NAMES,
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9-]+:/[a-z/]+$"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["condition"],
                "properties": {"condition": {"const": "service_healthy"}},
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "oneOf": [{"required": ["test", "interval", "timeout", "retries"]}, {"required": ["disable"]}],
            "properties": {
                "test": {**WORDS, "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "minItems": 2},
                "interval": DURATION,
                "timeout": DURATION,
                "start_period": DURATION,
                "retries": {"type": "integer", "minimum": 1},
                "disable": {"const": True},
            },
        },
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "logging": {"type": "object", "required": ["driver", "options"]},
        "init": {"type": "boolean"},
        "read_only": {"type": "boolean"},
        "cap_drop": NAMES,
        "security_opt": NAMES,
        "tmpfs": NAMES,
        "stop_grace_period": DURATION,
    },
}
COMPOSE = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "required": ["name", "services"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
        "secrets": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {"file": {"type": "string", "pattern": "^var/"}},
            },
        },
    },
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return cast("dict[str, dict[str, Any]]", compose["services"])


def _uses(services: dict[str, dict[str, Any]], key: str) -> set[str]:
    return {str(item).partition(":")[0] for service in services.values() for item in service.get(key, ())}


def test_the_file_follows_the_rules_of_compose(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(COMPOSE)
    jsonschema.Draft202012Validator(COMPOSE).validate(compose)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ports", ["7687:7687"]),
        ("image", "neo4j:latest"),
        ("image", "neo4j"),
        ("environment", {"KAFKA_NODE_ID": 1}),
        ("helthcheck", {}),
        ("healthcheck", {"test": ["true"], "interval": "5s", "timeout": "3s", "retries": 1}),
        ("healthcheck", {"test": ["CMD", "true"], "interval": "5", "timeout": "3s", "retries": 1}),
        ("depends_on", {"kafka": {"condition": "service_started"}}),
    ],
)
def test_the_rules_refuse_what_is_wrong(compose: dict[str, Any], key: str, value: object) -> None:
    wrong = {**compose, "services": {"one": {**compose["services"]["neo4j"], key: value}}}
    assert not jsonschema.Draft202012Validator(COMPOSE).is_valid(wrong)


def test_what_is_referred_to_is_there_and_what_is_there_is_used(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    assert _uses(services, "secrets") == set(compose["secrets"])
    assert _uses(services, "volumes") == set(compose["volumes"])
    assert _uses(services, "depends_on") <= set(services)
    ports = [port.split(":")[1] for service in services.values() for port in service.get("ports", ())]
    assert len(ports) == len(set(ports))


def test_whom_others_wait_for_can_become_healthy_and_nobody_waits_in_a_circle(
    services: dict[str, dict[str, Any]],
) -> None:
    waited_for = _uses(services, "depends_on")
    assert not any("disable" in services[name]["healthcheck"] for name in waited_for)
    left = {name: set(service.get("depends_on", ())) for name, service in services.items()}
    while ready := sorted(name for name, needs in left.items() if not needs & set(left)):
        for name in ready:
            del left[name]
    assert left == {}


def test_every_part_of_ringwatch_runs_once_by_a_command_there_is(services: dict[str, dict[str, Any]]) -> None:
    own = {name: service for name, service in services.items() if service["image"].startswith("ringwatch:")}
    assert {name: service["command"] for name, service in own.items()} == {
        part.value: ["ringwatch", "run", part.value] for part in Part
    }
    for service in own.values():
        assert service["build"] == {"context": "."}
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_the_versions_are_those_the_tests_run_on(services: dict[str, dict[str, Any]]) -> None:
    def version(name: str, artifact: str) -> str:
        pom = (ROOT / "deploy" / "jvm" / name / "pom.xml").read_text()
        found = re.search(rf"<artifactId>{artifact}</artifactId>\s*<version>([^<]+)</version>", pom)
        assert found
        return found[1]

    assert services["neo4j"]["image"] == f"neo4j:{version('neo4j', 'neo4j-bolt')}-community"
    assert services["kafka"]["image"] == f"apache/kafka:{version('kafka', 'kafka_2.13')}"


def test_kafka_is_known_to_the_others_by_the_name_it_gives(services: dict[str, dict[str, Any]]) -> None:
    kafka = services["kafka"]["environment"]
    listeners = dict(item.split("://") for item in kafka["KAFKA_LISTENERS"].split(","))
    advertised = dict(item.split("://") for item in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    protocols = dict(item.split(":") for item in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(listeners) == set(protocols)
    assert set(advertised) == set(listeners) - {kafka["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert services["score"]["environment"]["RINGWATCH_LOG__URL"] == f"kafka://{advertised['INTERNAL']}"
    assert services["kafka"]["ports"] == [f"{advertised['HOST']}{listeners['HOST']}"]
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_no_secret_is_written_in_the_file(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|TOKEN|AUTH|SECRET|KEY", name) or value.startswith("/run/secrets/")
            assert "@" not in value.partition("://")[2], name
        assert not any("requirepass" in word for word in service.get("command", ()))


def test_the_secrets_and_the_environment_make_up_valid_settings(
    compose: dict[str, Any],
    services: dict[str, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = tmp_path / "compose"
    make_secrets = runpy.run_path(str(ROOT / "deploy" / "make_secrets.py"))["make_secrets"]
    assert set(make_secrets(made)) == set(compose["secrets"])
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    for part in Part:
        environment = services[part.value]["environment"]
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value.replace("/run/secrets", str(made)))
            wiring = Wiring(load_settings())
        found = wiring.endpoints
        password = (made / "neo4j-auth").read_text().removeprefix("neo4j/")
        assert (found.graph_url, found.graph_user, found.graph_password) == (
            "bolt://neo4j:7687",
            "neo4j",
            password,
        )
        redis = (made / "redis.conf").read_text().split()[1]
        assert found.cache_url == f"redis://:{redis}@redis-cache:6379/0"
        assert found.broker_url == f"redis://:{redis}@redis-broker:6379/0"
        assert found.log_url == "kafka://kafka:9092"
        assert list(wiring.token_keys) == [1]
        assert len(wiring.api_token) > 30
        port = wiring.settings.metrics.ports.get(part.value)
        check = services[part.value]["healthcheck"].get("test", ())
        assert (port is not None) == any(f"127.0.0.1:{port}/metrics" in word for word in check)
        assert wiring.settings.api.host == "0.0.0.0"  # noqa: S104 - inside its container
        assert services["console"]["ports"] == [f"127.0.0.1:8600:{wiring.settings.api.port}"]


def test_secrets_are_made_once_and_never_half(tmp_path: Path) -> None:
    make_secrets = runpy.run_path(str(ROOT / "deploy" / "make_secrets.py"))["make_secrets"]
    make_secrets(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert make_secrets(tmp_path) == []
    (tmp_path / "api-token").unlink()
    assert make_secrets(tmp_path) == ["api-token"]
    after = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert after.pop("api-token") != before.pop("api-token")
    assert after == before
    (tmp_path / "redis.conf").unlink()
    with pytest.raises(SystemExit, match=r"redis\.conf missing"):
        make_secrets(tmp_path)


def _instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_image_is_built_from_pinned_parts_and_runs_as_nobody_special() -> None:
    instructions = _instructions()
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in instructions} <= known
    images = [rest.split()[0] for name, rest in instructions if name == "FROM"]
    assert all(re.fullmatch(r"[a-z]+:\d+\.\d+-slim", image) for image in images)
    last_stage = instructions[max(i for i, (name, _) in enumerate(instructions) if name == "FROM") :]
    assert ("USER", "ringwatch") in last_stage
    installs = [part for name, rest in instructions if name == "RUN" for part in rest.split("&&")]
    for install in installs:
        if " install " in install or " sync " in install or " build " in install:
            hashed = "--require-hashes" in install or "--no-deps" in install
            assert hashed or "apt-get" in install or "install -d" in install, install


def test_the_image_is_built_from_files_that_exist_and_that_the_ignore_file_lets_in() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert {name for name in allowed if not (ROOT / name).exists()} == set()
    words = [word for name, rest in _instructions() if name == "RUN" for word in shlex.split(rest)]
    files = {word for word in words if word.startswith("requirements/")}
    assert files == {"requirements/setup.txt", "requirements/run.txt", "requirements/dev.txt"}
    assert {name for name in files if not (ROOT / name).is_file()} == set()
    packages = re.search(r"packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), flags=re.DOTALL)
    assert packages
    assert set(re.findall(r'"([a-z]+)"', packages[1])) <= allowed
    assert not allowed & {"var", ".git", "tests", "deploy"}
