# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Rings: members with their own card, account and e-mail who share devices and one drop, and come in waves."""

from dataclasses import dataclass

import numpy as np

from simulator import rows as r
from simulator.fraud.scene import DAILY, RESALE, Persona, Scene, Traces, declined
from simulator.habits import HOUR_MS, MINUTE_MS
from simulator.rows import Rows
from simulator.spec import DAY_MS
from simulator.spelling import CASUAL, DISGUISED, TIDY

_LOCKER_DROP = 0.12  # rings whose drop is a parcel locker that many innocents use
_KIOSK = 0.15  # rings that also work from a public device


@dataclass(frozen=True, slots=True)
class RingPlan:
    """What a ring is, in `Book` numbers. `waves` and `own_texts` run along `members`.

    `devices` are the shared ones; `drop` the spellings of the drop; `own_texts` the members' billing addresses.
    """

    country: int
    members: tuple[Persona, ...]
    waves: tuple[int, ...]
    wave_starts: tuple[int, ...]
    devices: tuple[int, ...]
    ips: tuple[int, ...]
    drop: tuple[int, ...]
    own_texts: tuple[int, ...]
    synthetic: bool  # invented people at the drop, else stolen cards billed elsewhere
    patience: float  # mean of purchases that a member pays for before the first fraud


def make_ring(scene: Scene, number: int) -> tuple[Rows, Rows, RingPlan]:
    """Payments, account events and plan of ring `number`.

    Each ring is a concern of its own: one more leaves the others alone.
    """
    rng = scene.seeds.rng("ring", str(number))
    plan = _plan(scene.apart(), rng, str(number))
    traces = Traces()
    for i, member in enumerate(plan.members):
        _live(scene, rng, plan, i, member, number, traces)
    return *traces.rows(scene.seeds, scene.spec, "ring", str(number)), plan


def _plan(scene: Scene, rng: np.random.Generator, name: str) -> RingPlan:
    spec = scene.spec
    country = int(rng.random() >= spec.india_share)
    low, high = spec.ring_size
    size = low + round((high - low) * rng.beta(1.2, 2.1))
    starts = _wave_starts(scene, rng, size)
    # Every wave has somebody; the others fall where they may.
    waves = sorted([*range(len(starts)), *rng.integers(0, len(starts), size - len(starts)).tolist()])
    members = scene.personas(size, country, "ring", name)
    devices = scene.book.add_devices(1 + int(rng.integers(3)), "ring", name, "shared").tolist()
    if rng.random() < _KIOSK:
        devices[-1] = int(rng.choice(scene.commons.kiosks[country]))
    ips = scene.book.add_ips(
        np.full(1 + int(rng.integers(2)), country, np.int8), "ring", name, "shared"
    ).tolist()
    if rng.random() < _LOCKER_DROP:
        lockers = scene.commons.lockers[country]
        drop = lockers[int(rng.integers(len(lockers)))].tolist()
    else:
        place = scene.places.home(rng, country)
        drop = scene.texts(place, rng, (CASUAL, *(DISGUISED,) * int(rng.integers(2, 7))))
    synthetic = rng.random() < 0.6
    if synthetic:  # invented people "live" at the drop
        own = rng.choice(drop, size).tolist()
    else:  # stolen cards, billed to where their owners live
        own = [scene.texts(scene.places.home(rng, country), rng, (TIDY,))[0] for _ in range(size)]
    return RingPlan(
        country, tuple(members), tuple(waves), starts, tuple(devices), tuple(ips), tuple(drop), tuple(own),
        synthetic=synthetic,
        patience=float(rng.choice((0.0, 1.0, 2.5, 4.0))),
    )  # fmt: skip


def _wave_starts(scene: Scene, rng: np.random.Generator, size: int) -> tuple[int, ...]:
    """Two to four waves, 5 to 28 days apart where the span has room, all beginning inside it."""
    spec = scene.spec
    begin = rng.uniform(0.03, 0.80) * spec.days
    waves = int(rng.integers(2, 5)) if size >= 6 else 2
    room = (spec.days - 2 - begin) / waves
    gaps = rng.uniform(min(5.0, room), max(min(28.0, room), min(5.0, room)), waves - 1)
    days = begin + np.concatenate([[0.0], np.cumsum(gaps)])
    return tuple(int(spec.start_ms + day * DAY_MS) for day in days)


def _live(
    scene: Scene, rng: np.random.Generator, plan: RingPlan, i: int, member: Persona, ring: int, traces: Traces
) -> None:
    """One member: the account opens, perhaps behaves for a while, then buys for the drop."""
    own_text = plan.own_texts[i]
    begin = plan.wave_starts[plan.waves[i]] + rng.exponential(1.2) * DAY_MS
    paid = int(rng.poisson(plan.patience))
    opened = int(begin - (0.3 + rng.exponential(18.0 if paid else 3.0)) * DAY_MS)
    start = {"account": member.account, "device": _device(plan, member, rng), "email": member.email}
    traces.events.append({**start, "kind": r.OPENED, "time": opened, "ip": member.ip})
    if rng.random() < 0.4:
        later = opened + int(rng.uniform(1, 30) * MINUTE_MS)
        traces.events.append(
            {**start, "kind": r.CARD_ADDED, "time": later, "ip": member.ip, "card": member.card}
        )
    for k in range(paid):
        earliest = opened + int((1 + rng.exponential(40)) * MINUTE_MS)
        time = scene.moment(rng, plan.country, opened + (begin - opened) * (k + rng.random()) / paid)
        _buy(scene, rng, plan, member, max(time, earliest), own_text, -1, traces)
    moment: float = begin
    for _ in range(1 + int(rng.poisson(1.7))):
        earliest = opened + int((1 + rng.exponential(40)) * MINUTE_MS)
        when = max(scene.moment(rng, plan.country, moment), earliest)
        _buy(scene, rng, plan, member, when, own_text, ring, traces)
        moment += rng.exponential(2.5) * DAY_MS if rng.random() < 0.7 else rng.exponential(2.0) * HOUR_MS


def _buy(
    scene: Scene, rng: np.random.Generator, plan: RingPlan, member: Persona, time: int, own_text: int, ring: int,
    traces: Traces,
) -> None:  # fmt: skip
    fraud = ring >= 0
    goods = RESALE if rng.random() < (0.8 if fraud else 0.5) else DAILY
    row = scene.purchase(rng, plan.country, time, goods, 0.9 + 0.3 * rng.random())
    # Who lives at the drop ticks "same as billing" as often as not.
    to_drop = rng.random() < (1.0 if fraud and not plan.synthetic else 0.5)
    where = rng.random()
    ip = plan.ips[int(rng.integers(len(plan.ips)))]
    if where < 0.5:
        ip = scene.carrier_ip(plan.country, rng)
    elif where < 0.7:
        ip = member.ip
    row.update(
        card=member.card, email=member.email, phone=member.phone if rng.random() > 0.15 else -1, ip=ip,
        account=member.account if rng.random() > 0.06 else -1, bill=own_text,
        device=_device(plan, member, rng),
        ship=int(rng.choice(plan.drop)) if to_drop else own_text,
        code=declined(rng, 0.09, (r.DO_NOT_HONOUR, r.NO_FUNDS, r.SUSPECTED)) if fraud else r.APPROVED,
        fraud=r.RING if fraud else 0, ring=ring,
    )  # fmt: skip
    traces.payments.append(row)


def _device(plan: RingPlan, member: Persona, rng: np.random.Generator) -> int:
    """Mostly a shared one."""
    return int(rng.choice(plan.devices)) if rng.random() < 0.85 else member.device
