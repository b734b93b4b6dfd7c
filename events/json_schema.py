"""JSON Schema (2020-12) of every message, for senders and readers in other languages.

`python -m events.json_schema docs/schemas` writes one file a message. The schemas say shape and limits; the rules
that no schema can say (Luhn, currencies with rates, times near now) are in `events.validate`.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from events.money import EXPONENTS, MAX_MINOR
from events.times import EARLIEST_MS, LATEST_MS
from events.types import SCHEMA_VERSION, AnyMessage, Message

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TIMES = ("time", "known_at", "transaction_time", "decided_at")


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each message by its `type`, each complete in itself."""
    kinds: tuple[type[Message], ...] = get_args(AnyMessage)
    return {str(kind.__struct_config__.tag): _schema(kind) for kind in kinds}


def write(folder: Path) -> list[Path]:
    """Write the schemas to `folder` as `<type>.json`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in sorted(schemas().items()):
        path = folder / f"{name}.json"
        path.write_text(text_of(schema), encoding="utf-8")
        paths.append(path)
    return paths


def text_of(schema: dict[str, Any]) -> str:
    """The text of a schema's file."""
    return json.dumps(schema, indent=2) + "\n"


def _schema(kind: type[Message]) -> dict[str, Any]:
    (reference,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = reference["$ref"].rpartition("/")[2]
    for part_name, part in parts.items():
        _state_rules(part_name, part)
    message = parts.pop(name)
    schema = {"$schema": _DIALECT, "title": name, **message}
    complete = {**schema, "$defs": dict(sorted(parts.items()))} if parts else schema
    plain: dict[str, Any] = json.loads(json.dumps(complete))  # defaults are tuples until written
    return plain


def _state_rules(name: str, part: dict[str, Any]) -> None:
    """Add to `part` what the types leave to `events.validate` and a schema can say."""
    # Compilers differ in how they keep a docstring's indent; the schemas must not.
    part["description"] = inspect.cleandoc(part["description"])
    fields = part.get("properties", {})
    if "schema" in fields:
        fields["schema"] = {"const": SCHEMA_VERSION}
        part["required"] = [*part["required"], "schema"]
    for field in _TIMES:
        if field in fields and fields[field].get("type") == "integer":
            fields[field] |= {"minimum": EARLIEST_MS, "exclusiveMaximum": LATEST_MS}
    if name == "Money":
        for field in ("minor", "base_minor"):
            fields[field] |= {"minimum": 0, "maximum": MAX_MINOR}
        for field in ("currency", "base_currency"):
            fields[field] = {"enum": sorted(EXPONENTS)}
    if name == "Transaction":
        part["anyOf"] = [{"required": ["card"]}, {"required": ["account"]}]


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
