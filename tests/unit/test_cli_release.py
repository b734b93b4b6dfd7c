"""`ringwatch release` and `ringwatch train` as a user gives them: a registry in a folder, a log on Redis."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from events import codec, topics
from events.errors import ConflictError, NotFoundError, SettingsError
from events.types import Control, ControlAck
from ringwatch.cli.app import app
from scoring import Registry, RuleSet, make_release
from storage import FolderBlobs, SystemClock
from streaming.log import Log, Outgoing, open_log

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILE, MAP = str(EXAMPLES / "payments.csv"), str(EXAMPLES / "payments.toml")
WHO = ("--actor", "ana", "--reason", "test")
RULES = (
    b'{"schema": 1, "rules": [{"code": "large", "title": "A large amount", "action": "review",'
    b' "when": {"node": "feature", "name": "txn.amount", "op": ">=", "value": 1600}}]}'
)
Call = Callable[..., Result]


@pytest.fixture
def log(redis_url: str) -> Iterator[Log]:
    from redis import Redis

    url = f"{redis_url.rpartition('/')[0]}/9"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    log = open_log(url)
    log.ensure_topics(topics.ALL, partitions=2)
    yield log
    log.close()


@pytest.fixture
def call(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs the program; what it raises is raised here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("RINGWATCH_LOG__URL", f"{redis_url.rpartition('/')[0]}/9")

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def releases(call: Call, log: Log, tmp_path: Path) -> tuple[str, str]:  # noqa: ARG001 - the log is there
    """Two releases, oldest first; the first is what training on a small file gives."""
    trained = json.loads(call("train", FILE, "--map", MAP, *WHO, "--label-delay", "1d", "--json").stdout)
    registry = Registry(FolderBlobs(tmp_path / "var" / "blobs"), SystemClock())
    first = registry.release(trained["release"])
    second = make_release(
        model=first.model, rules=registry.put("rules", RuleSet.load(RULES).to_bytes()), policy=first.policy,
        parser=first.parser, catalogue=first.catalogue, actor="bo", reason="a rule", clock=SystemClock(),
    )  # fmt: skip
    registry.put_release(second)
    return first.id, second.id


def in_force(call: Call) -> list[str]:
    lines = [json.loads(line) for line in call("release", "list", "--json").stdout.splitlines()]
    return [line["release"] for line in lines if line["active"]]


def controls(log: Log) -> list[Control]:
    reader = log.open_reader(log.begin(topics.CONTROL.name))
    records = reader.poll(1_000, 0.2)
    reader.close()
    return [codec.decode(record.value, Control) for record in records]


def test_nothing_is_in_force_at_first(call: Call, releases: tuple[str, str]) -> None:
    assert in_force(call) == []
    shown = call("release", "list").stdout
    assert all(identity in shown for identity in releases), "whole ids, to be copied"
    with pytest.raises(NotFoundError, match="no earlier release"):
        call("release", "rollback", *WHO)


def test_activate_and_roll_back_are_audited_and_asked_for(
    call: Call, releases: tuple[str, str], log: Log, tmp_path: Path
) -> None:
    first, second = releases
    call("release", "activate", first, "--wait", "0", *WHO)
    beginning = next(second[:n] for n in range(9, len(second)) if not first.startswith(second[:n]))
    call("release", "activate", beginning, "--wait", "0", "--actor", "bo", "--reason", "trial")
    assert in_force(call) == [second]
    back = call("release", "rollback", "--wait", "0", "--json", "--actor", "cy", "--reason", "worse")
    assert json.loads(back.stdout)["release"] == first
    assert in_force(call) == [first]
    trail = Registry(FolderBlobs(tmp_path / "var" / "blobs"), SystemClock()).activations()
    assert [(a.release, a.actor, a.reason) for a in trail] == [
        (first, "ana", "test"), (second, "bo", "trial"), (first, "cy", "worse"),
    ]  # fmt: skip
    asked = controls(log)
    assert [(c.command, c.payload["release"], c.actor) for c in asked] == [
        ("release.activate", first, "ana"), ("release.activate", second, "bo"), ("release.activate", first, "cy"),
    ]  # fmt: skip


def test_what_can_not_be_put_in_force_changes_nothing(
    call: Call, releases: tuple[str, str], log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFoundError, match="no release begins with release-zz"):
        call("release", "activate", "release-zz", *WHO)
    with pytest.raises(ConflictError, match="2 releases begin with release-"):
        call("release", "activate", "release-", *WHO)
    for wrong in (
        (),
        ("--actor", "ana"),
        ("--actor", "", "--reason", "x"),
        ("--actor", "ana", "--reason", " "),
    ):
        call("release", "activate", releases[0], *wrong, code=2)
    assert in_force(call) == []
    assert controls(log) == []
    monkeypatch.delenv("RINGWATCH_LOG__URL")  # without a log nobody would hear of it
    with pytest.raises(SettingsError, match="ringwatch up"):
        call("release", "activate", releases[0], *WHO)
    assert in_force(call) == []


@pytest.mark.parametrize("ok", [True, False])
def test_the_scorers_answer_is_shown(
    call: Call, releases: tuple[str, str], log: Log, monkeypatch: pytest.MonkeyPatch, *, ok: bool
) -> None:
    from ringwatch.cli import release as module

    plain = module.put_in_force

    def answered(*arguments: object) -> Control:
        command = plain(*arguments)  # type: ignore[arg-type]  # as they came
        ack = ControlAck(control=command.id, part="score", time=command.time, ok=ok, detail="from seq 7")
        producer = log.open_producer("score", [topics.CONTROL_ACKS.name])
        producer.send([Outgoing(topics.CONTROL_ACKS.name, command.id.encode(), codec.encode(ack))])
        producer.close()
        return command

    monkeypatch.setattr(module, "put_in_force", answered)
    result = call("release", "activate", releases[0], "--wait", "60", *WHO, code=0 if ok else 1)
    assert "score: from seq 7" in result.stdout
    assert ("refuses" in result.stderr) == (not ok)


def test_train_says_what_is_missing(call: Call, log: Log) -> None:
    with pytest.raises(SettingsError, match="--map"):
        call("train", FILE, *WHO)
    with pytest.raises(SettingsError, match="name the FILE"):
        call("train", "--map", MAP, *WHO)
    with pytest.raises(SettingsError, match="run lake"):
        call("train", *WHO)
    with pytest.raises(SettingsError, match="--on-worker"):
        call("train", FILE, "--map", MAP, "--on-worker", *WHO)
    with pytest.raises(NotFoundError, match="nothing to learn from"):
        call("train", FILE, "--map", MAP, "--until", "2020-01-01", *WHO)
    assert controls(log) == []


def test_train_can_activate(call: Call, log: Log) -> None:
    trained = call("train", FILE, "--map", MAP, "--label-delay", "1d", "--activate", "--json", *WHO)
    release = json.loads(trained.stdout)
    assert release["active"]
    assert in_force(call) == [release["release"]]
    assert [c.payload["release"] for c in controls(log)] == [release["release"]]
    shown = call("train", FILE, "--map", MAP, "--label-delay", "1d", *WHO)
    assert release["release"] in shown.stdout, "the same data give the same release"
    assert "too few known frauds" in shown.stderr
