"""Issuers' answers to payments, and the checks they report: no answer gives a fraud away."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.chance import derived, exponential, uniform
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import WorldSpec
from simulator.stumbles import attempts_share

# How often each kind of fraud is declined beside the others; `labels.decline_share` is the mean over the mix.
TILT = {
    "ring": 0.8, "card_testing": 2.6, "stolen_card": 1.0, "takeover": 0.7, "compromised_merchant": 1.0,
    "bust_out": 0.6,
}  # fmt: skip
MOST_DECLINED = 0.9
# What declines say, as shares of them in the order of `rows.CODES` without the approval: want of money, do not
# honour, no such card, wrong CVV, suspected fraud, over the limit.
GENUINE_CODES = (0.46, 0.32, 0.02, 0.06, 0.05, 0.09)
FRAUD_CODES = {
    r.RING: (0.35, 0.30, 0.02, 0.08, 0.15, 0.10),
    r.TESTING: (0.15, 0.30, 0.25, 0.25, 0.03, 0.02),
    r.STOLEN: (0.25, 0.30, 0.05, 0.18, 0.15, 0.07),
    r.TAKEOVER: (0.40, 0.20, 0.01, 0.07, 0.20, 0.12),
    r.COMPROMISED: (0.30, 0.28, 0.08, 0.12, 0.15, 0.07),
    r.BUST_OUT: (0.35, 0.08, 0.00, 0.02, 0.05, 0.50),
}
# Payments in the US whose address check fails: thieves do not always know where their victim lives.
AVS_FAILS = {r.STOLEN: 0.12, r.COMPROMISED: 0.12, r.TESTING: 0.20}
AVS_FAILS_OTHERS = 0.02


def decline_rate(spec: WorldSpec, kind: int) -> float:
    """Chance that a fraudulent payment of a kind (`rows.FRAUDS`) is declined."""
    mean = sum(share * TILT[name] for name, share in spec.fraud.mix.items())
    name = r.FRAUDS[kind]
    return min(MOST_DECLINED, spec.labels.decline_share * TILT[name] / mean) if name else 0.0


def answer(spec: WorldSpec, seeds: Seeds, payments: Rows) -> None:
    """Fill `code` of PAYMENT rows. A decline stands for the issuer's or for the screening's before ringwatch.

    A code that is set already stays: that attempt failed and was repeated.
    """
    ids, fraud = payments["id"], payments["fraud"]
    before = attempts_share(spec)  # of genuine payments, that have failed already
    chance = np.full(len(r.FRAUDS), max(0.0, (spec.labels.decline_good_share - before) / (1 - before)))
    chance[1:] = [decline_rate(spec, kind) for kind in range(1, len(r.FRAUDS))]
    unanswered = payments["code"] == r.APPROVED
    declined = np.flatnonzero(unanswered & (uniform(seeds, ids, "declined") < chance[fraud]))
    which = uniform(seeds, ids[declined], "decline-code")
    shares = np.array([GENUINE_CODES, *(FRAUD_CODES[kind] for kind in range(1, len(r.FRAUDS)))])
    upto = np.cumsum(shares, axis=1)[fraud[declined]]
    code = 1 + np.minimum((which[:, None] >= upto).sum(axis=1), len(r.CODES) - 2)
    payments["code"][declined] = code


def outcomes(spec: WorldSpec, seeds: Seeds, payments: Rows) -> Rows:
    """OUTCOME rows of the authorisations among `payments`, in the world's span; `payment` counts rows.

    Declines always come back, approvals in `approval_share` of cases; a wrong CVV is reported beside its decline.
    """
    at = np.flatnonzero(payments["kind"] == 0)
    ids, code, online = (payments[name][at] for name in ("id", "code", "channel"))
    fails = np.full(len(r.FRAUDS), AVS_FAILS_OTHERS)
    for kind, share in AVS_FAILS.items():
        fails[kind] = share
    checked = (online == r.ECOMMERCE) & (payments["country"][at] == 1)
    avs = checked & (uniform(seeds, ids, "avs") < fails[payments["fraud"][at]])
    heard = (code != r.APPROVED) | (uniform(seeds, ids, "heard") < spec.labels.approval_share)
    blocks = [
        _rows(seeds, payments, at[chosen], kind)
        for kind, chosen in ((r.ISSUER, heard), (r.CVV, code == r.CVV_WRONG), (r.AVS, avs))
    ]
    found = r.join(r.OUTCOME, blocks)
    return found[found["time"] < spec.end_ms]


def _rows(seeds: Seeds, payments: Rows, at: NDArray[np.int64], kind: int) -> Rows:
    ids = payments["id"][at]
    rows = r.blank(r.OUTCOME, len(at))
    rows["id"] = derived(seeds, ids, "outcomes", str(kind))
    rows["time"] = (
        payments["time"][at] + 300 + kind + (900 * exponential(seeds, ids, "answer")).astype(np.int64)
    )
    rows["payment"] = at
    rows["kind"] = kind
    rows["code"] = payments["code"][at]
    return rows
