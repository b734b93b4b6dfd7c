"""After a decline: fraudsters try again, some of them with another card or device."""

import numpy as np

from simulator import rows as r
from simulator.book import Book
from simulator.chance import derived, exponential, uniform
from simulator.clock import MINUTE_MS
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import WorldSpec

MINUTES = 12.0
CARD_RATHER = 0.6  # of those who rotate change the card, the others the device


def retries(spec: WorldSpec, seeds: Seeds, book: Book, payments: Rows) -> Rows:
    """PAYMENT rows that follow on declined frauds, still to be answered; none where `fraud.retry_share` is 0."""
    fraud = (payments["fraud"] != r.GENUINE) & (
        payments["fraud"] != r.TESTING
    )  # a bot tries the next card anyway
    declined = payments[fraud & (payments["code"] != r.APPROVED)]
    ids = declined["id"]
    chosen = uniform(seeds, ids, "retries") < spec.fraud.retry_share
    rows, ids = declined[chosen].copy(), ids[chosen]
    rows["id"] = derived(seeds, ids, "retry")
    rows["time"] += ((1 + MINUTES * exponential(seeds, ids, "retry-after")) * MINUTE_MS).astype(np.int64)
    rows["code"] = r.APPROVED
    rotates = uniform(seeds, ids, "rotates") < spec.fraud.rotate_share
    card = rotates & (uniform(seeds, ids, "rotates-what") < CARD_RATHER) & (rows["card"] >= 0)
    device = rotates & ~card & (rows["device"] >= 0)
    # One by one: what one fraudster turns to must not depend on how many others do.
    for at in np.flatnonzero(card).tolist():
        rows["card"][at] = book.add_cards(rows["country"][at : at + 1], "retry", str(ids[at]))[0]
    for at in np.flatnonzero(device).tolist():
        rows["device"][at] = book.add_devices(1, "retry", str(ids[at]))[0]
    inside: Rows = rows[rows["time"] < spec.end_ms]
    return inside
