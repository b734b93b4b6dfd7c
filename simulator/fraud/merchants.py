"""A merchant whose customers' cards leak: each is used elsewhere, weeks later, by whoever has bought it."""

import numpy as np

from simulator import rows as r
from simulator.clock import HOUR_MS
from simulator.fraud.scene import Scene, Traces
from simulator.fraud.thief import make_thief, our_customer, steal
from simulator.population import Ints
from simulator.rows import Rows
from simulator.spec import DAY_MS

LEAK_DAYS = (3.0, 20.0)
CARDS = (4, 25)  # sold of those that paid there meanwhile
SOLD_AFTER_DAYS = 6.0
USED_WITHIN_DAYS = 12.0  # mean, from the sale to the first payment
CARDS_A_BUYER = 2.0
HOURS_BETWEEN = 5.0
MORE = 1.0


def make_compromised(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one leak."""
    concern = ("compromised", str(number))
    rng, traces = scene.seeds.rng(*concern), Traces()
    bought = scene.bought
    leaked = rng.permutation(_paid_there(scene, rng))[: int(rng.integers(CARDS[0], CARDS[1] + 1))]
    thief, left, country = None, 0, -1
    for k, payment in enumerate(leaked.tolist()):
        victim = our_customer(scene, int(scene.who[payment]), int(bought["card"][payment]))
        if thief is None or left == 0 or victim.country != country:
            country = victim.country
            thief = make_thief(scene, rng, country, *concern, str(k))
            left = 1 + int(rng.poisson(CARDS_A_BUYER - 1))
        left -= 1
        wait = SOLD_AFTER_DAYS + rng.exponential(USED_WITHIN_DAYS)
        time = float(scene.moment(rng, country, float(bought["time"][payment]) + wait * DAY_MS))
        for _ in range(1 + int(rng.poisson(MORE))):
            traces.payments.append(steal(scene, rng, thief, victim, time, r.COMPROMISED))
            time += rng.exponential(HOURS_BETWEEN) * HOUR_MS
    return traces.rows(scene, *concern)


def _paid_there(scene: Scene, rng: np.random.Generator) -> Ints:
    """Genuine payments by card at one merchant while its payment page leaked."""
    bought, spec = scene.bought, scene.spec
    at = int(bought["merchant"][int(rng.integers(len(bought)))])  # big ones are hit more often
    begin = spec.start_ms + rng.uniform(0.0, 0.9) * spec.days * DAY_MS
    end = begin + rng.uniform(*LEAK_DAYS) * DAY_MS
    there = (
        (bought["merchant"] == at)
        & (bought["card"] >= 0)
        & (bought["time"] >= begin)
        & (bought["time"] < end)
    )
    found = np.flatnonzero(there)
    _, first = np.unique(bought["card"][found], return_index=True)
    return found[first]
