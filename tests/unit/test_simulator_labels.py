"""Labels are selective, late and sometimes wrong, each as often as the settings say."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import preset
from simulator import rows as r
from simulator.history import History, make_history
from simulator.labels import labels
from simulator.rows import Rows
from simulator.screening import Reviews, capacity, review
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

SPEC = preset("gateway-cnp").change(customers=9_000, fraud={"share": 0.02})
SEED = 3
NO_REVIEWS = Reviews(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))


@dataclass(frozen=True)
class Told:
    """A history and, beside each label, the row of the payment it is on."""

    history: History
    payment: NDArray[np.int64]

    @property
    def labels(self) -> Rows:
        return self.history.labels

    @property
    def on_fraud(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.of("fraud") != r.GENUINE
        return found

    def of(self, column: str) -> NDArray[np.int64]:
        """A column of the labelled payments."""
        found: NDArray[np.int64] = self.history.payments[column][self.payment]
        return found


@pytest.fixture(scope="module")
def told() -> Told:
    history = make_history(SPEC, SEED)
    order = np.argsort(history.payments["id"])
    at = np.searchsorted(history.payments["id"], history.labels["payment"], sorter=order)
    return Told(history, order[at])


def authorised(history: History) -> Rows:
    found: Rows = history.payments[history.payments["kind"] == 0]
    return found


def days(told: Told) -> NDArray[np.float64]:
    passed: NDArray[np.float64] = (told.labels["known_at"] - told.of("time")) / DAY_MS
    return passed


def test_every_label_is_on_an_authorisation_and_has_an_id_of_its_own(told: Told) -> None:
    assert (told.of("id") == told.labels["payment"]).all()
    assert (told.of("kind") == 0).all()
    assert (told.of("time") == told.labels["time"]).all()
    assert len(np.unique(told.labels["id"])) == len(told.labels)


def test_a_declined_payment_is_never_charged_back(told: Told) -> None:
    charged = told.labels["verdict"] == r.CHARGEBACK
    assert charged.sum() > 500
    assert (told.of("code")[charged] == r.APPROVED).all()


def test_as_many_payments_are_declined_as_the_settings_say(told: Told) -> None:
    payments = authorised(told.history)
    fraud, declined = payments["fraud"] != r.GENUINE, payments["code"] != r.APPROVED
    assert declined[fraud].mean() == pytest.approx(SPEC.labels.decline_share, abs=0.035)
    assert declined[~fraud].mean() == pytest.approx(SPEC.labels.decline_good_share, rel=0.1)
    want = payments["code"][~fraud & declined] == r.NO_FUNDS
    assert 0.4 < want.mean() < 0.6
    said = payments["code"][fraud & declined]
    assert set(said.tolist()) <= set(payments["code"][~fraud].tolist())  # no answer that only fraud gets


def test_some_fraud_is_never_reported(told: Told) -> None:
    payments = authorised(told.history)
    approved = payments[(payments["fraud"] != r.GENUINE) & (payments["code"] == r.APPROVED)]["id"]
    confirmed = told.labels["payment"][told.labels["verdict"] == r.CONFIRMED]
    charged = told.labels["payment"][told.labels["verdict"] == r.CHARGEBACK]
    unseen = approved[~np.isin(approved, confirmed)]
    assert np.isin(unseen, charged).mean() == pytest.approx(SPEC.labels.reported_share, abs=0.04)
    stopped = np.isin(confirmed, charged).mean()
    assert 0 < stopped < 0.5  # a confirmed fraud is charged back now and then all the same


def test_a_share_of_disputes_is_by_the_customer_who_bought(told: Told) -> None:
    charged = told.labels["verdict"] == r.CHARGEBACK
    own = ~told.on_fraud[charged]
    assert own.mean() == pytest.approx(SPEC.labels.first_party_share, abs=0.04)
    won = told.labels["reason"] == r.REPRESENTED
    assert won.sum() / own.sum() == pytest.approx(SPEC.labels.overturned_share, abs=0.08)
    assert not told.on_fraud[won].any()
    assert (told.labels["verdict"][won] == r.CLEARED).all()


def test_a_verdict_supersedes_an_earlier_one_of_another_opinion_on_the_same_payment(told: Told) -> None:
    rows = told.labels
    at = {int(name): i for i, name in enumerate(rows["id"].tolist())}
    later = np.flatnonzero(rows["supersedes"])
    earlier = np.array([at[name] for name in rows["supersedes"][later].tolist()])
    assert len(later)
    assert (rows["payment"][later] == rows["payment"][earlier]).all()
    assert (rows["known_at"][later] > rows["known_at"][earlier]).all()
    assert ((rows["verdict"][later] == r.CLEARED) != (rows["verdict"][earlier] == r.CLEARED)).all()
    # A fraud that an analyst took for genuine, until its victim complained.
    assert (told.on_fraud & (rows["verdict"] == r.CHARGEBACK) & (rows["supersedes"] != 0)).any()


def test_chargebacks_take_weeks_with_a_tail(told: Told) -> None:
    took = days(told)[told.labels["verdict"] == r.CHARGEBACK]
    most = SPEC.labels.chargeback_most_days
    assert np.median(took) == pytest.approx(SPEC.labels.chargeback_days, rel=0.12)
    assert took.min() >= 3
    assert took.max() <= most + 1 / 1440
    assert 0.05 < (took > 60).mean() < 0.16
    assert (took > 0.9 * most).any()
    late = told.labels["known_at"] >= SPEC.end_ms
    assert late.any(), "what is known only after the span's end is told all the same"


def test_reviews_are_fast_mostly_of_genuine_payments_and_within_capacity(told: Told) -> None:
    reviewed = told.labels["reason"] == r.REVIEWED
    took = days(told)[reviewed]
    assert took.min() >= 1 / 1440
    assert took.max() <= 2 + 1 / 1440
    assert np.median(took) < 0.5
    day = (told.labels["time"][reviewed] - SPEC.start_ms) // DAY_MS
    a_day = np.bincount(day, minlength=SPEC.days)
    assert a_day.max() <= np.ceil(capacity(SPEC))
    assert a_day.sum() == pytest.approx(capacity(SPEC) * SPEC.days, rel=0.2)
    assert (~told.on_fraud[reviewed]).mean() == pytest.approx(SPEC.labels.review_good_share, abs=0.07)
    wrong = (told.labels["verdict"][reviewed] == r.CONFIRMED) != told.on_fraud[reviewed]
    assert wrong.mean() == pytest.approx(SPEC.labels.review_wrong_share, abs=0.04)


@pytest.mark.parametrize("a_day", [0.25, 3.0])
def test_no_day_has_more_reviews_than_there_is_time_for(told: Told, a_day: float) -> None:
    share = a_day * SPEC.days / (SPEC.purchases / (1 - SPEC.fraud.share))
    spec = SPEC.change(labels={"reviews_share": share})
    found = review(spec, Seeds(SEED), told.history.payments)
    day = (told.history.payments["time"][found.payment] - spec.start_ms) // DAY_MS
    upto = np.cumsum(np.bincount(day, minlength=spec.days))
    assert capacity(spec) == pytest.approx(a_day)
    assert (upto <= np.ceil(a_day * np.arange(1, spec.days + 1))).all()
    assert upto[-1] > 0.2 * a_day * spec.days


def test_one_fraud_more_changes_no_other_payments_label(told: Told) -> None:
    payments = told.history.payments
    one_ring = payments["ring"] == payments["ring"].max()
    assert one_ring.any()
    more, fewer = (
        {tuple(row) for row in labels(SPEC, Seeds(SEED), rows, NO_REVIEWS).tolist()}
        for rows in (payments, payments[~one_ring])
    )
    gone = set(payments["id"][one_ring].tolist())
    position = r.LABEL.names.index("payment") if r.LABEL.names else 0
    assert fewer == {row for row in more if row[position] not in gone}
    assert fewer < more


def test_dear_purchases_are_reviewed_and_disputed_more(told: Told) -> None:
    payments = authorised(told.history)
    genuine = payments[(payments["fraud"] == r.GENUINE) & (payments["country"] == 0)]
    usual = np.median(genuine["amount"])
    in_india = (told.of("country") == 0) & ~told.on_fraud
    for chosen in (told.labels["reason"] == r.REVIEWED, told.labels["verdict"] == r.CHARGEBACK):
        assert np.median(told.of("amount")[chosen & in_india]) > 1.1 * usual


def test_settings_at_their_ends(told: Told) -> None:
    payments = told.history.payments

    def with_(spec: WorldSpec) -> Rows:
        return labels(spec, Seeds(SEED), payments, NO_REVIEWS)

    fraud = dict(zip(payments["id"].tolist(), (payments["fraud"] != 0).tolist(), strict=True))
    nobody = with_(SPEC.change(labels={"reported_share": 0.0}))
    assert not any(fraud[name] for name in nobody["payment"].tolist())
    honest = with_(SPEC.change(labels={"first_party_share": 0.0}))
    assert all(fraud[name] for name in honest["payment"].tolist())
    approved = (payments["fraud"] != 0) & (payments["code"] == r.APPROVED)
    everybody = with_(SPEC.change(labels={"reported_share": 1.0, "first_party_share": 0.0}))
    assert len(everybody) == approved.sum()
