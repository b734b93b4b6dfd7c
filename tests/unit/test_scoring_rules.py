"""Rules: what is accepted, what fires, and why."""

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError, InputError, InvalidFieldError, MalformedError
from events.types import Action
from scoring import Rule, RuleSet
from scoring.evaluate import RuleRunner, trace
from scoring.rules import Absent, All, Any, Attribute, Feature, Node, Not, check, faults
from tests.unit.scoring_rows import COLUMNS, NAMES, transaction, transactions

NAN = float("nan")
EXAMPLE = """
{"schema": 1, "rules": [{
    "code": "many_cards_on_device", "title": "Many cards on one device, away from home", "action": "review",
    "when": {"node": "all", "of": [
        {"node": "feature", "name": "device.cards.1d", "op": ">", "value": 4},
        {"node": "not", "of": {"node": "attribute", "name": "ip.country", "values": ["IN"]}}]}}]}
"""


def one(when: Node, action: Action = "review") -> RuleSet:
    return RuleSet(rules=(Rule(code="r", title="A rule", action=action, when=when),))


def row(**values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[values.get(name.replace(".", "_"), NAN) for name in NAMES]], dtype=np.float32)


def truth(when: Node, x: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> list[int]:
    found: list[int] = RuleRunner(one(when), COLUMNS).run(x, transactions(len(x)))[0].truth.tolist()
    return found


def test_a_rule_reads_as_in_the_documentation() -> None:
    rules = RuleSet.parse(EXAMPLE.encode())
    check(rules, COLUMNS)
    x = np.repeat(row(device_cards_1d=5), 3, axis=0)
    x[2, 3] = 4
    payments = [transaction(country="IN"), transaction(country="US"), transaction(country="US")]
    evaluated = RuleRunner(rules, COLUMNS).run(x, payments)[0]
    assert evaluated.truth.tolist() == [-1, 1, -1]
    assert trace(evaluated, 1).lines() == [
        "all of: yes",
        "  device.cards.1d > 4 (is 5): yes",
        "  not: yes",
        "    ip.country in IN (is US): no",
    ]


def test_rules_survive_their_bytes() -> None:
    rules = RuleSet.parse(EXAMPLE.encode())
    assert RuleSet.load(rules.to_bytes()) == rules
    assert RuleSet.load(rules.to_bytes()).to_bytes() == rules.to_bytes()
    with pytest.raises(CorruptError):
        RuleSet.load(b"[]")


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("<", 2, [1, -1, -1, 0]), ("<=", 2, [1, 1, -1, 0]), (">", 2, [-1, -1, 1, 0]), (">=", 2, [-1, 1, 1, 0]),
        ("==", 2, [-1, 1, -1, 0]), ("!=", 2, [1, -1, 1, 0]),
    ],
)  # fmt: skip
def test_comparisons_are_unknown_where_absent(op: str, value: float, expected: list[int]) -> None:
    x = np.full((4, len(NAMES)), NAN, dtype=np.float32)
    x[:, 0] = [1, 2, 3, NAN]
    node = msgspec.convert({"node": "feature", "name": "txn.amount", "op": op, "value": value}, Node)
    assert truth(node, x) == expected
    assert truth(Not(node), x) == [-part for part in expected]
    assert truth(Absent("txn.amount"), x) == [-1, -1, -1, 1]


def test_constants_are_rounded_like_columns() -> None:
    assert truth(Feature("txn.amount", "==", 0.1), row(txn_amount=0.1)) == [1]


LEAVES = st.sampled_from([1, 0, -1])


def leaf(value: int) -> Node:
    """A node that is true, unknown or false on the row of the next test."""
    return Feature("txn.hour" if value == 0 else "txn.amount", ">", 0 if value == 1 else 9)


TREES = st.recursive(
    LEAVES.map(lambda value: (value, leaf(value))),
    lambda inner: st.one_of(
        inner.map(lambda part: (-part[0], Not(part[1]))),
        st.lists(inner, min_size=1, max_size=4).map(
            lambda parts: (min(p[0] for p in parts), All(tuple(p[1] for p in parts)))
        ),
        st.lists(inner, min_size=1, max_size=4).map(
            lambda parts: (max(p[0] for p in parts), Any(tuple(p[1] for p in parts)))
        ),
    ),
    max_leaves=12,
)


@given(TREES)
def test_logic_is_kleenes(tree: tuple[int, Node]) -> None:
    expected, node = tree
    x = row(txn_amount=5)
    assert truth(node, x) == [expected]
    evaluated = RuleRunner(one(node), COLUMNS).run(x, transactions(1))[0]
    assert trace(evaluated, 0).true == {1: True, 0: None, -1: False}[expected]
    again = msgspec.json.decode(msgspec.json.encode(node), type=Node)
    assert again == node


def test_attributes_of_the_transaction() -> None:
    payment = transaction(country=None, extra={"basket": "gift", "guest": True, "items": 3})
    cases = {
        ("channel", "ecommerce"): 1, ("currency", "EUR"): -1, ("ip.country", "IN"): 0, ("card.bin", "411111"): 1,
        ("merchant.token", "merchant.0.m1"): 1, ("email.domain", "x.org"): 0, ("extra.basket", "gift"): 1,
        ("extra.guest", "true"): 1, ("extra.items", "3"): 1, ("extra.none", "3"): 0, ("device.model", "m"): 0,
        ("phone.country", "IN"): 0, ("account.token", "a"): 0, ("merchant.category", "5411"): 1,
    }  # fmt: skip
    for (name, value), expected in cases.items():
        runner = RuleRunner(one(Attribute(name, ("other", value))), COLUMNS)
        assert runner.run(row(), [payment])[0].truth.tolist() == [expected], name


def test_long_lists_are_shown_short() -> None:
    runner = RuleRunner(one(Attribute("card.bin", tuple(str(n) for n in range(1000)))), COLUMNS)
    assert runner.run(row(), transactions(1))[0].text == "card.bin in 0, 1, 2, 3, 4, ... (1000)"


def changed(path: list[str | int], value: object) -> bytes:
    document = json.loads(EXAMPLE)
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(document).encode()


FIRST: list[str | int] = ["rules", 0]
LEAF: list[str | int] = [*FIRST, "when", "of", 0]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ([*FIRST, "action"], "explode", "rules[0].action"),
        ([*FIRST, "code"], "Not A Code", "rules[0].code"),
        ([*FIRST, "title"], "", "rules[0].title"),
        ([*FIRST, "extra"], 1, "rules[0]"),
        ([*FIRST, "when", "of"], [], "rules[0].when.of"),
        ([*LEAF, "op"], "~", "rules[0].when.of[0].op"),
        ([*LEAF, "node"], "sql", "rules[0].when.of[0].node"),
        (["schema"], 7, "schema"),
    ],
)
def test_a_wrong_shape_names_its_place(path: list[str | int], value: object, field: str) -> None:
    with pytest.raises(InvalidFieldError) as caught:
        RuleSet.parse(changed(path, value))
    assert caught.value.field == field


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"rules": ['])
def test_no_json_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        RuleSet.parse(data)


def test_an_unknown_name_gets_a_suggestion() -> None:
    rules = RuleSet.parse(changed([*LEAF, "name"], "device.card.1d"))
    with pytest.raises(InvalidFieldError) as caught:
        check(rules, COLUMNS)
    assert caught.value.field == "rules[0].when.of[0].name"
    assert caught.value.remedy == "did you mean 'device.cards.1d'?"
    with pytest.raises(ConflictError, match=r"rules\[0\].when.of\[0\].name"):
        RuleRunner(rules, COLUMNS)


def test_all_faults_are_found_at_once() -> None:
    bad = Rule(
        code="same", title="t", action="review",
        when=Any((Feature("nope", ">", 1), Feature("txn.hour", ">", float("inf")), Attribute("extra.", ("a",)))),
    )  # fmt: skip
    found = faults(RuleSet(rules=(bad, bad)), COLUMNS)
    assert [fault.field for fault in found] == [
        "rules[0].when.of[0].name", "rules[0].when.of[1].value", "rules[0].when.of[2].name", "rules[1].code",
        "rules[1].when.of[0].name", "rules[1].when.of[1].value", "rules[1].when.of[2].name",
    ]  # fmt: skip


def test_depth_and_size_are_bounded() -> None:
    node: Node = Absent("txn.hour")
    for _ in range(40):
        node = Not(node)
    wide = All((Absent("txn.hour"),) * 600)
    for when in (node, wide):
        assert [fault for fault in faults(one(when), COLUMNS) if "at most" in fault.reason]


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_a_bottomless_document_is_refused(depth: int) -> None:
    when = '{"node":"not","of":' * depth + '{"node":"absent","name":"txn.hour"}' + "}" * depth
    data = f'{{"rules":[{{"code":"r","title":"t","action":"review","when":{when}}}]}}'.encode()
    with pytest.raises(InputError):
        check(RuleSet.parse(data), COLUMNS)
