# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""A customer's account in other hands: by guessing and a reset, or with a stolen session, then on the card on file."""

import numpy as np

from simulator import rows as r
from simulator.clock import HOUR_MS
from simulator.fraud.scene import INTANGIBLE, Scene, Traces
from simulator.fraud.thief import SPEND, goods_of, make_thief
from simulator.rows import Rows

COOKIES = 0.30  # a stolen session: no failed login, no reset, the victim's own fingerprint
FAILED = 1.8  # failed logins, mean
STEPS = (  # with the share of takeovers that they are seen in, in this order
    (r.RESET, 0.45),
    (r.LOGIN, 0.9),
    (r.DEVICE_ADDED, 0.50),
    (r.EMAIL_CHANGED, 0.20),
    (r.ADDRESS_CHANGED, 0.40),
)
MORE = 1.5  # further payments behind the first, mean
ABROAD = 0.10  # of payments, at a shop in the other country
TO_VICTIM = 0.25  # of parcels go to the victim's own address, to be intercepted
HOURS_BETWEEN = 1.5


def make_takeover(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one account taken over."""
    concern = ("takeover", str(number))
    rng, traces, people = scene.seeds.rng(*concern), Traces(), scene.people
    victim = scene.shopper(rng)
    country = int(people.country[victim])
    thief = make_thief(scene, rng, country, *concern)
    cookies = rng.random() < COOKIES
    device = int(people.device[victim]) if cookies else thief.device
    time, account = scene.begin(rng, victim), int(people.account[victim])
    ip = scene.ip(rng, country, thief.persona.ip)
    steps = [] if cookies else [r.LOGIN_FAILED] * int(rng.poisson(FAILED))
    steps += [kind for kind, share in STEPS if rng.random() < (share if not cookies else share / 3)]
    for kind in steps:
        event = {"account": account, "device": device, "ip": ip, "kind": kind, "time": int(time)}
        if kind == r.EMAIL_CHANGED:
            event["email"] = thief.persona.email
        if kind == r.ADDRESS_CHANGED:
            event["ship"] = thief.elsewhere[0]
        traces.events.append(event)
        time += 3_000 + rng.exponential(45_000)
    changed = r.EMAIL_CHANGED in steps
    for _ in range(1 + int(rng.poisson(MORE))):
        time += rng.exponential(HOURS_BETWEEN) * HOUR_MS
        goods = goods_of(rng)
        spend = float(np.exp(SPEND[0] + SPEND[1] * rng.standard_normal()))
        row = scene.purchase(rng, country, time, goods, spend, ABROAD)
        own = int(people.home[victim, 0])
        row.update(
            card=int(people.card[victim]), account=account, device=device, fraud=r.TAKEOVER,
            email=thief.persona.email if changed else int(people.email[victim]),
            phone=int(people.phone[victim]) if rng.random() < 0.88 else -1,
            ip=ip if rng.random() < 0.7 else scene.ip(rng, country, thief.persona.ip), bill=own,
            ship=-1 if goods is INTANGIBLE else own if rng.random() < TO_VICTIM else int(rng.choice(thief.elsewhere)),
        )  # fmt: skip
        scene.transfer(rng, row)
        traces.payments.append(row)
    return traces.rows(scene, *concern)
