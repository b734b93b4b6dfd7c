"""A small seeded world for the graph's own tests and benchmarks: households, hubs, and rings that share."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from events.identity import content_hash
from events.types import (
    Address,
    AddressKey,
    Card,
    Device,
    Email,
    EntityKind,
    Input,
    Ip,
    JoinedLabel,
    Label,
    Merchant,
    Money,
    Phone,
    Subject,
    Transaction,
)

DAY_MS = 86_400_000
START_MS = 1_767_225_600_000  # 2026-01-01
Keyed = tuple[Input, AddressKey | None]


@dataclass(frozen=True)
class GraphWorld:
    """`events` ascending by time; `rings` the card tokens of each ring; `days` long from `START_MS`."""

    events: Sequence[Keyed]
    rings: Sequence[frozenset[str]]
    households: Sequence[frozenset[str]]
    cut_ms: int


@dataclass(frozen=True)
class Customer:
    card: str
    account: str
    email: str
    phone: str
    devices: tuple[str, ...]
    address: AddressKey
    ips: tuple[str, ...]
    since: int
    until: int


def token(kind: EntityKind, name: str) -> str:
    """A token as the tokeniser would make it."""
    return f"{kind}.{0 if kind == 'merchant' else 1}.{content_hash(kind, name)}"


def money(minor: int) -> Money:
    return Money(minor=minor, currency="USD", base_minor=minor, base_currency="USD", rate_version="r1")


def payment(name: str, time: int, customer: Customer, device: str, ip: str, shop: str, minor: int) -> Keyed:
    event = Transaction(
        id=name,
        time=time,
        amount=money(minor),
        card=Card(token=customer.card, bin="400012", last4=f"{int(customer.card[-4:], 16) % 10_000:04d}"),
        account=customer.account,
        device=Device(token=device, model="Pixel 9"),
        email=Email(token=customer.email, domain="example.com"),
        phone=Phone(token=customer.phone, country="US"),
        ip=Ip(token=ip, country="US"),
        merchant=Merchant(token=shop, category="5411"),
        addresses=(Address(role="shipping", text="12 Elm St"),),
    )
    return event, customer.address


def chargeback(name: str, known_at: int, paid: Transaction, address: AddressKey | None) -> JoinedLabel:
    from events.entities import entities_of

    label = Label(
        id=name,
        subject=Subject(kind="transaction", id=paid.id),
        verdict="chargeback",
        reason_code="10.4",
        source="issuer",
        actor="bank",
        time=paid.time,
        known_at=known_at,
    )
    return JoinedLabel(
        label=label, entities=entities_of(paid, address), transaction_time=paid.time, amount=paid.amount
    )


def make_world(
    *,
    households: int,
    rings: int,
    days: int = 120,
    per_day: float = 0.15,
    labels: bool = False,
    seed: int = 1,
) -> GraphWorld:
    """Households of 1 to 4 cards at one flat; rings of 5 to 12 cards, some devices and one drop, late in time."""
    rng = random.Random(seed)  # noqa: S311 - a world, not a secret
    end = START_MS + days * DAY_MS
    carriers = [token("ip", f"carrier{i}") for i in range(max(3, households // 400))]
    shops = [token("merchant", f"shop{i}") for i in range(max(5, households // 50))]
    towers = max(1, households // 40)
    people: list[Customer] = []
    homes: list[frozenset[str]] = []
    for home in range(households):
        building = token("address", f"tower{rng.randrange(towers)}")
        address = AddressKey(building=building, unit=token("address", f"flat{home}"))
        shared, home_ip = token("device", f"h{home}"), token("ip", f"h{home}")
        members = []
        for who in range(rng.choice((1, 1, 2, 2, 3, 4))):
            name = f"h{home}.{who}"
            late = rng.random() < 0.15
            members.append(
                _customer(
                    name,
                    (token("device", name), shared),
                    address,
                    (home_ip, rng.choice(carriers)),
                    START_MS + (rng.randrange(days * DAY_MS) if late else rng.randrange(7 * DAY_MS)),
                    end,
                )
            )
        homes.append(frozenset(one.card for one in members))
        people += members
    gangs: list[frozenset[str]] = []
    for ring in range(rings):
        begin = START_MS + rng.randrange(days // 2, max(days - 10, days // 2 + 1)) * DAY_MS
        building = token("address", f"drop{ring}")
        spellings = (
            AddressKey(building=building),
            AddressKey(building=building, unit=token("address", f"d{ring}")),
        )
        phones = [token("device", f"r{ring}.{i}") for i in range(rng.randint(2, 4))]
        members = [
            _customer(
                f"r{ring}.{who}",
                tuple(rng.sample(phones, 2)),
                rng.choice(spellings),
                (rng.choice(carriers),),
                begin + rng.randrange(5 * DAY_MS),
                min(end, begin + 20 * DAY_MS),
            )
            for who in range(rng.randint(5, 12))
        ]
        gangs.append(frozenset(one.card for one in members))
        people += members
    events = _events(
        rng, people, shops, per_day, {card for gang in gangs for card in gang}, end, labels=labels
    )
    return GraphWorld(events, gangs, homes, end)


def _customer(
    name: str, devices: tuple[str, ...], address: AddressKey, ips: tuple[str, ...], since: int, until: int
) -> Customer:
    return Customer(
        token("card", name),
        token("account", name),
        token("email", name),
        token("phone", name),
        devices,
        address,
        ips,
        since,
        until,
    )


def _events(
    rng: random.Random,
    people: Sequence[Customer],
    shops: Sequence[str],
    per_day: float,
    bad: set[str],
    end: int,
    *,
    labels: bool,
) -> list[Keyed]:
    timed: list[tuple[int, str, Keyed]] = []
    for customer in people:
        times = 1 + round((customer.until - customer.since) / DAY_MS * per_day * rng.uniform(0.5, 1.5))
        for number in range(times):
            time = rng.randrange(customer.since, max(customer.until, customer.since + 1))
            name = f"t{customer.card[7:15]}.{number}"
            paid = payment(
                name, time, customer, rng.choice(customer.devices), rng.choice(customer.ips),
                rng.choice(shops), rng.randrange(500, 50_000),
            )  # fmt: skip
            timed.append((time, name, paid))
            known_at = time + rng.randrange(10, 40) * DAY_MS
            if labels and customer.card in bad and known_at <= end and isinstance(paid[0], Transaction):
                timed.append((known_at, "l" + name, (chargeback("l" + name, known_at, *_paid(paid)), None)))
    timed.sort(key=lambda row: row[:2])
    return [keyed for _, _, keyed in timed]


def _paid(keyed: Keyed) -> tuple[Transaction, AddressKey | None]:
    event, address = keyed
    assert isinstance(event, Transaction)
    return event, address
