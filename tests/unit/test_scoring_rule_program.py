"""Rules in compiled code fire where the evaluator's tree, which explains them, is true."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Rule, RuleSet
from scoring.evaluate import RuleRunner
from scoring.rule_program import program
from scoring.rules import Absent, All, Any, Attribute, Feature, Node, Not
from tests.unit.scoring_rows import COLUMNS, NAMES, transactions

VALUES = st.sampled_from([0.0, -0.0, 0.1, 1.0, 2.5, -3.0, 1e-45, 3.4e38, 1e12])
ODD = [float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 0.1, 1.0, 2.5, -3.0, 1e-45, 3.4e38, 1e12]
LEAVES = st.one_of(
    st.builds(Feature, st.sampled_from(NAMES), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), VALUES),
    st.builds(Absent, st.sampled_from(NAMES)),
    st.builds(
        Attribute,
        st.sampled_from(["channel", "ip.country", "merchant.category", "extra.shop"]),
        st.lists(st.sampled_from(["ecommerce", "IN", "US", "5411", "true"]), min_size=1).map(tuple),
    ),
)


def parts(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(st.builds(All, some), st.builds(Any, some), st.builds(Not, inner))


NODES = st.recursive(LEAVES, parts, max_leaves=12)


@settings(deadline=None)
@given(st.lists(NODES, max_size=8), st.integers(0, 2**32 - 1), st.integers(0, 20))
def test_compiled_rules_fire_where_the_tree_is_true(nodes: list[Node], seed: int, n: int) -> None:
    rules = RuleSet(
        rules=tuple(Rule(code=f"r{i}", title="t", action="review", when=it) for i, it in enumerate(nodes))
    )
    x = np.random.default_rng(seed).choice(np.array(ODD, dtype=np.float32), (n, len(NAMES)))
    payments = transactions(n)
    found = program(rules.rules, COLUMNS).fired(x, payments)
    assert found.shape == (n, len(nodes))
    for tree, fired in zip(RuleRunner(rules, COLUMNS).run(x, payments), found.T, strict=True):
        assert (tree.truth == 1).tolist() == fired.tolist()


def test_rows_that_may_not_be_written_to() -> None:
    rules = (Rule(code="r", title="t", action="review", when=Feature(NAMES[0], ">", 0.0)),)
    x = np.ones((2, len(NAMES)), dtype=np.float32)
    x.flags.writeable = False
    assert program(rules, COLUMNS).fired(x, transactions(2)).tolist() == [[True], [True]]
