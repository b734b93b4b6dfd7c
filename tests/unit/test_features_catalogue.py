"""The catalogue: what it promises of its columns, and what it refuses."""

import subprocess
import sys
from typing import get_args

import pytest

from events.errors import CorruptError
from features import (
    GRAPH_COLUMNS,
    Catalogue,
    Difference,
    Feature,
    GraphFeature,
    Ratio,
    TransactionField,
    ZScore,
    default_catalogue,
)
from features.feature import GROUPS, Aggregate, VelocityFeature
from features.fields import ADDRESS_KEYED, FIELDS
from features.keys import KEYS, EventKind

AMOUNT = Feature("txn.amount", "transaction", TransactionField("txn.amount"), "amount")
COUNT = Feature(
    "card.count",
    "velocity",
    VelocityFeature(entity="card", kinds=(EventKind.AUTHORISATION,), aggregate="count", window_ms=1000),
    "count",
)


def test_the_default_catalogue_covers_what_a_decision_needs() -> None:
    catalogue = default_catalogue()
    names = set(catalogue.names)
    assert {
        "txn.amount",
        "txn.hour",
        "card.amount.sum.1h",
        "device.cards.distinct.7d",
        "account.login_failed.count.1d",
        "card.declined.count.1h",
        "merchant.fraud_label.count.30d",
        "graph.device.ring_score",
        "graph.max.degree",
        "card.amount.ratio.30d",
    } <= names
    assert {f"graph.max.{column.name}" for column in GRAPH_COLUMNS} <= names
    used = {part for it in catalogue.velocity for part in f"{it.entity}+{it.partner or it.entity}".split("+")}
    assert used == set(KEYS)
    velocity = catalogue.groups["velocity"]
    assert velocity.stop - velocity.start >= 250
    assert {feature.aggregate for feature in catalogue.velocity} == set(get_args(Aggregate))
    assert {Ratio, Difference, ZScore} <= {type(feature.source) for feature in catalogue.features}
    assert all(feature.meaning for feature in catalogue.features)


def test_every_transaction_field_has_its_function() -> None:
    fields = {f.source.name for f in default_catalogue().features if isinstance(f.source, TransactionField)}
    assert fields == {*FIELDS, ADDRESS_KEYED}


def test_groups_are_contiguous_and_cover_every_column() -> None:
    catalogue = default_catalogue()
    assert tuple(catalogue.groups) == GROUPS
    covered = [
        column for columns in catalogue.groups.values() for column in range(len(catalogue.names))[columns]
    ]
    assert covered == list(range(len(catalogue.names)))
    for group, columns in catalogue.groups.items():
        assert {feature.group for feature in catalogue.features[columns]} == {group}


def test_index_is_the_column_of_a_name() -> None:
    catalogue = default_catalogue()
    assert [catalogue.index(name) for name in catalogue.names] == list(range(len(catalogue.names)))
    with pytest.raises(KeyError):
        catalogue.index("no.such.column")


def test_goes_to_bytes_and_back() -> None:
    catalogue = default_catalogue()
    again = Catalogue.from_bytes(catalogue.to_bytes())
    assert (again.features, again.version) == (catalogue.features, catalogue.version)
    for data in (b"", b"{}", catalogue.to_bytes()[:-1]):
        with pytest.raises(CorruptError):
            Catalogue.from_bytes(data)


def test_the_version_is_of_the_content_and_equal_in_every_process() -> None:
    code = "from features import default_catalogue as c; print(c().version, c().velocity_version)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603  # our own words
    catalogue = default_catalogue()
    assert done.stdout.split() == [catalogue.version, catalogue.velocity_version]
    fewer = Catalogue(catalogue.features[:-1])
    assert fewer.version != catalogue.version
    assert fewer.velocity_version == catalogue.velocity_version  # engine state still fits
    capped = Catalogue(catalogue.features, distinct_limit=10)
    assert capped.velocity_version != catalogue.velocity_version


@pytest.mark.parametrize(
    ("features", "complaint"),
    [
        ((AMOUNT, AMOUNT), "named twice"),
        ((COUNT, AMOUNT), "by group"),
        ((AMOUNT, Feature("r", "velocity", Ratio("txn.amount", "x"), "")), "unknown column"),
        (
            (AMOUNT, Feature("r", "velocity", Ratio("txn.amount", "txn.amount"), ""), COUNT),
            "derived ones last",
        ),
        (
            (
                Feature(
                    "d",
                    "velocity",
                    VelocityFeature(entity="card", kinds=(), aggregate="count", window_ms=1),
                    "",
                ),
            ),
            "kinds is empty",
        ),
        (
            (
                Feature(
                    "d",
                    "velocity",
                    VelocityFeature(
                        entity="card", kinds=(EventKind.REFUND,), aggregate="distinct", window_ms=1
                    ),
                    "",
                ),
            ),
            "partner",
        ),
        ((Feature("f", "transaction", TransactionField("txn.nothing"), ""),), "unknown field"),
        ((Feature("g", "graph", GraphFeature(None, "nothing"), ""),), "unknown graph column"),
        ((Feature("g", "graph", GraphFeature("merchant", "degree"), ""),), "unknown graph column"),
    ],
)
def test_refuses_a_catalogue_that_breaks_a_rule(features: tuple[Feature, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Catalogue(features)
