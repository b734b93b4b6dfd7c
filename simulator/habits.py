"""What genuine customers do: their purchases and what happens on their accounts."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.book import Book
from simulator.commons import Commons
from simulator.merchants import Merchants
from simulator.online import fill_online
from simulator.population import Population
from simulator.purchases import make_purchases
from simulator.rows import Rows
from simulator.seasons import make_calendar
from simulator.seeds import Seeds
from simulator.spec import WorldSpec
from simulator.stumbles import attempts_share, failed_attempts

_TRANSFERS = 0.12  # of purchases on an account in India, which go from the account without any card


def genuine_payments(
    spec: WorldSpec, seeds: Seeds, book: Book, people: Population, commons: Commons, merchants: Merchants
) -> tuple[Rows, NDArray[np.int64]]:
    """The authorisations of all customers (PAYMENT) and who made each (customer number); `spec.purchases` or so.

    `code` is set on attempts that fail and are repeated at once; all others are still to be answered.
    """
    wanted = spec.purchases * (1 - attempts_share(spec))
    bought = make_purchases(spec, seeds, people, merchants, make_calendar(spec, seeds), wanted)
    rows = r.blank(r.PAYMENT, len(bought.who))
    rows["id"] = seeds.ids(len(rows), "payments")
    rows["country"] = people.country[bought.who]
    for name in ("time", "merchant", "amount", "card"):
        rows[name] = getattr(bought, name)
    rows["currency"] = merchants.country[bought.merchant]
    rows["channel"] = np.where(bought.online, r.ECOMMERCE, r.CARD_PRESENT)
    fill_online(spec, seeds, book, people, commons, merchants, bought, rows)
    draw = seeds.rng("purchases", "transfers").random(len(rows))
    transfer = (rows["account"] >= 0) & (rows["country"] == 0) & ~bought.recurring & (draw < _TRANSFERS)
    rows["channel"][transfer] = r.TRANSFER
    rows["card"][transfer] = -1
    failed = failed_attempts(spec, seeds, rows)
    return np.concatenate([rows, failed.rows]), np.concatenate([bought.who, bought.who[failed.of]])
