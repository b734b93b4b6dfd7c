"""What a ring's members do: open accounts, behave for weeks, then buy what sells and have it sent to the drop."""

from typing import Any

import numpy as np

from simulator import rows as r
from simulator.clock import HOUR_MS, MINUTE_MS
from simulator.fraud.rings import RingPlan, Role, plan_ring
from simulator.fraud.scene import DAILY, INTANGIBLE, RESALE, Scene, Traces
from simulator.rows import Rows
from simulator.spec import DAY_MS

ON_SHARED_DEVICE = 0.92  # of a linked member's payments
FROM_SHARED_IP = 0.55
TO_DROP = 0.92
WITH_SHARED_PHONE = 0.5
GOODS = ((RESALE, 0.60), (DAILY, 0.25), (INTANGIBLE, 0.15))
SPEND = (0.10, 0.35)  # mean and spread of the logarithm: ordinary amounts for the goods
BEHAVES = 1.6  # ordinary payments of a member while he lies dormant, mean
WITHOUT_ACCOUNT = 0.06
WITHOUT_PHONE = 0.15
CARD_ADDED = 0.4  # members whose card is added in an event of its own
DAYS_APART = 3.0  # between a member's frauds, mean ...
SOON = (0.4, 3.0)  # ... but in this share so many hours


def make_ring(scene: Scene, number: int) -> tuple[Rows, Rows, RingPlan]:
    """Payments, account events and plan of ring `number`.

    Each ring is a concern of its own: one more leaves the others alone.
    """
    concern = ("ring", str(number))
    plan, traces = plan_ring(scene, scene.seeds.rng(*concern), concern), Traces()
    for k, role in enumerate(plan.members):
        rng = scene.seeds.rng(*concern, "life", str(k))
        _open(rng, role, traces)
        _behave(scene, rng, plan, role, traces)
        _strike(scene, rng, plan, role, number, traces)
    return *traces.rows(scene, *concern), plan


def _open(rng: np.random.Generator, role: Role, traces: Traces) -> None:
    persona = role.persona
    event = {"account": persona.account, "device": persona.device, "email": persona.email, "ip": persona.ip}
    if not role.mule:
        traces.events.append({**event, "kind": r.OPENED, "time": int(role.opened)})
    if rng.random() < CARD_ADDED:
        before = role.opened if role.card == persona.card else role.begin - rng.uniform(0.02, 2.0) * DAY_MS
        later = int(before + rng.uniform(1, 30) * MINUTE_MS)
        traces.events.append({**event, "kind": r.CARD_ADDED, "time": later, "card": role.card})


def _behave(scene: Scene, rng: np.random.Generator, plan: RingPlan, role: Role, traces: Traces) -> None:
    """Ordinary purchases for himself; a mule's own go on anyway."""
    for _ in range(0 if role.mule else int(rng.poisson(BEHAVES))):
        around = role.opened + rng.random() * (role.begin - role.opened)
        time = max(scene.moment(rng, plan.country, around), int(role.opened + HOUR_MS))
        if time < role.begin:
            row = scene.purchase(
                rng, plan.country, time, DAILY, float(np.exp(SPEND[1] * rng.standard_normal()))
            )
            at = role.home[int(rng.integers(len(role.home)))]
            row.update(_who(scene, rng, plan, role), card=role.persona.card, bill=role.home[0], ship=at)
            traces.payments.append(row)


def _strike(
    scene: Scene, rng: np.random.Generator, plan: RingPlan, role: Role, ring: int, traces: Traces
) -> None:
    moment = role.begin
    for _ in range(1 + int(rng.poisson(max(0.0, scene.spec.rings.payments_a_member - 1)))):
        time = max(scene.moment(rng, plan.country, moment), int(role.opened + HOUR_MS))
        draw, upto = rng.random(), np.cumsum([share for _, share in GOODS])
        goods = GOODS[min(int(np.searchsorted(upto, draw, side="right")), len(GOODS) - 1)][0]
        row = scene.purchase(
            rng, plan.country, time, goods, float(np.exp(SPEND[0] + SPEND[1] * rng.standard_normal()))
        )
        to_drop, one, drop = rng.random() < TO_DROP, rng.random(), plan.drop_at(time)
        texts = drop if role.links.drop and to_drop else role.home
        row.update(
            _who(scene, rng, plan, role), card=role.card, bill=role.bill, fraud=r.RING, ring=ring,
            ship=-1 if goods is INTANGIBLE else texts[int(one * len(texts))],
        )  # fmt: skip
        traces.payments.append(row)
        days, hours = rng.exponential(DAYS_APART), rng.exponential(SOON[1])
        moment += hours * HOUR_MS if rng.random() < SOON[0] else days * DAY_MS


def _who(scene: Scene, rng: np.random.Generator, plan: RingPlan, role: Role) -> dict[str, Any]:
    """Account, device, e-mail, phone and IP of one payment. The draws are the same whatever is shared."""
    persona, links, u = role.persona, role.links, rng.random(6)
    own_ip = scene.ip(rng, plan.country, persona.ip)
    device = (
        plan.devices[int(u[1] * len(plan.devices))]
        if links.device and u[0] < ON_SHARED_DEVICE
        else persona.device
    )
    ip = plan.ips[int(u[3] * len(plan.ips))] if links.ip and u[2] < FROM_SHARED_IP else own_ip
    phone = plan.phone if links.phone and u[4] < WITH_SHARED_PHONE else persona.phone
    return {
        "account": persona.account if u[5] >= WITHOUT_ACCOUNT else -1, "device": device, "email": persona.email,
        "phone": phone if rng.random() >= WITHOUT_PHONE else -1, "ip": ip,
    }  # fmt: skip
