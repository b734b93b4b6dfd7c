"""The scorer: releases it takes and refuses, who wins among model, policy and rules, and what it says."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError, NotFoundError
from events.types import Action, Status
from features.catalogue import default_catalogue
from scoring import (
    ACTIONS,
    COLD,
    Columns,
    Model,
    Params,
    Policy,
    Registry,
    Release,
    Rule,
    RuleSet,
    Scorer,
    columns_of,
    make_release,
)
from scoring.rules import Attribute, Feature, Node
from scoring.trees import train
from storage import FolderBlobs, ManualClock
from tests.unit.scoring_rows import COLUMNS, GROUPS, NAMES, fresh, transaction, transactions, world

ROWS = world(2000)
POLICY = Policy(challenge=0.05, review=0.2, decline=0.6, without={"velocity": "review", "graph": "closed"})
X = ROWS.x[:200]
RING = COLUMNS.positions["graph.max.ring_score"]


@cache
def trained() -> Model:
    return Model.load(
        train(
            ROWS.x, ROWS.y, columns=COLUMNS, seed=1, params=Params(trees=40, depth=3, rate=0.06, columns=0.6)
        )
    )


@cache
def scores() -> npt.NDArray[np.float64]:
    return trained().predict(X)


def rule(code: str, action: Action, when: Node) -> Rule:
    return Rule(code=code, title=f"Rule {code}", action=action, when=when)


def always(code: str, action: Action) -> Rule:
    return rule(code, action, Attribute("channel", ("ecommerce",)))


def scorer(*rules: Rule, policy: Policy = POLICY) -> Scorer:
    return Scorer(release="r1", model=trained(), rules=RuleSet(rules=rules), policy=policy, columns=COLUMNS)


def actions(
    found: Scorer, x: npt.NDArray[np.float32] = X, status: npt.NDArray[np.uint8] | None = None
) -> list[str]:
    verdicts = found.decide(x, fresh(x) if status is None else status, transactions(len(x)))
    return [verdict.action for verdict in verdicts]


def by_policy() -> list[str]:
    return [ACTIONS[level] for level in POLICY.severity(scores())]


def test_the_policy_alone_decides_on_fresh_rows() -> None:
    verdicts = scorer().decide(X, fresh(X), transactions(len(X)))
    assert [v.action for v in verdicts] == by_policy()
    assert [v.score for v in verdicts] == scores().tolist()
    assert set(by_policy()) == set(ACTIONS)
    for verdict in verdicts:
        assert (verdict.reasons == ()) == (verdict.action == "approve")
        assert all(reason.code.removeprefix("model.") in NAMES for reason in verdict.reasons)
        weights = [reason.weight for reason in verdict.reasons]
        assert weights == sorted(weights, reverse=True)
        assert all(weight > 0 for weight in weights)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, 199), max_size=5))
def test_a_verdict_does_not_depend_on_its_batch(cuts: list[int]) -> None:
    found = scorer(rule("ring", "review", Feature("graph.max.ring_score", ">", 0.9)))
    status, payments = fresh(X), transactions(len(X))
    whole = found.decide(X, status, payments)
    edges = [0, *sorted(set(cuts)), len(X)]
    parts = [
        verdict
        for start, stop in pairwise(edges)
        for verdict in found.decide(X[start:stop], status[start:stop], payments[start:stop])
    ]
    assert parts == whole


@pytest.mark.parametrize("action", ["challenge", "review", "decline"])
def test_a_rule_asks_for_at_least_its_action(action: Action) -> None:
    found = scorer(always("floor", action)).decide(X, fresh(X), transactions(len(X)))
    for verdict, alone in zip(found, by_policy(), strict=True):
        assert ACTIONS.index(verdict.action) == max(ACTIONS.index(alone), ACTIONS.index(action))
        assert verdict.reasons[0].code == "rule.floor"
        assert verdict.reasons[0].detail == "Rule floor"


def test_an_approving_rule_overrides_the_model_but_no_other_rule() -> None:
    trusted = always("trusted", "approve")
    assert set(actions(scorer(trusted))) == {"approve"}
    assert scorer(trusted).decide(X[:1], fresh(X[:1]), transactions(1))[0].reasons[0].code == "rule.trusted"
    for rules in ((trusted, always("stolen", "decline")), (always("stolen", "decline"), trusted)):
        assert set(actions(scorer(*rules))) == {"decline"}


def test_what_failed_is_decided_by_the_policy() -> None:
    x = X[scores() < POLICY.challenge][:3]
    status = fresh(x)
    status[1, GROUPS.index("velocity")] = Status.FAILED
    status[2, RING] = Status.FAILED
    verdicts = scorer().decide(x, status, transactions(3))
    assert [v.action for v in verdicts] == ["approve", "review", "decline"]
    assert [[r.code for r in v.reasons] for v in verdicts] == [
        [], ["policy.velocity_failed"], ["policy.graph_failed"],
    ]  # fmt: skip
    assert set(actions(scorer(policy=Policy(without={})), x, status)) == {"approve"}
    assert set(actions(scorer(always("trusted", "approve")), x, status)) == {"approve"}
    status[:] = Status.STALE
    assert set(actions(scorer(), x, status)) == {"approve"}


def test_a_cold_start_decides_by_rules_and_says_so() -> None:
    rules = RuleSet(rules=(rule("ring", "decline", Feature("graph.max.ring_score", ">", 0.5)),))
    everything = Policy(challenge=0.0, review=0.0, decline=0.0)  # would decline all, if it were asked
    found = Scorer.cold(COLUMNS, rules=rules, policy=everything)
    verdicts = found.decide(X, fresh(X), transactions(len(X)))
    expected = ["decline" if value > 0.5 else "approve" for value in X[:, RING].tolist()]
    assert [v.action for v in verdicts] == expected
    assert {v.score for v in verdicts} == {Model.cold().base_rate}
    assert found.release == COLD
    assert dict(found.statuses) == {"model": "absent"}
    assert dict(scorer().statuses) == {}
    failed = np.full_like(fresh(X), Status.FAILED)
    assert set(actions(Scorer.cold(COLUMNS), X, failed)) == {"review"}


def test_no_rows_no_verdicts() -> None:
    assert scorer().decide(X[:0], fresh(X[:0]), []) == []
    assert Scorer.cold(COLUMNS).decide(X[:0], fresh(X[:0]), []) == []


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConflictError, match="columns"):
        scorer().decide(X[:, 1:], fresh(X[:, 1:]), transactions(len(X)))
    with pytest.raises(ConflictError, match="statuses"):
        scorer().decide(X, fresh(X[:5]), transactions(len(X)))
    with pytest.raises(ConflictError, match="5 transactions"):
        scorer().decide(X, fresh(X), transactions(5))


def test_an_explanation_shows_everything() -> None:
    row = int(np.argmax(scores()))
    x = X[row : row + 1]
    status = fresh(x)
    status[0, RING] = Status.STALE
    found = scorer(
        rule("ring", "review", Feature("graph.max.ring_score", ">=", 0.0)),
        rule("rich", "review", Feature("txn.amount", ">", 1e9)),
    ).explain(x, status, transaction())
    assert found.action == "decline"
    assert found.score == scores()[row]
    shares = [abs(part.share) for part in found.contributions]
    assert shares == sorted(shares, reverse=True)
    whole = found.contributions
    ring = next(part for part in whole if part.name == "graph.max.ring_score")
    assert ring.value == float(x[0, RING])
    assert ring.usual is not None
    assert ring.text.startswith("highest ring score of its entities: ")
    assert "(usually 0" in ring.text
    assert ring.text.endswith("[stale]")
    assert found.rules["ring"].true is True
    assert found.rules["rich"].true is not True
    assert f"score {scores()[row]:.4f}" in found.text
    assert "rule ring:" in found.text
    assert "rule rich:" not in found.text
    exact = trained().contributions(x)[0]
    assert {part.name: part.share for part in whole} == {
        name: pytest.approx(float(share)) for name, share in zip(NAMES, exact, strict=False) if share != 0
    }


def stored(registry: Registry, **changes: str) -> Release:
    values = {
        "model": registry.put("model", trained().to_bytes()),
        "rules": registry.put("rules", RuleSet(rules=(always("floor", "review"),)).to_bytes()),
        "policy": registry.put("policy", POLICY.to_bytes()),
        "catalogue": COLUMNS.version,
        **changes,
    }
    release = make_release(
        model=values["model"], rules=values["rules"], policy=values["policy"], parser="p1",
        catalogue=values["catalogue"], actor="asha", reason="test", clock=ManualClock(),
    )  # fmt: skip
    return registry.put_release(release)


def test_a_stored_release_decides_like_its_parts(tmp_path: Path) -> None:
    registry = Registry(FolderBlobs(tmp_path), ManualClock())
    release = stored(registry)
    loaded = Scorer.load(registry, release.id, COLUMNS, parser="p1")
    assert loaded.release == release.id
    made = scorer(always("floor", "review"))
    status, payments = fresh(X), transactions(len(X))
    assert loaded.decide(X, status, payments) == made.decide(X, status, payments)


def test_a_release_made_for_something_else_is_refused(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    registry = Registry(blobs, ManualClock())
    release = stored(registry)
    with pytest.raises(ConflictError, match="catalogue catalogue-1, catalogue-2 is running"):
        Scorer.load(registry, release.id, Columns(NAMES, "catalogue-2"))
    with pytest.raises(
        ConflictError, match=r"1 columns unknown to the running catalogue \(graph.max.degree\)"
    ):
        Scorer.load(registry, release.id, Columns((*NAMES[:-1], "graph.new"), COLUMNS.version))
    with pytest.raises(ConflictError, match="another order"):
        Scorer.load(registry, release.id, Columns(NAMES[::-1], COLUMNS.version))
    with pytest.raises(ConflictError, match="parser p1, p2 is running"):
        Scorer.load(registry, release.id, COLUMNS, parser="p2")
    # A manifest may claim the running catalogue while its model was trained on another one.
    claimed = stored(registry, catalogue="catalogue-2")
    with pytest.raises(ConflictError, match="trained on catalogue catalogue-1"):
        Scorer.load(registry, claimed.id, Columns(NAMES, "catalogue-2"))
    unknown = RuleSet(rules=(rule("r", "review", Feature("gone.column", ">", 1)),))
    of_old_rules = stored(registry, rules=registry.put("rules", unknown.to_bytes()))
    with pytest.raises(ConflictError, match=r"gone\.column"):
        Scorer.load(registry, of_old_rules.id, COLUMNS)
    with pytest.raises(NotFoundError):
        Scorer.load(registry, "release-" + "0" * 32, COLUMNS)
    blobs.put(f"registry/artefacts/model/{release.model}", b"damaged")
    with pytest.raises(CorruptError):
        Scorer.load(registry, release.id, COLUMNS)


def test_columns_must_make_sense() -> None:
    with pytest.raises(ConflictError, match="share a name"):
        Columns(("a", "a"), "v")
    with pytest.raises(ConflictError, match="length"):
        Columns(("a", "b"), "v", groups=("g",))


def test_the_running_catalogue_gives_its_columns() -> None:
    catalogue = default_catalogue()
    columns = columns_of(catalogue)
    assert columns.names == catalogue.names
    assert columns.version == catalogue.version
    assert list(columns.group_columns) == list(catalogue.groups)
    for group, place in catalogue.groups.items():
        assert columns.group_columns[group].tolist() == list(range(place.start, place.stop))
    Scorer.cold(columns)
