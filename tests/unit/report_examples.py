"""Reports to draw: a full one, one where nothing is known, a ring of eighty, and texts that mean harm."""

import random
from hashlib import blake2b

from console.report import (
    AblationStep,
    CapacityPoint,
    Dossier,
    Drop,
    Graph,
    Importance,
    Link,
    LookAlike,
    Money,
    Node,
    Payment,
    Quality,
    Report,
    RingFigures,
    Spelling,
    StageLatency,
    TypeFigures,
)

DAY = 86_400_000
HOUR = 3_600_000
SINCE = 1_780_272_000_000  # 2026-06-01
HOSTILE = "<script>alert('x')</script>&\"\x00\ud800"
RTL = "\u202eشقة 4، شارع النيل 12\u202c"

SPELLINGS = (
    ("Flat 12B, Shanti Niketan, 44 MG Road, Pune 411001", 9),
    ("12-B Shanti Niketan Apts, 44 Mahatma Gandhi Rd, Pune - 411001", 6),
    ("44 M.G. ROAD SHANTI NIKETAN FLAT NO 12 B PUNE 411001", 4),
    ("Shanti Nikethan, near SBI ATM, MG Road, #12B, Pune 411 001", 3),
    ("12B Shantiniketan, M G Rd 44, Camp, Pune", 2),
    ("C/o Ramesh, 12/B Shanti Niketan Bldg, 44 MG Rd, Pune 411001, MH", 1),
    ("Apt 12B, 44 Mahatma Ghandi Road, Poona 411001", 1),
)


def token(kind: str, *parts: object) -> str:
    """A token of the right shape, the same for the same parts."""
    version = "parser-3f2a" if kind == "address" else "1"
    return f"{kind}.{version}.{blake2b(repr((kind, *parts)).encode(), digest_size=16).hexdigest()}"


def entity(kind: str, *parts: object, customers: int = 0, fraud: bool = False) -> Node:
    name = token(kind, *parts)
    return Node(token=name, kind=kind, label=f"{kind} {name[-4:]}", customers=customers, fraud=fraud)


def ring_graph(
    seed: int, customers: int, devices: int, drops: int, *, known: float, left_out: int = 0
) -> Graph:
    """Customers by card, each with an e-mail or a phone of its own, around shared devices, drops and an IP address."""
    draw = random.Random(f"graph {seed}")  # noqa: S311 - examples, no secrets
    cards = [entity("card", seed, i, customers=1, fraud=draw.random() < known) for i in range(customers)]
    shared = [("device", i) for i in range(devices)] + [("address", i) for i in range(drops)] + [("ip", 0)]
    links: list[Link] = []
    users: dict[int, int] = {}
    for i in range(customers):
        uses = [draw.randrange(devices)] if draw.random() < 0.85 else []
        uses += [devices + draw.randrange(drops)] if draw.random() < 0.9 or not uses else []
        uses += [devices + drops] if draw.random() < 0.35 else []
        for at in uses:
            users[at] = users.get(at, 0) + 1
            links.append(Link(a=i, b=customers + at, count=draw.choice((1, 1, 1, 2, 3, 5))))
    nodes = cards + [entity(kind, seed, i, customers=users.get(at, 0)) for at, (kind, i) in enumerate(shared)]
    for i in range(0, customers, 3):
        links.append(Link(a=i, b=len(nodes)))
        nodes.append(entity(draw.choice(("email", "phone", "account")), seed, "own", i, customers=1))
    used = {at for link in links for at in (link.a, link.b)}
    kept = [at for at in range(len(nodes)) if at in used]
    place = {at: i for i, at in enumerate(kept)}
    return Graph(
        nodes=tuple(nodes[at] for at in kept),
        links=tuple(Link(a=place[link.a], b=place[link.b], count=link.count) for link in links),
        left_out=left_out,
    )


def payments_of(seed: int, customers: int, count: int, *, first_stopped: int | None) -> tuple[Payment, ...]:
    """Some good payments of the mules, then the ring's: approved up to the first stop, mostly stopped after it."""
    draw = random.Random(f"payments {seed}")  # noqa: S311 - examples, no secrets
    begin = SINCE + draw.randrange(12) * DAY
    times = sorted(begin + round(draw.random() ** 0.8 * 13 * DAY) for _ in range(count))
    made = []
    for k, time in enumerate(times, 1):
        fraud = draw.random() > 0.18
        late = first_stopped is not None and k >= first_stopped
        stopped = (
            k == first_stopped
            or (late and fraud and draw.random() < 0.86)
            or (not fraud and draw.random() < 0.1)
        )
        stopped = stopped and late
        fraud = fraud or k == first_stopped
        action = draw.choice(("decline", "decline", "review", "challenge")) if stopped else "approve"
        made.append(
            Payment(
                id=f"t-{seed}-{k:04d}",
                time=time,
                amount=round(draw.lognormvariate(9.6, 0.7) if fraud else draw.lognormvariate(8.0, 0.8)),
                customer=f"card {token('card', seed, draw.randrange(customers))[-6:]}",
                action=action,
                stopped=stopped,
                fraud=fraud,
                reasons=("graph.device.ring_score", "address.cards.distinct.7d") if stopped else (),
            )
        )
    return tuple(made)


def look_alike(seed: int, title: str, customers: int) -> LookAlike:
    return LookAlike(
        title=title,
        score=0.31,
        why=(
            "Its customers have paid for 14 months on average; the ring's appeared within 9 days of each other.",
            "Each flat pays from devices of its own: no device has more than 3 customers.",
            "No entity of it is linked to known fraud.",
        ),
        graph=ring_graph(seed, customers, max(2, customers // 3), 1, known=0.0),
        customers=customers,
        payments=customers * 9,
        approved=customers * 9 - 2,
    )


def dossier(
    seed: int, customers: int, count: int, *, first_stopped: int | None, devices: int = 2, drops: int = 1
) -> Dossier:
    payments = payments_of(seed, customers, count, first_stopped=first_stopped)
    frauds = [payment for payment in payments if payment.fraud]
    graph = ring_graph(seed, customers, devices, drops, known=0.35)
    titles = (
        "a tower of 96 flats",
        "a hostel in term time",
        "a household of four",
        "an office that takes parcels",
    )
    return Dossier(
        id=blake2b(str(seed).encode(), digest_size=8).hexdigest(),
        score=0.97 - seed / 50,
        customers=customers,
        why=f"{customers} customers use {devices} devices and {drops} drop address{'es' if drops > 1 else ''}; "
        "most of them were first seen within nine days.",
        graph=graph,
        drops=tuple(
            Drop(
                key=token("address", seed, i),
                customers=max(2, customers - 2 * i),
                spellings=tuple(Spelling(text=text, count=n) for text, n in SPELLINGS[i : 7 - 2 * i]),
            )
            for i in range(min(drops, 3))
        ),
        payments=payments,
        first_stopped=first_stopped,
        value=sum(payment.amount for payment in payments),
        lost=sum(payment.amount for payment in frauds if not payment.stopped),
        saved=sum(payment.amount for payment in frauds if payment.stopped),
        known_fraud=sum(node.fraud for node in graph.nodes),
        look_alike=look_alike(seed + 100, titles[seed % 4], min(14, max(4, customers - 1))),
        truth=f"ring {seed:03d} of the simulated world: {customers} of its {customers + 1} members",
    )


def big_dossier() -> Dossier:
    """Eighty nodes drawn, more left out, and nothing stopped."""
    made = dossier(7, 52, 140, first_stopped=None, devices=6, drops=4)
    graph = ring_graph(7, 52, 6, 4, known=0.2, left_out=37)
    return Dossier(**{**{name: getattr(made, name) for name in made.__struct_fields__}, "graph": graph})


def hostile_dossier() -> Dossier:
    """Every text of it means harm."""
    made = dossier(2, 6, 18, first_stopped=4)
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    nodes = tuple(
        Node(token=HOSTILE, kind=HOSTILE if i % 2 else node.kind, label=HOSTILE, customers=node.customers)
        for i, node in enumerate(made.graph.nodes)
    )
    payments = tuple(
        Payment(
            id=HOSTILE,
            time=p.time,
            amount=p.amount,
            customer=HOSTILE,
            action=HOSTILE,
            stopped=p.stopped,
            fraud=p.fraud,
            reasons=(HOSTILE,),
        )
        for p in made.payments
    )
    harmed = {
        "id": HOSTILE,
        "why": HOSTILE,
        "truth": HOSTILE,
        "graph": Graph(nodes=nodes, links=made.graph.links),
        "drops": (
            Drop(
                key=HOSTILE,
                customers=3,
                spellings=(Spelling(text=HOSTILE, count=2), Spelling(text=RTL, count=1)),
            ),
        ),
        "payments": payments,
        "look_alike": LookAlike(
            title=HOSTILE,
            score=0.2,
            why=(HOSTILE,),
            graph=Graph(nodes=nodes[:3], links=()),
            customers=3,
            payments=3,
            approved=3,
        ),
    }
    return Dossier(**{**fields, **harmed})


_FEATURES = (
    (
        "graph.max.ring_score",
        "0..1: how much its community looks like a fraud ring; the largest over its entities",
        "graph",
    ),
    ("address.cards.distinct.7d", "different cards in the address's transactions of 7d", "velocity"),
    ("txn.amount", "amount, minor units of the base currency", "transaction"),
    ("card.amount.ratio.30d", "amount over the card's mean of 30d", "velocity"),
    ("device.accounts.distinct.7d", "different accounts in the device's transactions of 7d", "velocity"),
    ("graph.device.fraud_linked", "linked entities with known fraud; of the transaction's device", "graph"),
    ("account.login_failed.count.1d", "failed logins of the account in 1d", "velocity"),
    ("merchant.fraud_rate.30d", "fraud labels known in 30d over transactions in 30d", "velocity"),
    (
        "graph.address.ring_score",
        "0..1: how much its community looks like a fraud ring; of the transaction's address",
        "graph",
    ),
    ("card.declined.count.1h", "declines of the card in 1h", "velocity"),
    (
        "graph.max.age_days",
        "days from the first transaction to the cut; the largest over its entities",
        "graph",
    ),
    ("address.billing_differs", "1: billing and shipping address are written differently", "address"),
    ("txn.hour", "hour of the day, UTC, with its fraction", "transaction"),
    ("ip.cards.distinct.1h", "different cards in the ip's transactions of 1h", "velocity"),
    ("email.cards.distinct.30d", "different cards in the email's transactions of 30d", "velocity"),
    ("address.keyed", "1: the parser found a key for it", "address"),
)


def full_report() -> Report:
    """As a good month of the demo would give it."""
    capacities = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0)
    return Report(
        title="Four weeks of payments, decided as they came",
        source="Simulated world gateway-cnp, seed 20261120",
        release="r-4f1c09ab",
        currency="USD",
        since=SINCE,
        until=SINCE + 28 * DAY,
        decisions=67_214,
        by_action={"approve": 65_986, "challenge": 702, "review": 421, "decline": 105},
        reviews_per_day=20.0,
        money=Money(
            saved=3_184_250,
            fraud=5_027_733,
            fraud_stopped=3_619_968,
            lost_to_fraud=1_407_765,
            good_held=1_043,
            good_declined=63,
            good_declined_per_fraud=0.34,
            approval_rate=0.98173,
            days=28.0,
        ),
        curve=tuple(
            CapacityPoint(
                reviews_per_day=at,
                used=min(at, 41.3),
                saved=round(2_210_000 + 1_350_000 * at / (at + 9) - 2_300 * at),
                fraud_stopped=round(2_900_000 + 1_260_000 * at / (at + 12)),
                good_declined_per_fraud=0.92 / (1 + at / 11),
                approval_rate=0.9871 - 0.0003 * at,
            )
            for at in capacities
        ),
        quality=Quality(
            precision=0.151,
            recall=0.687,
            average_precision=0.583,
            auc=0.957,
            frauds=271,
            base_rate=271 / 67_214,
        ),
        by_type=(
            TypeFigures(name="ring", frauds=103, stopped=84, amount=2_312_204, amount_stopped=1_958_711),
            TypeFigures(name="takeover", frauds=38, stopped=29, amount=1_004_518, amount_stopped=771_003),
            TypeFigures(name="stolen_card", frauds=49, stopped=27, amount=817_422, amount_stopped=441_925),
            TypeFigures(name="bust_out", frauds=16, stopped=9, amount=514_110, amount_stopped=262_204),
            TypeFigures(
                name="compromised_merchant", frauds=33, stopped=15, amount=331_905, amount_stopped=141_125
            ),
            TypeFigures(name="card_testing", frauds=32, stopped=22, amount=47_574, amount_stopped=45_000),
        ),
        ablation=(
            AblationStep(
                name="amount only",
                features=6,
                average_precision=0.094,
                low=0.071,
                high=0.118,
                value_share=0.251,
                value_low=0.201,
                value_high=0.303,
            ),
            AblationStep(
                name="+ velocity",
                features=109,
                average_precision=0.402,
                low=0.357,
                high=0.446,
                value_share=0.533,
                value_low=0.482,
                value_high=0.581,
            ),
            AblationStep(
                name="+ graph",
                features=173,
                average_precision=0.538,
                low=0.489,
                high=0.581,
                value_share=0.664,
                value_low=0.612,
                value_high=0.709,
            ),
            AblationStep(
                name="+ address",
                features=176,
                average_precision=0.583,
                low=0.537,
                high=0.624,
                value_share=0.719,
                value_low=0.671,
                value_high=0.762,
            ),
            AblationStep(
                name="all but velocity",
                features=73,
                average_precision=0.441,
                low=0.392,
                high=0.487,
                value_share=0.571,
                value_low=0.519,
                value_high=0.622,
                without=True,
            ),
            AblationStep(
                name="all but graph",
                features=112,
                average_precision=0.429,
                low=0.383,
                high=0.473,
                value_share=0.556,
                value_low=0.503,
                value_high=0.605,
                without=True,
            ),
        ),
        latency=(
            StageLatency(name="wait for the log", mean=3.1, p50=2.4, p99=14.2),
            StageLatency(name="address_keys", mean=0.84, p50=0.61, p99=4.9),
            StageLatency(name="features", mean=1.12, p50=0.93, p99=6.31),
            StageLatency(name="model and rules", mean=1.54, p50=1.22, p99=8.05),
            StageLatency(name="journal", mean=0.97, p50=0.55, p99=9.7),
        ),
        whole_latency=StageLatency(name="append to decision", mean=9.6, p50=7.9, p99=43.2),
        per_second=50.2,
        importance=tuple(
            Importance(name=name, meaning=meaning, group=group, share=0.21 * 0.82**i)
            for i, (name, meaning, group) in enumerate(_FEATURES)
        ),
        rings=RingFigures(
            reported=11, true=13, found=9, precision=0.818, recall=0.692, innocents_per_ring=0.44
        ),
        dossiers=(
            dossier(1, 11, 46, first_stopped=5, devices=3, drops=2),
            dossier(3, 5, 14, first_stopped=2),
            dossier(4, 23, 71, first_stopped=9, devices=4, drops=3),
        ),
        unknown=(
            "A declined payment never becomes a chargeback: what it would have cost is taken from the world's truth.",
        ),
        curve_note="The policies were chosen on the weeks before.",
        ablation_note="Held-out time, rings and fraud types of five worlds.",
    )


def minimal_report() -> Report:
    """Nothing is known but what was done."""
    return Report(
        title="Payments of an unknown kind",
        source="payments.parquet",
        release="r-00000001",
        currency="KWD",
        since=SINCE,
        until=SINCE + DAY,
        decisions=0,
        by_action={},
        reviews_per_day=0.0,
        money=None,
        curve=(),
        quality=None,
        by_type=(),
        ablation=(),
        latency=(),
        whole_latency=None,
        per_second=None,
        importance=(),
        rings=RingFigures(reported=0),
        dossiers=(),
        unknown=("No labels came with the file, so which payments were fraud is not known.",),
    )


def real_report() -> Report:
    """One's own data: decisions and rings, but no truth; one dossier without a stop, one of a yen file's size."""
    made = dossier(5, 8, 30, first_stopped=6)
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    payments = tuple(
        Payment(
            id=p.id, time=p.time, amount=p.amount, customer=p.customer, action=p.action, stopped=p.stopped
        )
        for p in made.payments
    )
    own = Dossier(
        **{**fields, "payments": payments, "lost": None, "saved": None, "truth": None, "look_alike": None}
    )
    base = minimal_report()
    return Report(
        **{
            **{name: getattr(base, name) for name in base.__struct_fields__},
            "currency": "INR",
            "decisions": 120_400,
            "by_action": {"approve": 118_900, "review": 1_200, "decline": 300},
            "importance": full_report().importance[:8],
            "rings": RingFigures(reported=1),
            "dossiers": (own,),
        }
    )
