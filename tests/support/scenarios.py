"""What is put into the log in simulated histories of a scorer, and the catalogues and releases that it meets."""

import itertools
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from events import codec, topics
from events.types import AccountEvent, Control, Transaction
from features.catalogue import Catalogue
from features.feature import Feature, GraphFeature, TransactionField, VelocityFeature
from features.keys import EventKind
from features.places import Places
from nlp import KeyCache, load_parser
from scoring import RuleSet, Scorer, columns_of
from streaming.log.port import Outgoing
from tests.support.made import DAY, T0, door

HOUR = 3_600_000
ROUNDS = 3
A_ROUND = 6  # new inputs
_LARGE = b"""{"schema": 1, "rules": [{"code": "large", "title": "A large amount", "action": "%s",
    "when": {"node": "feature", "name": "txn.amount", "op": ">=", "value": 1600}}]}"""


def _catalogue(*windows: tuple[str, VelocityFeature]) -> Catalogue:
    return Catalogue((
        Feature("txn.amount", "transaction", TransactionField("txn.amount"), "amount"),
        *(Feature(name, "velocity", source, name) for name, source in windows),
        Feature("graph.worst", "graph", GraphFeature(None, "degree"), "largest community"),
    ))  # fmt: skip


_PAYMENTS = (EventKind.AUTHORISATION,)
FIRST = _catalogue(
    ("card.count", VelocityFeature(entity="card", kinds=_PAYMENTS, aggregate="count", window_ms=HOUR)),
    ("card.sum", VelocityFeature(entity="card", kinds=_PAYMENTS, aggregate="sum", window_ms=DAY)),
    (
        "device.cards",
        VelocityFeature(
            entity="device", kinds=_PAYMENTS, aggregate="distinct", partner="card", window_ms=DAY
        ),
    ),
    (
        "card.addresses",
        VelocityFeature(
            entity="card", kinds=_PAYMENTS, aggregate="distinct", partner="address", window_ms=DAY
        ),
    ),
    ("address.sum", VelocityFeature(entity="address", kinds=_PAYMENTS, aggregate="sum", window_ms=DAY)),
)
SECOND = _catalogue(
    ("card.sum", VelocityFeature(entity="card", kinds=_PAYMENTS, aggregate="sum", window_ms=DAY)),
    (
        "device.last",
        VelocityFeature(
            entity="device", kinds=_PAYMENTS, aggregate="since_last", window_ms=DAY, delay_ms=HOUR
        ),
    ),
    (
        "account.logins",
        VelocityFeature(
            entity="account",
            kinds=(EventKind.LOGIN, EventKind.LOGIN_FAILED),
            aggregate="count",
            window_ms=2 * DAY,
        ),
    ),
)
CATALOGUES = {catalogue.version: catalogue for catalogue in (FIRST, SECOND)}
ADDRESSES = tuple(f"{number} Mill Road, Springfield IL 62704" for number in (3, 5, 7, 9))
_JOINED = {"near": ((0, 1),), "far": ((2, 1), (3, 0))}
"""Alias maps by name: of each pair of `ADDRESSES` the first is at the place of the second."""


@lru_cache(maxsize=1)
def addresses() -> KeyCache:
    return KeyCache(load_parser())


@lru_cache(maxsize=4)
def places_of(alias_map: str) -> Places:
    tokens = [key.token for key, _ in addresses().get_many(ADDRESSES) if key is not None]
    return Places({tokens[a]: tokens[b] for a, b in _JOINED[alias_map]}, alias_map)


@lru_cache(maxsize=8)
def scorer_of(release: str) -> Scorer:
    """Every release reviews large amounts; `strict` declines them; `second` needs the second catalogue.

    `near` and `far` are each of an alias map of that name.
    """
    rules = RuleSet.load(_LARGE % (b"decline" if release == "strict" else b"review"))
    return Scorer.cold(
        columns_of(SECOND if release == "second" else FIRST),
        rules=rules,
        release=release,
        alias_map=release if release in _JOINED else "",
    )


@dataclass(frozen=True)
class Scenario:
    """What is put into the log, round by round; everything else is chance."""

    rounds: tuple[tuple[Outgoing, ...], ...]


@lru_cache(maxsize=64)
def scenario(number: int) -> Scenario:
    """Payments and logins out of order, some of them twice, and here and there a command."""
    rng = Random(number)  # noqa: S311 - of histories
    rounds: list[tuple[Outgoing, ...]] = []
    before: list[Outgoing] = []
    counter = itertools.count()
    for _ in range(ROUNDS):
        fresh = [_input(rng, next(counter)) for _ in range(A_ROUND)]
        sent = [*fresh, *(it for it in (*before, *fresh) if rng.random() < 0.15)]
        rng.shuffle(sent)
        rounds.append(tuple(sent))
        before = fresh
        if rng.random() < 0.4:
            release = rng.choice(("strict", "second", "first", "near", "far"))
            command = Control(
                id=f"c{len(rounds)}", time=T0, command="release.activate", actor="ana", reason="test",
                payload={"release": release},
            )  # fmt: skip
            rounds.append((Outgoing(topics.CONTROL.name, b"c", codec.encode(command)),))
    return Scenario(tuple(rounds))


def _input(rng: Random, number: int) -> Outgoing:
    time = T0 + number * HOUR // 4 - rng.choice((0, 0, 0, HOUR, 5 * HOUR))
    account, card = f"account-{rng.randrange(3)}", f"card-{rng.randrange(4)}"
    event: AccountEvent | Transaction
    if rng.random() < 0.25:
        event = door.account_event({"id": f"e{number}", "time": time, "kind": "login", "account": account})
        return Outgoing(topics.ACCOUNT_EVENTS.name, account.encode(), codec.encode(event))
    event = door.transaction({
        "id": f"t{number}", "time": time, "amount": f"{10 + number % 7}.50", "currency": "USD",
        "channel": "ecommerce", "card": card, "account": account, "device": f"device-{rng.randrange(3)}",
        "shipping_address": rng.choice(ADDRESSES),
    })  # fmt: skip
    return Outgoing(topics.TRANSACTIONS.name, card.encode(), codec.encode(event))
