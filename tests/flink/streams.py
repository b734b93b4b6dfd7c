"""A made stream of messages in order, with unique times, and the catalogues that are computed over it."""

from collections.abc import Iterator

import numpy as np

from events.tokens import Tokeniser
from events.types import (
    AccountEvent,
    Card,
    Channel,
    Device,
    Email,
    EntityKind,
    Input,
    Ip,
    JoinedLabel,
    Label,
    Merchant,
    Money,
    Subject,
    Transaction,
    TransactionOutcome,
)
from features import Batch, Catalogue, EventKind, Feature, VelocityFeature, make_batch
from features.feature import Aggregate

HOUR = 3_600_000
START = 1_767_225_600_000
PAID = (EventKind.AUTHORISATION,)
DECLINED = (EventKind.OUTCOME_DECLINED,)
AGGREGATES: tuple[Aggregate, ...] = (
    "count", "sum", "mean", "std", "min", "max", "last", "first", "since_last", "since_first",
)  # fmt: skip
_CHANNELS: tuple[Channel, ...] = ("card_present", "ecommerce", "moto", "recurring")
_tokens = Tokeniser({1: b"k" * 32}, 1)


def _column(name: str, source: VelocityFeature) -> Feature:
    return Feature(name, "velocity", source, name)


def catalogue() -> Catalogue:
    """40 columns: every aggregate, with own events in the window and without, filters, pairs, a delay, distincts."""
    columns: list[Feature] = []
    for aggregate in AGGREGATES:
        columns += [
            _column(f"card.{aggregate}", VelocityFeature(
                entity="card", kinds=PAID, aggregate=aggregate, window_ms=HOUR)),
            _column(f"device.declined.{aggregate}", VelocityFeature(
                entity="device", kinds=DECLINED, aggregate=aggregate, window_ms=2 * HOUR)),
            _column(f"pair.online.{aggregate}", VelocityFeature(
                entity="card+merchant", kinds=(*PAID, EventKind.REFUND), aggregate=aggregate, window_ms=24 * HOUR,
                channels=("ecommerce", "moto"), amount_from=1_000, amount_below=900_000)),
        ]  # fmt: skip
    for aggregate in AGGREGATES[:4]:
        columns.append(_column(f"card.{aggregate}.ago", VelocityFeature(
            entity="card", kinds=PAID, aggregate=aggregate, window_ms=HOUR, delay_ms=HOUR // 2)))  # fmt: skip
    for name, entity, partner in (
        ("card.merchants", "card", "merchant"),
        ("bin.pairs", "bin", "device+merchant"),
        ("account.devices", "account", "device"),
    ):
        columns.append(_column(name, VelocityFeature(
            entity=entity, kinds=PAID, aggregate="distinct", window_ms=6 * HOUR, partner=partner)))  # fmt: skip
    for name, entity, kind in (
        ("card.same_amount", "card+amount", EventKind.AUTHORISATION),
        ("account.login_failed", "account", EventKind.LOGIN_FAILED),
        ("merchant.fraud", "merchant", EventKind.LABEL_FRAUD),
    ):
        columns.append(_column(name, VelocityFeature(
            entity=entity, kinds=(kind,), aggregate="count", window_ms=12 * HOUR)))  # fmt: skip
    return Catalogue(tuple(columns), distinct_limit=8)


def messages(n: int, seed: int) -> Iterator[Input]:
    """n messages: six in ten ask for a decision; about 25 s from one to the next, one in ten lacks an entity."""
    random = np.random.default_rng(seed)
    steps = np.cumsum(random.integers(1, 50_000, n))
    for number, step in enumerate(steps.tolist()):
        yield _message(random, number, START + step)


def _message(random: np.random.Generator, number: int, time: int) -> Input:
    def some(kind: EntityKind, many: int) -> str | None:
        return None if random.random() < 0.1 else _tokens.token(kind, str(random.integers(many)))

    minor = 500 if random.random() < 0.2 else int(random.integers(1, 1_000_000))
    money = Money(minor=minor, currency="USD", base_minor=minor, base_currency="USD", rate_version="rates-1")
    card, device, merchant = some("card", 40), some("device", 20), some("merchant", 8)
    account = _tokens.token("account", str(random.integers(30)))
    found: dict[EntityKind, str | None] = {"card": card, "device": device, "merchant": merchant}
    entities = {kind: token for kind, token in found.items() if token is not None}
    what = random.choice(5, p=[0.68, 0.15, 0.05, 0.1, 0.02])
    if what == 0:
        return Transaction(
            id=f"t{number}", time=time, amount=money,
            kind="authorisation" if random.random() < 0.9 else "refund",
            channel=_CHANNELS[random.integers(4)],
            card=Card(token=card, bin=f"41111{random.integers(5)}") if card else None,
            account=account,
            device=Device(token=device) if device else None,
            email=Email(token=_tokens.token("email", "one"), domain="example.com"),
            ip=Ip(token=_tokens.token("ip", "one"), prefix="203.0.113.0/24"),
            merchant=Merchant(token=merchant, category="5411") if merchant else None,
        )  # fmt: skip
    if what <= 2:
        return TransactionOutcome(
            id=f"o{number}", transaction="t0", time=time, kind="issuer" if what == 1 else "cvv",
            approved=bool(random.random() < 0.5), amount=money if what == 1 else None, entities=entities,
        )  # fmt: skip
    if what == 3:
        good = random.random() < 0.5
        return AccountEvent(
            id=f"a{number}", time=time, account=account, kind="login" if good else "login_failed"
        )
    label = Label(
        id=f"l{number}", subject=Subject(kind="transaction", id="t0"), verdict="chargeback", reason_code="10.4",
        source="visa", actor="acquirer", time=time - HOUR, known_at=time,
    )  # fmt: skip
    return JoinedLabel(label=label, entities=entities, transaction_time=time - HOUR)


def batch_of(events: list[Input]) -> Batch:
    return make_batch(events, [None] * len(events), range(len(events)))
