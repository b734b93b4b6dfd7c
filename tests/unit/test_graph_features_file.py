"""A version comes back from its file as it was, or not at all."""

import numpy as np
import pytest

from bench.graph_world import make_world
from events.errors import CorruptError
from graph import EdgeFold, GraphFeatures, compute
from graph.features_file import dump, load
from graph.graph_features import make_features


def features() -> GraphFeatures:
    world, fold = make_world(households=10, rings=1, labels=True), EdgeFold()
    for event, key in world.events:
        fold.add(event, key)
    return compute(fold.table(), world.cut_ms)


def test_back_as_it_was() -> None:
    made = features()
    back = load(dump(made))
    assert back.version == made.version
    assert (back.tokens, back.community, back.rings, back.lineage) == (
        made.tokens, made.community, made.rings, made.lineage,
    )  # fmt: skip
    np.testing.assert_array_equal(back.values, made.values)
    np.testing.assert_array_equal(back.fraud, made.fraud)
    assert dump(made) == dump(back)


def test_an_empty_version() -> None:
    empty = compute(EdgeFold().table(), 5)
    assert load(dump(empty)).version == empty.version


def test_other_bytes_are_corrupt() -> None:
    data = dump(features())
    for bad in (b"", b"PAR1", data[: len(data) // 2]):
        with pytest.raises(CorruptError):
            load(bad)


def test_the_version_names_the_content() -> None:
    made = features()
    values = made.values.copy()
    values[0, 0] += 1
    other = make_features(
        made.cut_ms, made.tokens, made.kinds, values, made.fraud, made.community, made.rings, made.lineage
    )
    assert other.version != made.version
    with pytest.raises(ValueError, match="read-only"):
        made.values[0, 0] = 1
