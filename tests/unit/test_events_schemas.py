import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from events import json_schema
from events.codec import encode
from events.types import Message, Transaction, TransactionOutcome
from tests.unit.events_examples import MESSAGES, TRANSACTION, outcomes, transactions, with_value

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
SCHEMAS = json_schema.schemas()


def errors(raw: object, name: str) -> list[Any]:
    return list(Draft202012Validator(SCHEMAS[name]).iter_errors(raw))


def test_the_published_schemas_are_up_to_date() -> None:
    published = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    made = {name: json_schema.text_of(schema) for name, schema in SCHEMAS.items()}
    assert published == made, "run: python -m events.json_schema docs/schemas"


def test_writing(tmp_path: Path) -> None:
    paths = json_schema.write(tmp_path / "schemas")
    assert [path.stem for path in paths] == sorted(SCHEMAS)
    assert json.loads(paths[0].read_text("utf-8")) == SCHEMAS[paths[0].stem]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["description"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_we_write_keeps_its_schema(message: Message) -> None:
    raw = json.loads(encode(message))
    assert errors(raw, raw["type"]) == []


@given(transactions() | outcomes())
def test_any_input_keeps_its_schema(message: Transaction | TransactionOutcome) -> None:
    raw = json.loads(encode(message))
    assert errors(raw, raw["type"]) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", 2),
        ("schema", ...),
        ("id", ...),
        ("time", -2_208_988_800_000),
        ("time", 4_102_444_800_000),
        ("amount.minor", -1),
        ("amount.currency", "ZZZ"),
        ("card.bin", "41"),
        ("ip.country", "India"),
        ("colour", "red"),
    ],
)
def test_the_schema_refuses_what_it_can(path: str, value: object) -> None:
    assert errors(with_value(json.loads(encode(TRANSACTION)), path, value), "transaction")


def test_a_schema_asks_for_card_or_account() -> None:
    lone = msgspec.structs.replace(TRANSACTION, card=None, account=None)
    assert errors(json.loads(encode(lone)), "transaction")
