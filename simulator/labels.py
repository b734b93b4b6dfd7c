"""What becomes known of payments, late and not always: reviews' verdicts, chargebacks, disputes that are won back."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.chance import Floats, Numbers, derived, normal, uniform
from simulator.outcomes import decline_rate
from simulator.rows import Rows
from simulator.screening import Reviews, reviewed_share
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]

MINUTE_MS = 60_000
FEWEST_DAYS = 3.0  # from a purchase to its chargeback: after any review
LATE_SPAN = 0.4  # delays beyond the longest are spread over this last share of it
CHARGED_ALL_THE_SAME = 0.3  # of frauds that a review has confirmed, for nobody told the issuer
NOT_RECEIVED_SHARE = 0.45  # of first-party disputes that say so; the others claim a stranger
DISPUTERS = 1.0  # log-normal spread between cards of how prone their holders are to dispute
DEAR_POWER = 0.3  # dear purchases are disputed more: the chance grows with the amount to this power
WON_AFTER_DAYS = (10.0, 30.0)  # from a chargeback to the verdict that overturns it


def labels(spec: WorldSpec, seeds: Seeds, payments: Rows, reviews: Reviews) -> Rows:
    """LABEL rows, with `known_at` after the span's end where a dispute takes that long.

    A declined payment moved no money and is never charged back; a verdict that contradicts an earlier one on the
    same payment supersedes it.
    """
    verdicts = _reviewed(seeds, payments, reviews)
    confirmed = np.zeros(len(payments), np.bool_)
    confirmed[reviews.payment[reviews.fraud]] = True
    cleared = np.zeros(len(payments), np.uint64)  # the label that cleared it
    cleared[reviews.payment[~reviews.fraud]] = verdicts["id"][~reviews.fraud]
    approved = (payments["kind"] == 0) & (payments["code"] == r.APPROVED)
    frauds = np.flatnonzero(approved & (payments["fraud"] != 0))
    disputes = np.flatnonzero(approved & (payments["fraud"] == 0) & ~confirmed)
    frauds = frauds[_reported(spec, seeds, payments["id"][frauds], confirmed[frauds])]
    disputes = disputes[_disputed(spec, seeds, payments[disputes])]
    charged = _charged(spec, seeds, payments, np.concatenate([frauds, disputes]), cleared)
    overturned = len(frauds) + np.flatnonzero(
        uniform(seeds, payments["id"][disputes], "overturned") < spec.labels.overturned_share
    )
    return r.join(r.LABEL, [verdicts, charged, _won(seeds, charged[overturned])])


def first_party_disputes(spec: WorldSpec) -> float:
    """Genuine purchases to expect that their own customers dispute, so that these are their share of all disputes."""
    labels = spec.labels
    _, reviewed = reviewed_share(spec)
    stopped = reviewed * (1 - labels.review_wrong_share) * (1 - CHARGED_ALL_THE_SAME)
    approved = sum(
        spec.frauds(name) * (1 - decline_rate(spec, kind)) for kind, name in enumerate(r.FRAUDS) if name
    )
    share = min(labels.first_party_share, 0.999)
    return approved * labels.reported_share * (1 - stopped) * share / (1 - share)


def _reviewed(seeds: Seeds, payments: Rows, reviews: Reviews) -> Rows:
    rows = _blank(seeds, payments, reviews.payment, "review")
    ids = payments["id"][reviews.payment]
    rows["known_at"] = reviews.known_at
    rows["verdict"] = np.where(reviews.fraud, r.CONFIRMED, r.CLEARED)
    rows["reason"] = r.REVIEWED
    analysts = len(r.ACTORS) - r.FIRST_ANALYST
    rows["actor"] = r.FIRST_ANALYST + (uniform(seeds, ids, "analyst") * analysts).astype(np.int8)
    return rows


def _reported(spec: WorldSpec, seeds: Seeds, ids: Numbers, confirmed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which approved frauds end in a chargeback."""
    known = uniform(seeds, ids, "reported") < spec.labels.reported_share
    told = ~confirmed | (uniform(seeds, ids, "charged-all-the-same") < CHARGED_ALL_THE_SAME)
    return known & told


def _disputed(spec: WorldSpec, seeds: Seeds, payments: Rows) -> NDArray[np.bool_]:
    """Which genuine purchases, made online, their own customers dispute."""
    holder = np.where(payments["card"] >= 0, payments["card"], payments["account"]).astype(np.uint64)
    usual = np.where(payments["currency"] == 0, 100_000.0, 5_000.0)  # 1,000 INR, 50 USD
    prone = np.exp(DISPUTERS * normal(seeds, holder, "disputer")) * (payments["amount"] / usual) ** DEAR_POWER
    prone[payments["channel"] == r.CARD_PRESENT] = 0.0
    chance = first_party_disputes(spec) * prone / max(float(prone.sum()), 1e-9)
    disputed: NDArray[np.bool_] = uniform(seeds, payments["id"], "disputed") < chance
    return disputed


def _charged(spec: WorldSpec, seeds: Seeds, payments: Rows, at: Ints, cleared: Numbers) -> Rows:
    """Chargebacks of these payments."""
    rows, labels = _blank(seeds, payments, at, "chargeback"), spec.labels
    ids, fraud = payments["id"][at], payments["fraud"][at]
    days = labels.chargeback_days * np.exp(labels.chargeback_spread * normal(seeds, ids, "chargeback-days"))
    most = labels.chargeback_most_days
    late = most * (1 - LATE_SPAN * uniform(seeds, ids, "chargeback-late"))
    days = np.maximum(np.where(days > most, late, days), min(FEWEST_DAYS, most))
    rows["known_at"] += _whole_minutes(seeds, ids, days, "chargeback-second")
    rows["verdict"], rows["actor"] = r.CHARGEBACK, r.DISPUTE_DESK
    missing = (fraud == 0) & (uniform(seeds, ids, "not-received") < NOT_RECEIVED_SHARE)
    rows["reason"] = np.select(
        [missing, fraud == r.TAKEOVER], [r.NOT_RECEIVED, r.ACCOUNT_TAKEN], r.ABSENT_CARD
    )
    rows["supersedes"] = cleared[at]
    return rows


def _won(seeds: Seeds, lost: Rows) -> Rows:
    """The verdicts that overturn these chargebacks."""
    rows = lost.copy()
    low, high = WON_AFTER_DAYS
    days = low + (high - low) * uniform(seeds, lost["id"], "won-days")
    rows["id"] = derived(seeds, lost["id"], "won")
    rows["known_at"] += _whole_minutes(seeds, lost["id"], days, "won-second")
    rows["verdict"], rows["reason"] = r.CLEARED, r.REPRESENTED
    rows["supersedes"] = lost["id"]
    return rows


def _blank(seeds: Seeds, payments: Rows, at: Ints, purpose: str) -> Rows:
    """LABEL rows of these payments, known at once."""
    rows = r.blank(r.LABEL, len(at))
    rows["id"] = derived(seeds, payments["id"][at], "labels", purpose)
    rows["payment"] = payments["id"][at]
    rows["time"] = rows["known_at"] = payments["time"][at]
    return rows


def _whole_minutes(seeds: Seeds, ids: Numbers, days: Floats, purpose: str) -> Ints:
    """Milliseconds: whole minutes and some, for `days` may differ in the last bit (`chance.normal`)."""
    minutes = np.floor(days * (DAY_MS // MINUTE_MS)).astype(np.int64)
    some: Ints = minutes * MINUTE_MS + (MINUTE_MS * uniform(seeds, ids, purpose)).astype(np.int64)
    return some
