"""Bad messages through a running scorer into `dlq`, mended and replayed by the command line, decided."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from events import codec, topics
from events.types import DeadLetter, Decision
from ringwatch.cli.app import app
from streaming.log import Log, Outgoing, open_log
from tests.support.made import payment

PATIENCE_S = 90.0
RAW_CARD = "4111 1111 1111 1111"
NOW_MS = time.time_ns() // 1_000_000


def until(what: Callable[[], Any], why: str) -> Any:
    """Wait for a truth."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"in vain: {why}")


class Installation:
    """A log with the topics, a scorer process on it, and the command line of whoever looks after them."""

    def __init__(self, log_url: str, cache_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.environment = {
            "RINGWATCH_VAR": str(folder),
            "RINGWATCH_LOG__URL": log_url,
            "RINGWATCH_CACHE__URL": cache_url,
        }
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        self.log: Log = open_log(log_url)
        self.log.ensure_topics(topics.ALL, partitions=2)

    def start_scorer(self) -> "subprocess.Popen[bytes]":
        said = self.folder / "score.log"
        with said.open("wb") as output:
            scorer = subprocess.Popen(
                [sys.executable, "-m", "ringwatch", "run", "score"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
            )  # fmt: skip

        def running() -> bool:
            assert scorer.poll() is None, said.read_text()
            return "score: running" in said.read_text()

        until(running, "the scorer starts")
        return scorer

    def send(self, values: list[bytes]) -> None:
        producer = self.log.open_producer("test", [topics.TRANSACTIONS.name])
        producer.send([Outgoing(topics.TRANSACTIONS.name, b"k", value) for value in values])
        producer.close()

    def values(self, topic: topics.Topic) -> list[bytes]:
        ends = self.log.end(topic.name)
        reader = self.log.open_reader(self.log.begin(topic.name))
        found: list[bytes] = []
        while any(at < ends[source] for source, at in reader.positions().items()):
            found += [record.value for record in reader.poll(1_000, 0.2)]
        reader.close()
        return found

    def decided(self) -> set[str]:
        return {codec.decode(value, Decision).transaction for value in self.values(topics.DECISIONS)}

    def letters(self) -> list[DeadLetter]:
        return [codec.decode(value, DeadLetter) for value in self.values(topics.DLQ)]

    def call(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))


_KAFKA = pytest.param("kafka", marks=[pytest.mark.jvm, pytest.mark.xdist_group("databases")])


@pytest.fixture(params=["redis", _KAFKA])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    server = redis_url.rpartition("/")[0]
    for database in (13, 14):
        _flush(f"{server}/{database}")
    url = f"{server}/13"
    if request.param == "kafka":
        url = f"kafka://{request.getfixturevalue('kafka_bootstrap')}?namespace=dlq-replay"
    made = Installation(url, f"{server}/14", tmp_path, monkeypatch)
    scorer = made.start_scorer()
    yield made
    scorer.terminate()
    assert scorer.wait(60) == 0, (tmp_path / "score.log").read_text()
    made.log.close()


def good(identity: str) -> dict[str, Any]:
    """A payment as JSON, a minute old."""
    made: dict[str, Any] = json.loads(codec.encode(payment(1, id=identity, time=NOW_MS - 60_000)))
    return made


def written(message: dict[str, Any]) -> bytes:
    """As JSON, with the NaN that JSON does not have."""
    return json.dumps(message).encode()


def bad_messages() -> dict[str, bytes]:
    """What is wrong -> the message."""
    nan = good("nan")
    nan["amount"]["minor"] = float("nan")
    return {
        "malformed": b'{"type": "transaction", "id": "cut o',
        "schema": written(good("schema") | {"schema": 99}),
        "card": written(good("card") | {"card": {"token": RAW_CARD}}),
        "nan": written(nan),
        "1900": written(good("1900") | {"time": -2_208_988_800_000}),
        "2100": written(good("2100") | {"time": 4_102_444_800_000}),
    }


def test_each_lands_in_dlq_with_its_field_and_is_decided_after_a_fix(installation: Installation) -> None:
    bad = bad_messages()
    installation.send([*bad.values(), written(good("fine"))])
    until(lambda: "fine" in installation.decided(), "the scorer goes on behind bad messages")
    until(lambda: len(installation.letters()) == len(bad), "every bad message has its letter")

    listed = [json.loads(line) for line in installation.call("dlq", "list", "--json").stdout.splitlines()]
    by_offset = dict(zip(bad, sorted(listed, key=lambda letter: letter["offset"]), strict=True))
    print(
        *(f"{name:>10}  {x['code']}  {x['field']}: {x['reason']}" for name, x in by_offset.items()), sep="\n"
    )
    assert {name: (x["code"], x["field"]) for name, x in by_offset.items()} == {
        "malformed": ("malformed", "id"),
        "schema": ("unknown_schema_version", "schema"),
        "card": ("raw_card_number", "card.token"),
        "nan": ("invalid_field", "amount.minor"),
        "1900": ("invalid_field", "time"),
        "2100": ("invalid_field", "time"),
    }
    assert [name for name, letter in by_offset.items() if not letter["replayable"]] == ["card"]
    assert all(letter["reason"] for letter in by_offset.values())
    assert installation.decided() == {"fine"}

    nowhere_in_the_clear(installation)
    ids = {name: letter["id"] for name, letter in by_offset.items()}
    fix(installation, ids)
    until(lambda: len(installation.decided()) == len(bad), "every mended message is decided")
    assert installation.decided() == {"fine", "mended", "schema", "nan", "1900", "2100"}
    assert len(installation.letters()) == len(bad), "nothing was refused again"
    again = installation.call("dlq", "replay", "--actor", "ana", "--reason", "once more")
    assert again.exit_code == 0
    assert "0 replayed" in again.stderr


def nowhere_in_the_clear(installation: Installation) -> None:
    """The card number is neither in the `dlq` topic, nor in what the command shows, nor in the scorer's log."""
    digits = RAW_CARD.replace(" ", "")
    shown = installation.call("dlq", "list").output + installation.call("dlq", "list", "--json").output
    places = [
        *installation.values(topics.DLQ),
        shown.encode(),
        (installation.folder / "score.log").read_bytes(),
    ]
    for letter in installation.letters():
        places += [letter.payload, letter.key, letter.reason.encode()]
    for place in places:
        assert RAW_CARD.encode() not in place
        assert digits.encode() not in place.replace(b" ", b"")


def fix(installation: Installation, ids: dict[str, str]) -> None:
    """Each in its way: a field set, a file sent instead. What is not mended is not sent."""
    who = ("--actor", "ana", "--reason", "sender mended")
    unmended = installation.call("dlq", "replay", *who)
    assert unmended.exit_code == 1
    assert "0 replayed, 5 would be refused again" in unmended.stderr
    for name, setting in {
        "nan": "amount.minor=1200",
        "schema": "schema=1",
        "1900": f"time={NOW_MS - 50_000}",
        "2100": f"time={NOW_MS - 40_000}",
    }.items():
        done = installation.call("dlq", "replay", ids[name][:12], "--set", setting, *who)
        assert done.exit_code == 0, done.output
    file = installation.folder / "mended.json"
    file.write_bytes(written(good("mended")))
    done = installation.call("dlq", "replay", ids["malformed"], "--payload", str(file), *who)
    assert done.exit_code == 0, done.output
    refused = installation.call("dlq", "replay", ids["card"], "--payload", str(file), *who)
    assert refused.exit_code == 1
    assert "can't be replayed" in str(refused.exception)


def _flush(url: str) -> None:
    from redis import Redis

    with Redis.from_url(url) as redis:
        redis.flushdb()
