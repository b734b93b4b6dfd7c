"""A customer's card in other hands: a few payments within days."""

from typing import Any

import numpy as np

from simulator import rows as r
from simulator.clock import HOUR_MS, MINUTE_MS
from simulator.fraud.scene import Scene, Traces
from simulator.fraud.thief import SPEND, make_thief, our_customer, steal, stranger
from simulator.rows import Rows
from simulator.spec import DAY_MS

STRANGERS = 0.25  # of stolen cards, whose owners have never bought from us
MORE = 1.3  # further payments behind the first, mean
HOURS_BETWEEN = 5.0
# Where tills are seen: cards lost or picked from a pocket, and used at tills until they are blocked.
AT_TILL = 0.45
TILL_MORE = 2.0
TILL_MINUTES = 50.0
TILL_GOODS = ("grocery", "electronics", "fashion", "jewellery", "pharmacy")


def make_stolen(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one stolen card."""
    concern = ("stolen", str(number))
    rng, traces, spec = scene.seeds.rng(*concern), Traces(), scene.spec
    if spec.card_present and rng.random() < AT_TILL:
        who = scene.shopper(rng)
        at, card = int(scene.people.country[who]), int(scene.people.card[who])
        traces.payments.extend(_at_tills(scene, rng, at, card, scene.begin(rng, who)))
        return traces.rows(scene, *concern)
    if rng.random() < STRANGERS:
        victim = stranger(scene, rng, scene.country(rng), *concern)
        time = float(spec.start_ms + rng.random() * spec.days * DAY_MS)
    else:
        who = scene.shopper(rng)
        victim = our_customer(scene, who, int(scene.people.card[who]))
        time = scene.begin(rng, who)
    thief = make_thief(scene, rng, victim.country, *concern)
    for _ in range(1 + int(rng.poisson(MORE))):
        traces.payments.append(steal(scene, rng, thief, victim, time, r.STOLEN))
        time += rng.exponential(HOURS_BETWEEN) * HOUR_MS
    return traces.rows(scene, *concern)


def _at_tills(
    scene: Scene, rng: np.random.Generator, country: int, card: int, time: float
) -> list[dict[str, Any]]:
    """A round through shops with the card itself: nothing but card, shop and amount is seen of it."""
    paid = []
    for _ in range(1 + int(rng.poisson(TILL_MORE))):
        spend = float(np.exp(SPEND[0] + SPEND[1] * rng.standard_normal()))
        row = scene.purchase(rng, country, time, TILL_GOODS, spend)
        paid.append({**row, "channel": r.CARD_PRESENT, "card": card, "fraud": r.STOLEN})
        time += rng.exponential(TILL_MINUTES) * MINUTE_MS
    return paid
