# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Fraud without a ring behind it: card testing, stolen cards, account takeover."""

import numpy as np

from simulator import rows as r
from simulator.fraud.scene import INTANGIBLE, RESALE, Scene, Traces, declined
from simulator.habits import HOUR_MS, MINUTE_MS
from simulator.population import Ints
from simulator.rows import Rows
from simulator.spec import DAY_MS
from simulator.spelling import CASUAL


def make_testing(scene: Scene) -> tuple[Rows, Rows]:
    """Bursts of tiny payments that try cards out: a bot, a merchant or two, minutes to hours, mostly declined."""
    spec, merchants = scene.spec, scene.merchants
    traces = Traces()
    for number in range(spec.testing_bursts):
        rng = scene.seeds.rng("testing", str(number))
        country = int(rng.random() >= spec.india_share)
        cards = int(rng.integers(12, 36))
        bots = scene.personas(cards, country, "testing", str(number))
        time = spec.start_ms + rng.uniform(0.02, 0.98) * spec.days * DAY_MS
        targets, weight = merchants.of(country, "digital", "donation")
        target = rng.choice(targets, 2, p=weight)
        rotates = rng.random() < 0.4  # a new device each time, or a few for all
        locals_ = np.flatnonzero(scene.people.country == country)
        for k, bot in enumerate(bots):
            time += rng.exponential(4 * MINUTE_MS if rng.random() < 0.9 else 40 * MINUTE_MS)
            machine = bot if rotates else bots[k % 3]
            # Some of the cards belong to customers of ours.
            known = len(locals_) and rng.random() < 0.3
            card = int(scene.people.card[rng.choice(locals_)]) if known else bot.card
            amount = 100 * rng.integers(10, 150) if country == 0 else rng.integers(50, 600)
            traces.payments.append(
                {
                    "time": int(time), "country": country, "channel": r.ECOMMERCE, "amount": int(amount),
                    "merchant": int(target[int(rng.random() < 0.2)]), "card": card, "device": machine.device,
                    "email": bot.email if rng.random() < 0.6 else -1, "fraud": r.TESTING,
                    "ip": machine.ip if rng.random() < 0.7 else scene.carrier_ip(country, rng),
                    "code": declined(rng, 0.65, (r.CVV_WRONG, r.INVALID_CARD, r.DO_NOT_HONOUR, r.CVV_WRONG)),
                }
            )  # fmt: skip
    return traces.rows(scene.seeds, spec, "testing")


def make_stolen(scene: Scene) -> tuple[Rows, Rows]:
    """A customer's card in other hands: a stranger's device and e-mail, goods sent elsewhere, within two days."""
    spec, people = scene.spec, scene.people
    rng = scene.seeds.rng("stolen")
    traces = Traces()
    for k, victim in enumerate(_victims(scene, spec.stolen_cards, rng)):
        country = int(people.country[victim])
        (thief,) = scene.personas(1, country, "stolen", str(k))
        place = scene.places.home(rng, country)
        elsewhere = scene.texts(place, rng, (CASUAL, CASUAL))
        time = _begin(scene, rng, victim)
        for _ in range(1 + int(rng.poisson(1.1))):
            goods = RESALE if rng.random() < 0.7 else INTANGIBLE
            row = scene.purchase(
                rng, country, int(time), goods, float(np.exp(0.25 + 0.4 * rng.standard_normal()))
            )
            row.update(
                card=int(people.card[victim]), device=thief.device, email=thief.email, fraud=r.STOLEN,
                phone=thief.phone if rng.random() < 0.7 else -1,
                account=thief.account if rng.random() < 0.4 else -1,
                ip=thief.ip if rng.random() < 0.5 else scene.carrier_ip(country, rng),
                bill=int(people.home[victim, 1]) if rng.random() < 0.7 else elsewhere[0],
                ship=int(rng.choice(elsewhere)) if goods is RESALE else -1,
                code=declined(rng, 0.22, (r.DO_NOT_HONOUR, r.CVV_WRONG, r.SUSPECTED, r.NO_FUNDS)),
            )  # fmt: skip
            traces.payments.append(row)
            time += rng.exponential(7.0) * HOUR_MS
    return traces.rows(scene.seeds, spec, "stolen")


def make_takeovers(scene: Scene) -> tuple[Rows, Rows]:
    """A customer's account in other hands: failed logins, a reset, a new device, then purchases on the card on file."""
    spec, people = scene.spec, scene.people
    rng = scene.seeds.rng("takeovers")
    traces = Traces()
    for k, victim in enumerate(_victims(scene, spec.takeovers, rng)):
        country = int(people.country[victim])
        (thief,) = scene.personas(1, country, "takeover", str(k))
        elsewhere = scene.texts(scene.places.home(rng, country), rng, (CASUAL, CASUAL))
        time = _begin(scene, rng, victim)
        base = {"account": int(people.account[victim]), "device": thief.device, "ip": thief.ip}
        steps = [r.LOGIN_FAILED] * int(rng.poisson(1.6)) + [r.RESET] * int(rng.random() < 0.4) + [r.LOGIN]
        steps += [kind for kind, share in ((r.DEVICE_ADDED, 0.6), (r.EMAIL_CHANGED, 0.3), (r.ADDRESS_CHANGED, 0.4))
                  if rng.random() < share]  # fmt: skip
        for kind in steps:
            event = {**base, "kind": kind, "time": int(time)}
            if kind == r.EMAIL_CHANGED:
                event["email"] = thief.email
            if kind == r.ADDRESS_CHANGED:
                event["ship"] = elsewhere[0]
            traces.events.append(event)
            time += 3_000 + rng.exponential(45_000)
        changed = r.EMAIL_CHANGED in steps
        for _ in range(1 + int(rng.poisson(1.5))):
            time += rng.exponential(2.0) * HOUR_MS
            goods = RESALE if rng.random() < 0.6 else INTANGIBLE
            row = scene.purchase(
                rng, country, int(time), goods, float(np.exp(0.2 + 0.35 * rng.standard_normal()))
            )
            row.update(
                card=int(people.card[victim]), account=base["account"], device=base["device"], fraud=r.TAKEOVER,
                email=thief.email if changed else int(people.email[victim]), phone=int(people.phone[victim]),
                ip=thief.ip if rng.random() < 0.6 else scene.carrier_ip(country, rng),
                bill=int(people.home[victim, 0]),
                ship=int(rng.choice(elsewhere)) if goods is RESALE else -1,
                code=declined(rng, 0.12, (r.SUSPECTED, r.NO_FUNDS, r.OVER_LIMIT)),
            )  # fmt: skip
            traces.payments.append(row)
    return traces.rows(scene.seeds, spec, "takeover")


def _victims(scene: Scene, n: int, rng: np.random.Generator) -> Ints:
    people = scene.people
    return rng.choice(len(people.account), min(n, len(people.account)), replace=False)


def _begin(scene: Scene, rng: np.random.Generator, victim: int) -> float:
    """A moment while the victim is a customer, on the card first held."""
    people = scene.people
    joined, left = int(people.joined[victim]), int(people.left[victim])
    if people.next_card[victim] >= 0:
        left = max(int(people.next_card_from[victim]), joined + 1)
    around = joined + (left - joined) * rng.uniform(0.02, 0.98)
    return float(max(scene.moment(rng, int(people.country[victim]), around, night=0.45), joined + HOUR_MS))
