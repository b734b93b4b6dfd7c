"""Rows, columns and transactions for the scoring tests: a small world where two columns tell fraud."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.types import Card, Ip, Merchant, Money, Scalar, Transaction
from scoring import Columns

DAY_MS = 86_400_000
NAMES = (
    "txn.amount",
    "txn.hour",
    "card.count.1h",
    "device.cards.1d",
    "graph.max.ring_score",
    "graph.max.degree",
)
GROUPS = ("transaction", "transaction", "velocity", "velocity", "graph", "graph")
MEANINGS = ("amount", "hour of day", "payments of this card in an hour", "cards on this device in a day",
            "highest ring score of its entities", "most entities linked to one of its own")  # fmt: skip
COLUMNS = Columns(NAMES, "catalogue-1", GROUPS, MEANINGS)


class World(NamedTuple):
    """`x` float32[n, 6], `y` int8[n], `time` and `amount` int64[n], `cards` a card number a row."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int8]
    time: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    cards: list[int]


def world(n: int = 4000, *, seed: int = 5, days: int = 20) -> World:
    """Fraud is likely where many cards share a device and the ring score is high; a sixth of values is absent."""
    rng = np.random.default_rng(seed)
    x = rng.gamma(2.0, 1.0, size=(n, len(NAMES))).astype(np.float32)
    x[:, 4] = rng.random(n)
    risk = 1.6 * x[:, 3] + 4.0 * x[:, 4] - 10.0
    y = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(np.int8)
    x[rng.random(x.shape) < 1 / 6] = np.nan
    time = np.sort(rng.integers(0, days * DAY_MS, n))
    amount = rng.integers(500, 40_000, n)
    return World(x, y, time, amount, rng.integers(0, n // 4, n).tolist())


def fresh(x: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """All-fresh statuses (absent where NaN), the shape of `x`."""
    return np.where(np.isnan(x), np.uint8(2), np.uint8(0)).astype(np.uint8)


def transaction(
    number: int = 0,
    *,
    country: str | None = "IN",
    bin_: str | None = "411111",
    category: str | None = "5411",
    extra: dict[str, Scalar] | None = None,
) -> Transaction:
    return Transaction(
        id=f"t{number}",
        time=1_700_000_000_000 + number,
        amount=Money(minor=5000, currency="USD", base_minor=5000, base_currency="USD", rate_version="r1"),
        channel="ecommerce",
        card=Card(token=f"card.1.{number:032x}", bin=bin_),
        ip=Ip(token="ip.1.00", country=country) if country else None,
        merchant=Merchant(token="merchant.0.m1", category=category),
        extra=extra or {},
    )


def transactions(n: int) -> list[Transaction]:
    return [transaction(number) for number in range(n)]
