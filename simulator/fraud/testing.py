# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Bursts of small payments that try cards out: a bot at a merchant or two, for minutes to hours."""

import numpy as np

from simulator import rows as r
from simulator.clock import MINUTE_MS
from simulator.fraud.scene import Scene, Traces
from simulator.rows import Rows
from simulator.spec import DAY_MS
from simulator.spelling import CASUAL

CARDS = (6, 28)
AT = ("digital", "donation", "restaurant")
MINUTES_BETWEEN = 1.5
PAUSE = (0.10, 40.0)  # how often the bot pauses, and for how many minutes
ROTATES = 0.40  # bots with another device and address each time; the others have a few for all
OUR_CARDS = 0.4  # of the cards are our customers'
SIGNS_UP = 0.35  # of a bot's payments are made on an account, opened for it; the others as a guest
SAME_EMAIL = 0.3  # ... and are made in the machine's e-mail address, not in one of their own
ABROAD = 0.25  # of bursts hit shops in the other country than the cards
SPEND = (-0.9, 0.6)  # of the logarithm of what is paid beside a usual price


def make_testing(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one burst."""
    concern = ("testing", str(number))
    rng, traces, spec = scene.seeds.rng(*concern), Traces(), scene.spec
    country = scene.country(rng)
    bots = scene.personas(int(rng.integers(CARDS[0], CARDS[1] + 1)), country, *concern)
    time = spec.start_ms + rng.uniform(0.02, 0.98) * spec.days * DAY_MS
    where = 1 - country if rng.random() < ABROAD else country
    targets = scene.merchants.draw(where, rng.random(2), *AT, online=True).astype(np.int64)
    rotates = rng.random() < ROTATES
    for k, bot in enumerate(bots):
        pause = PAUSE[1] if rng.random() < PAUSE[0] else MINUTES_BETWEEN
        time += rng.exponential(pause) * MINUTE_MS
        machine = bot if rotates else bots[k % 3]
        victim = scene.shopper(rng, country) if rng.random() < OUR_CARDS else -1
        if victim >= 0:
            card, home = int(scene.people.card[victim]), int(scene.people.home[victim, 0])
        else:
            card, (home,) = bot.card, scene.texts(scene.home(rng, country), CASUAL, *concern, str(k))
        merchant = targets[int(rng.random() < 0.3)]
        spend = np.exp(SPEND[0] + SPEND[1] * rng.standard_normal(1))
        traces.payments.append(
            {
                "time": int(time), "country": country, "channel": r.ECOMMERCE, "merchant": int(merchant),
                "amount": int(scene.merchants.prices(np.array([merchant]), spend, rng)[0]), "card": card,
                "device": machine.device, "email": machine.email if rng.random() < SAME_EMAIL else bot.email,
                "account": bot.account if rng.random() < SIGNS_UP else -1,
                "phone": bot.phone if rng.random() < 0.7 else -1, "ip": scene.ip(rng, country, machine.ip),
                "bill": home, "ship": home, "fraud": r.TESTING,
            }
        )  # fmt: skip
    return traces.rows(scene, *concern)
