"""`ringwatch dlq` as a user gives it, on a Redis log with letters in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from events import codec, topics
from events.dead_letter import dead_letter
from events.errors import (
    ConflictError,
    InputError,
    InvalidFieldError,
    MalformedError,
    NotFoundError,
    RawCardNumberError,
    SettingsError,
)
from events.types import Control, Transaction
from ringwatch.cli.app import app
from streaming.log import Log, Outgoing, open_log
from tests.support.made import T0, payment

WHO = ("--actor", "ana", "--reason", "mended")
Call = Callable[..., Result]


@pytest.fixture
def log(redis_url: str) -> Iterator[Log]:
    from redis import Redis

    url = f"{redis_url.rpartition('/')[0]}/8"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    log = open_log(url)
    log.ensure_topics(topics.ALL, partitions=1)
    yield log
    log.close()


@pytest.fixture
def call(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("RINGWATCH_LOG__URL", f"{redis_url.rpartition('/')[0]}/8")

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["dlq", *arguments])
        if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def refuse(log: Log, *refused: tuple[bytes, InputError]) -> list[str]:
    """Letters as a scorer sends them; their ids. Every other one twice, as after a crash."""
    letters = [
        dead_letter(
            topics.TRANSACTIONS.name, 0, offset, b"key", payload, error, part="score", now_ms=T0 + offset
        )
        for offset, (payload, error) in enumerate(refused)
    ]
    producer = log.open_producer("score", [topics.DLQ.name])
    for letter in (*letters, *letters[::2]):
        producer.send([Outgoing(topics.DLQ.name, letter.id.encode(), codec.encode(letter))])
    producer.close()
    return [letter.id for letter in letters]


def sent(log: Log) -> list[Transaction]:
    reader = log.open_reader(log.begin(topics.TRANSACTIONS.name))
    records = reader.poll(1_000, 0.2)
    reader.close()
    assert all(record.key == b"key" for record in records)
    return [codec.decode(record.value, Transaction) for record in records]


def audit(log: Log) -> list[Control]:
    reader = log.open_reader(log.begin(topics.CONTROL.name))
    records = reader.poll(1_000, 0.2)
    reader.close()
    return [codec.decode(record.value, Control) for record in records]


NEGATIVE = codec.encode(payment(1)).replace(b'"minor":', b'"minor":-')
NOT_A_NUMBER = codec.encode(payment(2)).replace(b'"base_minor":', b'"base_minor":NaN,"was":')
FIELD = InvalidFieldError("amount.minor", "is negative", "send a refund")


def test_an_empty_queue(call: Call, log: Log) -> None:
    assert log.begin(topics.DLQ.name)
    result = call("list")
    assert result.stdout == ""
    assert "no dead letters" in result.stderr
    assert "0 replayed" in call("replay", *WHO).stderr


def test_letters_are_listed_once_with_field_reason_and_remedy(call: Call, log: Log) -> None:
    first, second = refuse(log, (NEGATIVE, FIELD), (b"{", MalformedError("", "is not JSON")))
    shown = call("list").stdout
    assert shown.count("2026-01-01 00:00:00") == 2
    assert first[:12] in shown
    assert "amount.minor: is negative (send a refund)" in shown
    assert second[:12] not in call("list", "--code", "invalid_field").stdout
    (letter,) = (
        json.loads(line) for line in call("list", "--json", "--code", "malformed").stdout.splitlines()
    )
    assert (letter["id"], letter["payload"], letter["replayable"], letter["replays"]) == (
        second,
        "{",
        True,
        0,
    )


def test_a_field_is_set_and_the_message_sent_again_once(call: Call, log: Log) -> None:
    identity, _ = refuse(log, (NEGATIVE, FIELD), (b"{", MalformedError("", "is not JSON")))
    call("replay", identity[:8], "--set", "amount.minor=1200", "--set", "channel=transfer", *WHO)
    (message,) = sent(log)
    assert (message.amount.minor, message.channel) == (1200, "transfer")
    (control,) = audit(log)
    assert (control.command, control.actor, control.reason) == ("dlq.replay", "ana", "mended")
    assert control.payload["letter"] == identity
    assert "replayed 1 time(s)" in call("list").stdout
    assert identity[:12] not in call("list", "--open").stdout
    with pytest.raises(ConflictError, match="--again"):
        call("replay", identity, "--set", "amount.minor=1200", *WHO)
    call("replay", identity, "--again", "--set", "amount.minor=1300", *WHO)
    assert [m.amount.minor for m in sent(log)] == [1200, 1300]


def test_all_open_letters_at_once_and_what_is_still_wrong_is_not_sent(call: Call, log: Log) -> None:
    mendable, still = refuse(log, (NEGATIVE, FIELD), (b"{", MalformedError("", "is not JSON")))
    result = call("replay", "--set", "amount.minor=1", "--json", *WHO, code=1)
    said = {line["id"]: line["replayed"] for line in map(json.loads, result.stdout.splitlines())}
    assert said == {mendable: True, still: False}
    assert "1 replayed, 1 would be refused again" in result.stderr
    assert len(sent(log)) == 1
    human = call("replay", *WHO, code=1).stderr
    assert f"{still[:12]} would be refused again" in human


def test_numbers_that_are_none_are_mended(call: Call, log: Log) -> None:
    (identity,) = refuse(log, (NOT_A_NUMBER, InvalidFieldError("amount.base_minor", "is not finite")))
    call("replay", identity, "--set", "amount.base_minor=1250", "--set", "amount.was=", *WHO)
    assert sent(log)[0].amount.base_minor == 1250


def test_another_payload_is_sent_for_one_letter_only(call: Call, log: Log, tmp_path: Path) -> None:
    identity, _ = refuse(log, (b"{", MalformedError("", "is not JSON")), (NEGATIVE, FIELD))
    file = tmp_path / "mended.json"
    file.write_bytes(codec.encode(payment(7)))
    with pytest.raises(SettingsError, match="ID"):
        call("replay", "--payload", str(file), *WHO)
    call("replay", identity, "--payload", str(file), *WHO)
    assert [message.id for message in sent(log)] == ["t7"]


def test_a_card_number_is_masked_and_never_sent_again(call: Call, log: Log, tmp_path: Path) -> None:
    leak = codec.encode(payment(3)).replace(b'"kind":', b'"extra":{"note":"4111111111111111"},"kind":')
    (identity,) = refuse(log, (leak, RawCardNumberError("extra.note", "holds a card number in the clear")))
    shown = call("list").stdout + call("list", "--json").stdout
    assert "extra.note" in shown
    assert "can't be replayed" in shown
    assert "411111111111" not in shown
    file = tmp_path / "mended.json"
    file.write_bytes(codec.encode(payment(7)))
    for how in ((), ("--set", "extra.note=x"), ("--payload", str(file))):
        with pytest.raises(ConflictError, match="can't be replayed"):
            call("replay", identity, *how, *WHO)
    assert "0 replayed" in call("replay", *WHO).stderr
    assert sent(log) == []
    assert audit(log) == []


def test_wrong_calls_say_what_is_wrong(call: Call, log: Log) -> None:
    one, _ = refuse(log, (NEGATIVE, FIELD), (b"[1]", MalformedError("", "is no JSON object")))
    with pytest.raises(NotFoundError, match="no dead letter begins with zz"):
        call("replay", "zz", *WHO)
    with pytest.raises(SettingsError, match="PATH=VALUE"):
        call("replay", one, "--set", "amount.minor", *WHO)
    for setting, said in {
        "nosuch=": "nosuch: is not in the message",
        "id.part=1": "id.part: is not in the message",
        "addresses.9.role=billing": "addresses.9.role: leads nowhere",
        "amount.minor=twelve": "amount.minor",
        "time=4102444800000": "time",
        "type=outcome": "type",
    }.items():
        result = call("replay", one, "--set", setting, *WHO, code=1)
        assert said in result.stderr, setting
    call("replay", one, "--set", "amount.minor=1", code=2)  # nobody said who, and why
    assert sent(log) == []


def test_an_id_must_name_one_letter(call: Call, log: Log) -> None:
    many = refuse(log, *((NEGATIVE.replace(b"t1", b"x%d" % n), FIELD) for n in range(17)))
    shared = next(c for c in "0123456789abcdef" if sum(identity.startswith(c) for identity in many) > 1)
    with pytest.raises(ConflictError, match=f"dead letters begin with {shared}"):
        call("replay", shared, "--set", "amount.minor=1", *WHO)
