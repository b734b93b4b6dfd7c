"""Analysts' rules as data: what a rule is, and whether it fits a catalogue. `evaluate` runs them.

A rule set is one JSON document:

    {"schema": 1, "rules": [{
        "code": "many_cards_on_device",
        "title": "More than 4 cards on one device in a day, away from home",
        "action": "review",
        "when": {"node": "all", "of": [
            {"node": "feature", "name": "device.cards.distinct.1d", "op": ">", "value": 4},
            {"node": "not", "of": {"node": "attribute", "name": "ip.country", "values": ["IN"]}}]}}]}

`challenge`, `review` and `decline` mean "at least"; `approve` overrides model and policy, but not another
rule that fires. Logic has three values (Kleene): a comparison with what is absent is unknown, `not` of
unknown is unknown, and a rule fires only where its condition is true. `absent` asks for absence itself.
"""

import difflib
import math
from collections.abc import Iterator
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta, Struct

from events.errors import ConflictError, CorruptError, InputError, InvalidFieldError, MalformedError
from events.types import Action
from scoring.attributes import ATTRIBUTES, EXTRA
from scoring.columns import Columns

SCHEMA = 1
MAX_DEPTH = 16
MAX_NODES = 500

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Op = Literal["<", "<=", ">", ">=", "==", "!="]


class All(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """True where every part is."""

    of: Annotated[tuple["Node", ...], Meta(min_length=1)]


class Any(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """True where one part is."""

    of: Annotated[tuple["Node", ...], Meta(min_length=1)]


class Not(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """The opposite; unknown stays unknown."""

    of: "Node"


class Feature(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """A column compared with a constant (as float32, like the column); unknown where the column is absent."""

    name: str
    op: Op
    value: float


class Absent(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """True where a column is absent, false where it is there; never unknown."""

    name: str


class Attribute(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag=str.lower):
    """An attribute (`scoring.attributes`) is one of `values`; unknown where the transaction has none."""

    name: str
    values: Annotated[tuple[str, ...], Meta(min_length=1, max_length=100_000)]


Node = All | Any | Not | Feature | Absent | Attribute


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`code` is stable: decisions name it as `rule.<code>`. `title` is the sentence people read."""

    code: Code
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    action: Action
    when: Node


class RuleSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules of a release. Order does not matter for the action; reasons come in this order."""

    schema: int = SCHEMA
    rules: tuple[Rule, ...] = ()

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From JSON somebody wrote. `InputError` (its field is the path at fault) on a wrong shape."""
        try:
            parsed = msgspec.json.decode(data, type=cls)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$")
            raise InvalidFieldError(path.strip("`.") or "rules", reason) from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise MalformedError("rules", f"not a rule set in JSON: {error}") from error
        if parsed.schema != SCHEMA:
            raise InvalidFieldError("schema", f"is {parsed.schema}; this release reads {SCHEMA}")
        return parsed

    @classmethod
    def load(cls, data: bytes) -> Self:
        """From an artefact; `CorruptError` where `parse` would refuse it."""
        try:
            return cls.parse(data)
        except InputError as error:
            raise CorruptError(f"not a rule set: {error}") from error


def faults(rules: RuleSet, columns: Columns) -> list[InvalidFieldError]:
    """All that keeps `rules` from running on `columns`, each naming its path (`rules[0].when.of[1]`)."""
    found: list[InvalidFieldError] = []
    seen: set[str] = set()
    for at, rule in enumerate(rules.rules):
        path = f"rules[{at}]"
        if rule.code in seen:
            found.append(InvalidFieldError(f"{path}.code", f"another rule has the code {rule.code!r}"))
        seen.add(rule.code)
        for nodes, (where, depth, node) in enumerate(_walk(rule.when, f"{path}.when", 1), start=1):
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                found.append(
                    InvalidFieldError(
                        where, f"a condition has at most {MAX_DEPTH} levels and {MAX_NODES} parts"
                    )
                )
                break
            found.extend(_node_faults(where, node, columns))
    return found


def check(rules: RuleSet, columns: Columns) -> None:
    """Raise the first of `faults`."""
    for fault in faults(rules, columns):
        raise fault


def check_running(rules: RuleSet, columns: Columns) -> None:
    """`ConflictError` where a stored rule set does not fit the running catalogue."""
    if found := faults(rules, columns):
        raise ConflictError(f"the rules do not fit catalogue {columns.version}: {found[0]}") from found[0]


def _walk(node: Node, path: str, depth: int) -> Iterator[tuple[str, int, Node]]:
    yield path, depth, node
    if depth > MAX_DEPTH:
        return
    if isinstance(node, All | Any):
        for at, part in enumerate(node.of):
            yield from _walk(part, f"{path}.of[{at}]", depth + 1)
    elif isinstance(node, Not):
        yield from _walk(node.of, f"{path}.of", depth + 1)


def _node_faults(path: str, node: Node, columns: Columns) -> Iterator[InvalidFieldError]:
    if isinstance(node, Feature | Absent) and node.name not in columns.positions:
        yield _unknown(f"{path}.name", "feature", node.name, list(columns.names))
    if isinstance(node, Feature) and not math.isfinite(node.value):
        yield InvalidFieldError(f"{path}.value", "is no finite number")
    if isinstance(node, Attribute) and node.name not in ATTRIBUTES and not _is_extra(node.name):
        yield _unknown(f"{path}.name", "attribute", node.name, [*ATTRIBUTES, f"{EXTRA}<field>"])


def _is_extra(name: str) -> bool:
    return name.startswith(EXTRA) and len(name) > len(EXTRA)


def _unknown(path: str, what: str, name: str, known: list[str]) -> InvalidFieldError:
    near = difflib.get_close_matches(name, known, n=1)
    return InvalidFieldError(
        path, f"no {what} is called {name[:80]!r}", f"did you mean {near[0]!r}?" if near else ""
    )
