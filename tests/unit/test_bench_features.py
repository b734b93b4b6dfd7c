"""What `bench.features` compares: catalogues with families on and off, as the settings would give them."""

from itertools import pairwise

from bench.features import ALL, NONE, costs, steps_of
from features import default_catalogue
from features.families import families
from features.feature import Derived, parts_of
from scoring import columns_of

CATALOGUE = default_catalogue()
STEPS = {step.name: step for step in steps_of(columns_of(CATALOGUE)).each}


def names_of(step: str) -> set[str]:
    return {CATALOGUE.names[at] for at in STEPS[step].columns.tolist()}


def test_all_has_every_column_and_none_has_no_windows() -> None:
    assert names_of(ALL) == set(CATALOGUE.names)
    velocity = set(CATALOGUE.names[CATALOGUE.groups["velocity"]])
    assert names_of(NONE) == set(CATALOGUE.names) - velocity


def test_a_family_is_whole_in_one_step_and_gone_from_the_other() -> None:
    for family in families():
        own = {feature.name for feature in family.features}
        assert not own & names_of(f"-{family.name}")
        plain = {feature.name for feature in family.features if not isinstance(feature.source, Derived)}
        assert plain <= names_of(f"+{family.name}") - names_of(NONE) <= own


def test_no_step_has_a_column_whose_parts_it_lacks() -> None:
    sources = {feature.name: feature.source for feature in CATALOGUE.features}
    for name in STEPS:
        names = names_of(name)
        for column in names:
            source = sources[column]
            assert not isinstance(source, Derived) or set(parts_of(source)) <= names, (name, column)


def test_columns_keep_their_order() -> None:
    for step in STEPS.values():
        assert all(a < b for a, b in pairwise(step.columns.tolist()))


def test_a_family_costs_what_is_not_stored_without_it() -> None:
    found = costs([family.name for family in families()])
    assert sum(cost["columns"] for cost in found.values()) == len(names_of(ALL)) - len(names_of(NONE))
    assert found["counts"]["streams"] == 0, "other families read the same streams"
    assert found["pairs"]["streams"] > 0
    assert all(cost["row_bytes"] >= 8 * cost["streams"] for cost in found.values())
