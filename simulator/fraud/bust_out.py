# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""A customer who never means to pay: weeks of good behaviour, then to the limit within days. No link shows it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import rows as r
from simulator.fraud.scene import DAILY, RESALE, Persona, Scene, Traces
from simulator.rows import Rows
from simulator.spec import DAY_MS
from simulator.spelling import CASUAL

PAYMENTS = 6.0  # to the limit, mean
WITHIN_DAYS = 3.5
SPEND = (0.70, 0.5)
INVENTED = 0.5  # of those who do it are made up; the others are customers
BEHAVES_DAYS = (21.0, 90.0)  # of a made-up person, before
BUYS_A_DAY = 0.15
RESALE_SHARE = 0.65


@dataclass(frozen=True, slots=True)
class _Debtor:
    """Who does it, in `Book` numbers; `home` are texts, `begin` epoch ms of the first payment not made good."""

    persona: Persona
    country: int
    home: tuple[int, ...]
    begin: float


def make_bust_out(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one bust-out."""
    concern = ("bust-out", str(number))
    rng, traces = scene.seeds.rng(*concern), Traces()
    debtor = _invented(scene, rng, traces, concern) if rng.random() < INVENTED else _customer(scene, rng)
    for _ in range(1 + int(rng.poisson(PAYMENTS - 1))):
        time = scene.moment(rng, debtor.country, debtor.begin + rng.exponential(WITHIN_DAYS / 2) * DAY_MS)
        goods = RESALE if rng.random() < RESALE_SHARE else DAILY
        row = _buy(
            scene, rng, debtor, time, goods, float(np.exp(SPEND[0] + SPEND[1] * rng.standard_normal()))
        )
        traces.payments.append({**row, "fraud": r.BUST_OUT})
    return traces.rows(scene, *concern)


def _customer(scene: Scene, rng: np.random.Generator) -> _Debtor:
    """A real customer, who has bought and paid for a while."""
    people, who = scene.people, scene.shopper(rng)
    persona = Persona(
        int(people.card[who]), int(people.account[who]), int(people.device[who]), int(people.email[who]),
        int(people.phone[who]), int(people.home_ip[who]),
    )  # fmt: skip
    return _Debtor(persona, int(people.country[who]), tuple(people.home[who].tolist()), scene.begin(rng, who))


def _invented(scene: Scene, rng: np.random.Generator, traces: Traces, concern: tuple[str, ...]) -> _Debtor:
    """A made-up person, whose account opens and behaves for weeks."""
    spec, country = scene.spec, scene.country(rng)
    (persona,) = scene.personas(1, country, *concern)
    home = scene.texts(np.repeat(scene.home(rng, country), 3), CASUAL, *concern)
    begin = spec.start_ms + rng.uniform(0.1, 0.98) * spec.days * DAY_MS
    days = rng.uniform(*BEHAVES_DAYS)
    debtor = _Debtor(persona, country, tuple(home), begin)
    opened = begin - days * DAY_MS
    traces.events.append(
        {"kind": r.OPENED, "time": int(opened), "account": persona.account, "device": persona.device,
         "email": persona.email, "ip": persona.ip}
    )  # fmt: skip
    for _ in range(int(rng.poisson(days * BUYS_A_DAY))):
        time = scene.moment(rng, country, opened + rng.random() * days * DAY_MS)
        if opened < time < begin:
            row = _buy(scene, rng, debtor, time, DAILY, float(np.exp(0.35 * rng.standard_normal())))
            traces.payments.append(row)
    return debtor


def _buy(
    scene: Scene, rng: np.random.Generator, debtor: _Debtor, time: float, goods: tuple[str, ...], spend: float
) -> dict[str, Any]:
    persona, home = debtor.persona, debtor.home
    row = scene.purchase(rng, debtor.country, time, goods, spend)
    row.update(
        card=persona.card, account=persona.account, email=persona.email, device=persona.device,
        phone=persona.phone if rng.random() < 0.85 else -1,
        ip=scene.ip(rng, debtor.country, persona.ip) if rng.random() < 0.5 else persona.ip,
        bill=home[0], ship=home[int(rng.integers(len(home)))],
    )  # fmt: skip
    scene.transfer(rng, row)
    return row
