"""A user's own features: what the file may say, and that each fault names feature, field and remedy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import SettingsError
from features import Catalogue, Difference, Ratio, VelocityFeature, ZScore, make_batch
from features.default import default_features
from features.keys import EventKind
from features.user_file import load_own, with_own
from features.velocity import VelocityEngine
from features.wording import milliseconds, span_of
from tests.support.made import payment

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "features.toml"
DEFAULTS = default_features()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "features.toml"
    path.write_text(text)
    return path


def test_the_example_is_a_catalogue_that_the_engine_computes() -> None:
    own = load_own(EXAMPLE, DEFAULTS)
    catalogue = Catalogue(with_own(DEFAULTS, own))
    assert [f.name for f in own if f.name not in catalogue.names] == []
    assert len(catalogue.names) == len(DEFAULTS) + len(own)
    engine = VelocityEngine(catalogue)
    events = [payment(n) for n in range(4)]
    values, _ = engine.update_and_read(make_batch(events, [None] * 4, range(4)))
    assert values.shape == (4, len(catalogue.velocity))
    names = [f.name for f in catalogue.features if isinstance(f.source, VelocityFeature)]
    assert np.nanmax(values[:, names.index("device+merchant.transactions.count.6h")]) >= 1


def test_every_field_arrives(tmp_path: Path) -> None:
    text = """
[[feature]]
name = "a"
entity = "card+merchant"
aggregate = "distinct"
window = "90m"
kinds = ["authorisation", "refund"]
partner = "device"
delay = "2h"
channels = ["moto"]
amount_from = 100
amount_below = 200
[[feature]]
name = "b"
zscore = ["txn.amount", "card.amount.mean.30d", "card.amount.std.30d"]
meaning = "said"
[[feature]]
name = "c"
ratio = ["a", "txn.amount"]
[[feature]]
name = "d"
difference = ["a", "card.transactions.count.1d"]
"""
    a, b, c, d = load_own(written(tmp_path, text), DEFAULTS)
    assert a.source == VelocityFeature(
        entity="card+merchant", aggregate="distinct", window_ms=5_400_000, partner="device", delay_ms=7_200_000,
        kinds=(EventKind.AUTHORISATION, EventKind.REFUND), channels=("moto",), amount_from=100, amount_below=200,
    )  # fmt: skip
    assert "different values of device" in a.meaning
    assert "the 90m that ended 2h ago" in a.meaning
    assert (b.source, b.meaning) == (
        ZScore("txn.amount", "card.amount.mean.30d", "card.amount.std.30d"),
        "said",
    )
    assert (c.source, d.source) == (
        Ratio("a", "txn.amount"),
        Difference("a", "card.transactions.count.1d"),
    )
    assert (
        Catalogue(with_own(DEFAULTS, (a, b, c, d))).index("d")
        == Catalogue(DEFAULTS).groups["graph"].start + 3
    )


COUNT = '[[feature]]\nname = "x"\nentity = "card"\naggregate = "count"\nwindow = "1h"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[features]\n", "features: there is no such table; did you mean feature?"),
        ('feature = "x"\n', "double brackets"),
        (COUNT + 'chanels = ["moto"]\n', "feature 1 (x): chanels: there is no such field here; did you mean channels?"),
        (COUNT.replace('"1h"', '"1 hour"'), "window: '1 hour' is no span of time: write a whole number"),
        (COUNT.replace('"1h"', "3600"), "window: is 3600: write a text in quotes"),
        (COUNT.replace('"1h"', '"0d"'), "window: must be longer than nothing"),
        (COUNT.replace('"1h"', '"399d"') + 'delay = "2d"\n', "window: together with delay it is longer than 400d"),
        (COUNT.replace('window = "1h"\n', ""), "window: is missing"),
        (COUNT.replace('"card"', '"cards"'), "entity: 'cards' is no entity; did you mean card?"),
        (COUNT.replace('"card"', '"card+card"'), "entity: 'card+card' is no entity"),
        (COUNT.replace('"count"', '"cnt"'), "aggregate: there is no 'cnt'; did you mean count?"),
        (COUNT.replace('"count"', '"distinct"'), "partner: is missing: distinct counts"),
        (COUNT + 'partner = "device"\n', "partner: goes with distinct alone"),
        (COUNT.replace('"count"', '"distinct"') + 'partner = "card"\n', "partner: is part of the entity"),
        (COUNT + 'kinds = ["decline"]\n', "kinds: there is no 'decline'; did you mean outcome_declined?"),
        (COUNT + "kinds = []\n", "kinds: is empty"),
        (COUNT + 'channels = "moto"\n', "channels: is 'moto': write a list of texts"),
        (COUNT + "amount_from = 5.0\n", "amount_from: is 5.0: write a whole number of minor units"),
        (COUNT + "amount_from = 5\namount_below = 5\n", "amount_below: no amount is at least 5 and below 5"),
        (COUNT.replace('"card"', '"bin"') + 'kinds = ["outcome_declined"]\n', "outcome_declined carries no bin"),
        (COUNT.replace('"card"', '"card+amount"') + 'kinds = ["refund"]\n', "only authorisations are told apart"),
        (COUNT + 'kinds = ["login"]\nchannels = ["moto"]\n', "channels: login has no channel"),
        (COUNT + COUNT, "feature 2 (x): name: is that of feature 1, too"),
        (COUNT.replace('"x"', '"card.amount.sum.1h"'), "name: is that of a default feature"),
        (COUNT + 'ratio = ["txn.amount", "x"]\n', "entity: there is no such field here"),
        ('[[feature]]\nname = "r"\nratio = ["txn.amount"]\n', "ratio: names 1 columns: write 2 names, numerator"),
        ('[[feature]]\nname = "r"\nratio = ["txn.amont", "txn.hour"]\n', "txn.amont; did you mean txn.amount?"),
        ('[[feature]]\nname = "r"\nratio = ["txn.hour", "card.amount.ratio.30d"]\n', "is itself made of others"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        load_own(path, DEFAULTS)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="4 fault"):
        load_own(written(tmp_path, COUNT.replace("1h", "x").replace("card", "x") + "k = 1\n[y]\n"), DEFAULTS)


def test_a_part_of_a_family_that_is_off_says_which(tmp_path: Path) -> None:
    path = written(tmp_path, '[[feature]]\nname = "r"\nratio = ["txn.hour", "card.declined.count.1d"]\n')
    with pytest.raises(SettingsError, match="of the family declines, which is off"):
        load_own(path, default_features(["counts"]))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="which is no file"):
        load_own(tmp_path / "features.toml", DEFAULTS)
    with pytest.raises(SettingsError, match="can't be read"):
        load_own(written(tmp_path, "= ="), DEFAULTS)


@given(st.integers(1, 10**9))
def test_spans_go_to_words_and_back(seconds: int) -> None:
    assert milliseconds(span_of(1000 * seconds)) == 1000 * seconds
