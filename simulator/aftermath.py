# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What comes back: issuers' answers and checks, chargebacks, analysts' verdicts. Every block has its own randomness."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.population import Ints
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

REASONS = (
    "fraud-card-absent",
    "fraud-account-takeover",
    "goods-not-received",
    "analyst-review",
    "representment-won",
)
_ABSENT_CARD, _ACCOUNT, _NOT_RECEIVED, _REVIEW, _REPRESENTED = range(5)
ACTORS = ("dispute-desk", "issuer-feed", "analyst-01", "analyst-02", "analyst-03", "analyst-04")
SOURCES = ("network", "issuer", "analyst", "analyst", "analyst", "analyst")  # of each actor
_DESK, _FEED, _FIRST_ANALYST = 0, 1, 2

_FRIENDLY = 0.0006  # genuine purchases that customers dispute all the same
_CLEARED = 0.004  # genuine purchases that were looked at and cleared


def outcomes(spec: WorldSpec, seeds: Seeds, payments: Rows, first: int, concern: str) -> Rows:
    """OUTCOME rows of authorisations; `payment` counts from `first`.

    Declines always come back, approvals in `approval_share` of cases; a wrong CVV is reported beside its decline,
    and half of online frauds with a stolen card in the US fail the address check.
    """
    rng = seeds.rng("outcomes", concern)
    n = len(payments)
    draw = rng.random((2, n))
    delay = 300 + rng.exponential(900.0, n)
    code = payments["code"]
    online = payments["channel"] == r.ECOMMERCE
    avs = (
        online & (payments["country"] == 1) & (draw[1] < np.where(payments["fraud"] == r.STOLEN, 0.3, 0.015))
    )
    blocks = []
    for kind, chosen, wait in (
        (r.ISSUER, (code != r.APPROVED) | (draw[0] < spec.approval_share), delay),
        (r.CVV, code == r.CVV_WRONG, delay + 1),
        (r.AVS, avs, delay + 2),
    ):
        which = np.flatnonzero(chosen)
        rows = r.blank(r.OUTCOME, len(which))
        rows["id"] = seeds.ids(len(which), "outcomes", concern, str(kind))
        rows["time"] = payments["time"][which] + wait[which].astype(np.int64)
        rows["payment"] = first + which
        rows["kind"] = kind
        rows["code"] = code[which]
        blocks.append(rows)
    return r.join(r.OUTCOME, blocks)


def fraud_labels(spec: WorldSpec, seeds: Seeds, payments: Rows, concern: str) -> Rows:
    """LABEL rows of fraudulent `payments`: confirmed within 1..3 days, charged back after 5..45 days, or never known.

    A declined fraud moves no money and is never charged back; issuers confirm some. Half of what analysts
    confirm is charged back as well.
    """
    rng = seeds.rng("labels", concern)
    n = len(payments)
    draw = rng.random((2, n))
    soon = (1 + 2 * rng.random(n)) * DAY_MS
    late = np.clip(np.exp(2.75 + 0.55 * rng.standard_normal(n)), 5, 45) * DAY_MS
    analyst = rng.integers(_FIRST_ANALYST, len(ACTORS), n)
    declined = payments["code"] != r.APPROVED
    known = draw[0] >= np.where(declined, 1 - (1 - spec.unreported_share) / 2, spec.unreported_share)
    confirmed = known & (declined | (draw[0] >= 1 - spec.confirmed_share))
    charged = known & ~declined & (~confirmed | (draw[1] < 0.5))
    reason = np.where(payments["fraud"] == r.TAKEOVER, _ACCOUNT, _ABSENT_CARD)
    by = np.where(declined & (draw[1] < 0.6), _FEED, analyst)
    blocks = []
    for verdict, chosen, wait, why, actor in (
        (r.CONFIRMED, confirmed, soon, np.where(by == _FEED, reason, _REVIEW), by),
        (r.CHARGEBACK, charged, late, reason, np.full(n, _DESK)),
    ):
        which = np.flatnonzero(chosen)
        blocks.append(_labels(seeds, payments, which, verdict, wait, why, actor, concern))
    return r.join(r.LABEL, blocks)


def genuine_labels(seeds: Seeds, payments: Rows, concern: str) -> Rows:
    """LABEL rows of genuine `payments`: some are looked at and cleared, a few are disputed all the same.

    Half of these disputes are won later: a verdict that clears them supersedes the chargeback.
    """
    rng = seeds.rng("labels", concern)
    n = len(payments)
    draw = rng.random((2, n))
    soon = (0.2 + rng.exponential(1.0, n)) * DAY_MS
    late = np.clip(np.exp(3.0 + 0.5 * rng.standard_normal(n)), 5, 45) * DAY_MS
    won = late + (10 + 20 * rng.random(n)) * DAY_MS
    analyst = rng.integers(_FIRST_ANALYST, len(ACTORS), n)
    online = (payments["channel"] == r.ECOMMERCE) & (payments["kind"] == 0)
    dear = payments["amount"] > np.where(payments["country"] == 0, 150_000, 8_000)  # 1,500 INR, 80 USD
    cleared = np.flatnonzero(online & (draw[0] < _CLEARED * np.where(dear, 1.5, 0.5)))
    disputed = np.flatnonzero(online & (payments["code"] == r.APPROVED) & (draw[0] > 1 - _FRIENDLY))
    lost = _labels(seeds, payments, disputed, r.CHARGEBACK, late, np.where(draw[1] < 0.5, _ABSENT_CARD, _NOT_RECEIVED),
                   np.full(n, _DESK), concern)  # fmt: skip
    overturned = draw[1][disputed] < 0.5
    again = _labels(seeds, payments, disputed[overturned], r.CLEARED, won, np.full(n, _REPRESENTED),
                    np.full(n, _DESK), f"{concern}-won")  # fmt: skip
    again["supersedes"] = lost["id"][overturned]
    seen = _labels(seeds, payments, cleared, r.CLEARED, soon, np.full(n, _REVIEW), analyst, concern)
    return r.join(r.LABEL, [lost, again, seen])


def _labels(
    seeds: Seeds, payments: Rows, which: Ints, verdict: int, wait: NDArray[np.float64],
    reason: Ints, actor: Ints, concern: str,
) -> Rows:  # fmt: skip
    rows = r.blank(r.LABEL, len(which))
    rows["id"] = seeds.ids(len(which), "labels", concern, str(verdict))
    rows["payment"] = payments["id"][which]
    rows["time"] = payments["time"][which]
    rows["known_at"] = rows["time"] + wait[which].astype(np.int64)
    rows["verdict"], rows["reason"], rows["actor"] = verdict, reason[which], actor[which]
    return rows
