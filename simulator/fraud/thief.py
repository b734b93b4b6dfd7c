# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""A stranger who buys with somebody's card: how much of it shows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.fraud.scene import DAILY, INTANGIBLE, RESALE, Persona, Scene
from simulator.spelling import CASUAL

GOODS = ((RESALE, 0.45), (INTANGIBLE, 0.25), (DAILY, 0.30))
SPEND = (0.45, 0.55)  # mean and spread of the logarithm of what a thief spends beside a customer
GUEST = 0.35  # buys without an account
OWN_EMAIL = 0.20  # gives the victim's e-mail address and phone number
TO_VICTIM = 0.22  # ships to the victim's own address, to intercept the parcel
TO_POINT = 0.15  # ... to a parcel locker or forwarder
TO_HOUSEHOLD = 0.20  # ... to a household that passes parcels on for a fee
BILLS_VICTIM = 0.75
ABROAD = 0.20  # of what is bought with stolen card data, at a shop in the other country
USED_DEVICE = 0.20  # works on a device that customers use, bought second-hand or rented with its profile


@dataclass(frozen=True, slots=True)
class Thief:
    """Who buys with the victim's card, from which device, with whose address book."""

    persona: Persona
    device: int
    elsewhere: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Victim:
    """Whose card it is, in `Book` numbers; `home` is a text."""

    country: int
    card: int
    email: int
    phone: int
    home: int


def make_thief(scene: Scene, rng: np.random.Generator, country: int, *concern: str) -> Thief:
    (persona,) = scene.personas(1, country, *concern)
    device = persona.device
    if rng.random() < USED_DEVICE:
        device = int(scene.people.device[scene.customer(rng, country)])
    draw = rng.random()
    if draw < TO_POINT:
        elsewhere = scene.parcel_point(rng, country)
    elif draw < TO_POINT + TO_HOUSEHOLD:
        elsewhere = scene.people.home[scene.customer(rng, country)].tolist()
    else:
        home = scene.home(rng, country)
        elsewhere = scene.texts(np.repeat(home, 2), CASUAL, *concern)
    return Thief(persona, device, tuple(elsewhere))


def goods_of(rng: np.random.Generator) -> tuple[str, ...]:
    """What a crook buys."""
    draw, upto = rng.random(), 0.0
    for goods, share in GOODS:
        upto += share
        if draw < upto:
            return goods
    return GOODS[-1][0]


def our_customer(scene: Scene, who: int, card: int) -> Victim:
    """A customer by number, robbed of this card."""
    people = scene.people
    return Victim(
        int(people.country[who]),
        card,
        int(people.email[who]),
        int(people.phone[who]),
        int(people.home[who, 0]),
    )


def stranger(scene: Scene, rng: np.random.Generator, country: int, *concern: str) -> Victim:
    """Somebody who has never bought from us."""
    (persona,) = scene.personas(1, country, *concern, "victim")
    (home,) = scene.texts(scene.home(rng, country), CASUAL, *concern, "victim")
    return Victim(country, persona.card, persona.email, persona.phone, home)


def steal(
    scene: Scene, rng: np.random.Generator, thief: Thief, victim: Victim, time: float, fraud: int
) -> dict[str, Any]:
    """One payment with the victim's card."""
    persona = thief.persona
    goods = goods_of(rng)
    mean, spread = SPEND
    row = scene.purchase(
        rng, victim.country, time, goods, float(np.exp(mean + spread * rng.standard_normal())), ABROAD
    )
    as_victim = rng.random() < OWN_EMAIL
    ship = victim.home if rng.random() < TO_VICTIM else int(rng.choice(thief.elsewhere))
    row.update(
        card=victim.card, device=thief.device, fraud=fraud,
        email=victim.email if as_victim else persona.email,
        phone=victim.phone if as_victim else persona.phone if rng.random() < 0.8 else -1,
        account=-1 if rng.random() < GUEST else persona.account,
        ip=scene.ip(rng, victim.country, persona.ip),
        bill=victim.home if rng.random() < BILLS_VICTIM else int(rng.choice(thief.elsewhere)),
        ship=-1 if goods is INTANGIBLE else ship,
    )  # fmt: skip
    return row
