"""`POST /v1/score` and its neighbours, over the memory log and a stand-in for the scorer."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from console import ConsoleParts
from events import codec, topics
from events.errors import SettingsError
from events.types import Transaction
from storage import FolderBlobs, MemoryKeyValue, SystemClock
from streaming.log import Outgoing
from tests.support.console_world import (
    PAYMENT,
    TOKEN,
    VISA,
    Api,
    DeadKeyValue,
    FakeScorer,
    StubbornLog,
    again,
    appended,
    decide,
    make_parts,
    send_decision,
)

SHORT = 60
"""A deadline, ms, for requests that are to miss it."""


@pytest.fixture
def parts(tmp_path: Path) -> ConsoleParts:
    return make_parts(FolderBlobs(tmp_path))


@pytest.fixture
def api(parts: ConsoleParts) -> Iterator[Api]:
    with FakeScorer(parts.log), Api(parts) as api:
        yield api


@pytest.fixture(scope="module")
def quiet_parts(tmp_path_factory: pytest.TempPathFactory) -> ConsoleParts:
    return make_parts(FolderBlobs(tmp_path_factory.mktemp("blobs")))


@pytest.fixture(scope="module")
def quiet(quiet_parts: ConsoleParts) -> Iterator[Api]:
    """One console for all the requests that never get as far as the log."""
    with Api(quiet_parts) as api:
        yield api


# --- who may ask --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1], "bearer", "\xff"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/score"),
        ("GET", "/v1/decisions/t-1"),
        ("GET", "/v1/rings"),
        ("GET", "/metrics"),
        ("GET", "/docs"),
        ("GET", "/no-such-path"),
    ],
)
def test_nothing_is_told_without_the_token(quiet: Api, method: str, path: str, token: str | None) -> None:
    answer = quiet.ask(method, path, token=token)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_scheme_must_be_bearer(quiet: Api) -> None:
    for headers in ({"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}, {"X-Token": TOKEN}):
        assert quiet.ask("GET", "/metrics", token=None, headers=headers).status_code == 401
    assert quiet.ask("GET", f"/metrics?token={TOKEN}", token=None).status_code == 401
    assert quiet.ask("GET", "/metrics", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200


def test_a_token_that_can_be_guessed_is_no_setting(parts: ConsoleParts) -> None:
    for token in ("", "short"):
        with pytest.raises(SettingsError, match="RINGWATCH_API__TOKEN_FILE"):
            ConsoleParts(
                log=parts.log,
                kv=parts.kv,
                blobs=parts.blobs,
                door=parts.door,
                clock=parts.clock,
                metrics=parts.metrics,
                token=token,
            )
    assert TOKEN not in repr(parts)


def test_health_is_for_anybody_and_says_no_more(quiet: Api) -> None:
    answer = quiet.ask("GET", "/healthz", token=None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_docs_are_shown_only_where_they_are_switched_on(tmp_path: Path) -> None:
    with Api(make_parts(FolderBlobs(tmp_path))) as closed:
        assert closed.get("/docs").status_code == 404
        assert closed.get("/openapi.json").status_code == 404
    with Api(make_parts(FolderBlobs(tmp_path), docs=True)) as opened:
        assert opened.ask("GET", "/docs", token=None).status_code == 200
        described = opened.ask("GET", "/openapi.json", token=None).json()
    assert {"/v1/score", "/v1/decisions/{transaction}", "/v1/rings"} <= set(described["paths"])


# --- a decision ---------------------------------------------------------------------------------------------


def test_a_payment_gets_its_decision(api: Api, parts: ConsoleParts) -> None:
    answer = api.score()
    assert answer.status_code == 200
    (record,) = appended(parts.log)
    transaction = codec.decode(record.value, Transaction)
    assert answer.json() == {
        "id": decide(transaction).id,
        "transaction": "t-1",
        "action": "review",
        "score": 0.75,
        "reasons": [{"code": "ring", "weight": 0.5, "detail": "shares a device"}],
        "release": "r-1",
        "graph_version": "g-1",
        "statuses": {"graph": "stale"},
        "decided_at": "2026-01-20T10:00:00.500Z",
    }
    assert transaction == parts.door.transaction(PAYMENT)
    assert transaction.card is not None
    assert record.key == transaction.card.token.encode()
    assert record.producer == "console"


def test_asking_again_gives_the_same_answer_without_another_append(api: Api, parts: ConsoleParts) -> None:
    first = api.score()
    # What differs only in writing is the same submission.
    for fields in ({}, {"amount": 49.9}, {"currency": "usd"}, {"time": 1_768_903_200_000}, {"email": " "}):
        assert api.score(**fields).json() == first.json()
    assert api.get("/v1/decisions/t-1").json() == first.json()
    assert len(appended(parts.log)) == 1


def test_requests_at_the_same_time_append_once(api: Api, parts: ConsoleParts) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: api.score(id=f"t-{number % 5}"), range(80)))
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["transaction"] == f"t-{i % 5}" for i, answer in enumerate(answers))
    ids = sorted(codec.decode(record.value, Transaction).id for record in appended(parts.log))
    assert ids == [f"t-{number}" for number in range(5)]


def test_an_id_may_hold_a_slash(api: Api) -> None:
    answer = api.score(id="shop/7?x")
    assert api.get("/v1/decisions/shop%2F7%3Fx").json() == answer.json()


@pytest.mark.parametrize(
    "other",
    [{"amount": "49.91"}, {"card": "card-ref-2"}, {"device": None}, {"extra": {"basket": 2}}, {"channel": "moto"}],
)  # fmt: skip
def test_the_same_id_with_another_payment_is_a_conflict(
    api: Api, parts: ConsoleParts, other: dict[str, Any]
) -> None:
    first = api.score()
    answer = api.score(**other)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert "id of its own" in answer.json()["reason"]
    assert api.score().json() == first.json()
    assert len(appended(parts.log)) == 1


def test_a_payment_that_still_waits_conflicts_too(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=SHORT)
    with Api(parts) as api:
        assert api.score().status_code == 504
        assert api.score(amount="1").status_code == 409
    assert len(appended(parts.log)) == 1


# --- the deadline -------------------------------------------------------------------------------------------


def test_a_decision_that_takes_too_long_can_be_asked_for_later(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=SHORT)
    with Api(parts) as api:
        late = api.score(id="a b")
        assert late.status_code == 504
        assert late.json()["code"] == "undecided"
        assert "will be decided" in late.json()["reason"]
        assert late.headers["location"] == "/v1/decisions/a%20b"
        assert late.headers["location"] in late.json()["remedy"]
        pending = api.get(late.headers["location"])
        assert (pending.status_code, pending.json()) == (202, {"transaction": "a b", "status": "pending"})
        with FakeScorer(parts.log):
            while (answer := api.get(late.headers["location"])).status_code == 202:
                pass
        assert answer.status_code == 200
        assert api.score(id="a b").json() == answer.json()
    assert len(appended(parts.log)) == 1


def test_an_unknown_transaction_is_not_found(quiet: Api) -> None:
    answer = quiet.get("/v1/decisions/t-unknown")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_too_many_waiting_payments_are_refused(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=5_000, max_waiting=2)
    with Api(parts) as api, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(api.score, id=f"t-{number}") for number in range(2)]
        while len(appended(parts.log)) < 2:
            pass
        refused = api.score(id="t-2")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        with FakeScorer(parts.log):
            assert [each.result().status_code for each in waiting] == [200, 200]
            assert api.score(id="t-2").status_code == 200


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": "lots"}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"time": "1900-01-01T00:00:00Z"}, "time"),
        ({"time": "2100-01-01T00:00:00Z"}, "time"),
        ({"time": "2099-01-01T00:00:00Z"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"id": None}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"card": None}, ""),
        ({"ip": "300.1.1.1"}, "ip"),
        ({"mistyped": 1}, "mistyped"),
        ({"device": {"id": "d", "colour": "red"}}, "device.colour"),
        ({"kind": "refund", "parent": "t-0"}, "kind"),
    ],
)
def test_an_invalid_field_is_named(
    quiet: Api, quiet_parts: ConsoleParts, fields: dict[str, Any], field: str
) -> None:
    answer = quiet.score(**fields)
    assert answer.status_code == 422
    body = answer.json()
    assert set(body) == {"code", "field", "reason", "remedy"}
    assert body["code"] == "invalid_field"
    assert body["field"].startswith(field)
    assert body["reason"]
    assert appended(quiet_parts.log) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"amount": NaN}', b"[" * 5_000])
def test_what_is_no_submission_is_malformed(quiet: Api, body: bytes) -> None:
    answer = quiet.ask("POST", "/v1/score", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_a_body_has_a_limit(quiet: Api, quiet_parts: ConsoleParts) -> None:
    answer = quiet.score(extra={"note": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert appended(quiet_parts.log) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"card": VISA},
        {"card": int(VISA)},
        {"card": "4111 1111 1111 1111"},
        {"card": {"reference": "r", "last4": VISA}},
        {"id": VISA},
        {"account": VISA},
        {"device": {"id": VISA}},
        {"extra": {"note": f"paid by {VISA}"}},
        {"extra": {VISA: 1}},
        {"shipping_address": f"12 Mill Road, {VISA}"},
        {VISA: "an unknown field"},
    ],
)
def test_a_raw_card_number_is_refused_and_repeated_nowhere(
    quiet: Api, quiet_parts: ConsoleParts, fields: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = quiet.score(**fields)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"raw_card_number", "invalid_field"}
    if VISA not in fields:
        assert answer.json()["code"] == "raw_card_number"
    assert appended(quiet_parts.log) == []
    _never_told(answer.text, caplog, quiet_parts)


def test_a_card_number_in_what_can_not_be_read_is_repeated_nowhere(
    quiet: Api, quiet_parts: ConsoleParts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="console")
    answers = [
        quiet.ask("POST", "/v1/score", content=f'{{"card": {VISA}; '.encode()),
        quiet.get(f"/v1/decisions/{VISA}"),
        quiet.get(f"/v1/entities/{VISA}/ring"),
        quiet.get(f"/v1/rings?limit={VISA}"),
        quiet.get(f"/v1/{VISA}"),
    ]
    assert [answer.status_code for answer in answers] == [422, 404, 422, 422, 404]
    _never_told("".join(answer.text for answer in answers), caplog, quiet_parts)


def _never_told(text: str, caplog: pytest.LogCaptureFixture, parts: ConsoleParts) -> None:
    ours = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    for told in (text, ours, parts.metrics.exposition().decode()):
        assert VISA not in told.replace(" ", "")


def test_an_error_nobody_expected_stays_inside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FolderBlobs):
        def list(self, prefix: str = "") -> Iterator[str]:
            raise RuntimeError(f"{prefix}: {VISA}")

    parts = make_parts(Broken(tmp_path))
    with Api(parts) as api:
        answer = api.get("/v1/rings")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "RuntimeError" in caplog.text
    _never_told(answer.text, caplog, parts)


# --- restarts, and services that are away -------------------------------------------------------------------


def test_a_restarted_console_knows_what_was_answered(parts: ConsoleParts) -> None:
    with FakeScorer(parts.log):
        with Api(parts) as api:
            first = api.score()
        # `remember=1` of two partitions: nothing is read back, so this comes from the store.
        with Api(again(parts, remember=1)) as api:
            assert api.get("/v1/decisions/t-1").json() == first.json()
            assert api.score().json() == first.json()
            assert api.score().json() == first.json()
            assert api.score(amount="1").status_code == 409
        # An empty store: this comes from the log. It can tell other payments by what a decision carries.
        emptied = make_parts(parts.blobs, log=parts.log)
        with Api(emptied) as api:
            while api.get("/v1/decisions/t-1").status_code == 404:
                pass
            assert api.score().json() == first.json()
            assert api.score(amount="1").status_code == 409
    assert len(appended(parts.log)) == 1


def test_a_decision_that_fell_while_no_console_ran_is_kept_by_the_next(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=SHORT)
    with Api(parts) as api:
        assert api.score().status_code == 504
    producer = parts.log.open_producer("score", [topics.DECISIONS.name])
    send_decision(producer, decide(parts.door.transaction(PAYMENT)))
    send_decision(producer, decide(parts.door.transaction({**PAYMENT, "id": "t-2"})))
    with Api(again(parts)) as api:
        while api.get("/v1/decisions/t-1").status_code == 202:
            pass
        while api.get("/v1/decisions/t-2").status_code == 404:
            pass
        assert api.score().status_code == 200
    assert len(appended(parts.log)) == 1
    # Only what somebody asked a console for is written to the store.
    while parts.kv.get("decision:t-1") is None:
        pass
    assert parts.kv.get("decision:t-2") is None


def test_two_consoles_give_an_id_to_one_payment(tmp_path: Path) -> None:
    """The second does not hear of the first's payment but through the store."""
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=SHORT)
    with Api(parts) as api:
        assert api.score().status_code == 504
    with Api(again(parts)) as api:
        assert api.get("/v1/decisions/t-1").status_code == 202
        assert api.score(amount="1").status_code == 409
        with FakeScorer(parts.log):
            # Whether the first's append reached the log it can't know, so it appends again: the scorer drops it.
            assert api.score().status_code == 200
    assert {codec.decode(it.value, Transaction).id for it in appended(parts.log)} == {"t-1"}


def test_a_decision_on_another_payment_of_that_id_is_never_given_out(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), deadline_ms=10_000)
    with Api(parts) as api, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(api.score)
        while not appended(parts.log):
            pass
        producer = parts.log.open_producer("score", [topics.DECISIONS.name])
        send_decision(producer, decide(parts.door.transaction({**PAYMENT, "card": "another"})))
        assert waiting.result().status_code == 409


def test_the_first_decision_of_a_transaction_counts(api: Api, parts: ConsoleParts) -> None:
    first = api.score()
    producer = parts.log.open_producer("backfill", [topics.DECISIONS.name])
    send_decision(producer, decide(parts.door.transaction(PAYMENT), "approve"))
    api.score(id="t-2")  # behind it
    assert api.get("/v1/decisions/t-1").json() == first.json()


def test_without_the_cache_decisions_go_on(tmp_path: Path) -> None:
    parts = make_parts(FolderBlobs(tmp_path), kv=DeadKeyValue())
    with FakeScorer(parts.log), Api(parts) as api:
        first = api.score()
        assert first.status_code == 200
        assert api.score().json() == first.json()
        assert api.score(amount="1").status_code == 409
        # It can't tell what it never heard of from what it has forgotten.
        assert api.get("/v1/decisions/t-2").status_code == 503
        assert 'unavailable_total{service="cache"}' in api.get("/metrics").text
    assert len(appended(parts.log)) == 1


def test_a_cache_that_is_away_is_not_asked_for_every_payment(tmp_path: Path) -> None:
    kv = DeadKeyValue()
    parts = make_parts(FolderBlobs(tmp_path), kv=kv)
    with FakeScorer(parts.log), Api(parts) as api:
        assert {api.score(id=f"t-{number}").status_code for number in range(30)} == {200}
    assert kv.asked < 30


def test_without_the_log_a_payment_is_not_promised_a_decision(tmp_path: Path) -> None:
    log = StubbornLog()
    parts = make_parts(FolderBlobs(tmp_path), log=log, deadline_ms=SHORT, max_waiting=3)
    log.down.set()
    with Api(parts) as api:
        away = api.score()
        assert (away.status_code, away.json()["code"]) == (503, "unavailable")
        assert "send the same submission again" in away.json()["reason"]
        assert away.headers["retry-after"] == "1"
        # What stands in line is bounded, however long this takes.
        assert [api.score(id=f"t-{n}").status_code for n in range(2, 6)] == [503] * 4
        assert api.ask("GET", "/healthz", token=None).status_code == 200
        log.down.clear()
        with FakeScorer(log):
            while api.score().status_code != 200:
                pass
    assert sorted(codec.decode(it.value, Transaction).id for it in appended(log)) == ["t-1", "t-2", "t-3"]


def test_a_newer_console_takes_over(parts: ConsoleParts) -> None:
    with FakeScorer(parts.log), Api(parts) as old:
        first = old.score()
        with Api(again(parts)) as new:
            assert new.score(id="t-2").status_code == 200
            refused = old.score(id="t-3")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert "taken over" in refused.json()["reason"]
            assert old.ask("GET", "/healthz", token=None).status_code == 503
            assert new.score(id="t-3").status_code == 200
            assert new.score().json() == first.json()
    assert len(appended(parts.log)) == 3


def test_what_is_in_the_decisions_topic_by_mistake_is_passed_over(api: Api, parts: ConsoleParts) -> None:
    producer = parts.log.open_producer("stray", [topics.DECISIONS.name])
    stray = [b"{", b"", codec.encode(parts.door.transaction(PAYMENT))]
    producer.send([Outgoing(topics.DECISIONS.name, b"t", value) for value in stray])
    assert api.score().status_code == 200
    assert "dead_letters_total" in api.get("/metrics").text


def test_metrics_name_routes_and_never_ids(api: Api) -> None:
    api.score(id="secret-id")
    api.get("/v1/decisions/secret-id")
    text = api.get("/metrics").text
    assert 'ringwatch_requests_total{route="/v1/score",status="200"} 1.0' in text
    assert "secret-id" not in text


def test_the_answer_to_a_wrong_method_has_the_usual_shape(quiet: Api) -> None:
    answer = quiet.ask("GET", "/v1/score")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


def test_the_curl_line_of_the_readme_is_true(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    line = next(line for line in readme.splitlines() if line.startswith("curl ") and "/v1/score" in line)
    submission = json.loads(line.partition(" -d '")[2].removesuffix("'"))
    # Times ahead of the clock are refused, and the line's is any.
    submission["time"] = PAYMENT["time"]
    parts = make_parts(FolderBlobs(tmp_path), kv=MemoryKeyValue(SystemClock()))
    with FakeScorer(parts.log), Api(parts) as api:
        answer = api.ask("POST", "/v1/score", json=submission)
    assert answer.json()["transaction"] == submission["id"]
