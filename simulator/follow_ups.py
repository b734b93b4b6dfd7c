# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What follows on an approved purchase: captures, refunds, reversals."""

import numpy as np

from simulator import rows as r
from simulator.chance import derived, exponential, uniform
from simulator.clock import HOUR_MS, MINUTE_MS
from simulator.merchants import CATEGORIES, Merchants
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec


def follow_ups(spec: WorldSpec, seeds: Seeds, payments: Rows, merchants: Merchants) -> Rows:
    """PAYMENT rows that carry the entities of the approved authorisations among `payments`.

    What follows on a payment depends on its id alone, so that one more payment changes nothing for the others.
    """
    payments = payments[(payments["kind"] == 0) & (payments["code"] == r.APPROVED)]
    ids = payments["id"]
    category = merchants.category[payments["merchant"]]
    captures = np.array([c.captures for c in CATEGORIES])[category]
    refunds = uniform(seeds, ids, "refunds") < np.array([c.refunds for c in CATEGORIES])[category]
    reverses = ~captures & (uniform(seeds, ids, "reverses") < 0.003)
    delay = exponential(seeds, ids, "follows-after")
    part = np.where(uniform(seeds, ids, "partly") < 0.3, 0.2 + 0.7 * uniform(seeds, ids, "part"), 1.0)
    whole = np.ones(len(ids))
    blocks = []
    for kind, chosen, wait, share in (
        (r.CAPTURE, captures, 6 * HOUR_MS + delay * DAY_MS, whole),
        (r.REFUND, refunds, 2 * DAY_MS + 5 * delay * DAY_MS, part),
        (r.REVERSAL, reverses, MINUTE_MS + 8 * delay * MINUTE_MS, whole),
    ):
        which = np.flatnonzero(chosen)
        rows = payments[which].copy()
        rows["kind"] = kind
        rows["parent"] = rows["id"]
        rows["id"] = derived(seeds, rows["id"], "follow-ups", str(kind))
        rows["time"] += wait[which].astype(np.int64)
        rows["amount"] = np.maximum(1, rows["amount"] * share[which]).astype(np.int64)
        blocks.append(rows[rows["time"] < spec.end_ms])
    return r.join(r.PAYMENT, blocks)
