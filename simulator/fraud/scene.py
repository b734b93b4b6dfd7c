"""What fraudsters have to work with, and what they leave behind."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator import rows as r
from simulator.addresses import Place, Places
from simulator.book import Book
from simulator.gazetteer import UTC_OFFSET_MS
from simulator.habits import HOUR_MS
from simulator.merchants import Merchants
from simulator.population import Commons, Population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec
from simulator.spelling import Care

# What is easily sold on.
RESALE = ("electronics", "fashion", "marketplace")
DAILY = ("grocery", "pharmacy", "restaurant")
INTANGIBLE = ("digital", "travel")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody's own entities (numbers in the `Book`)."""

    card: int
    account: int
    device: int
    email: int
    phone: int
    ip: int


@dataclass(slots=True)
class Traces:
    """Payments and account events of one fraud concern, row by row."""

    payments: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def rows(self, seeds: Seeds, spec: WorldSpec, *concern: str) -> tuple[Rows, Rows]:
        """PAYMENT and ACCOUNT_EVENT rows with their ids, cut to the world's span."""
        payments, events = r.table(r.PAYMENT, self.payments), r.table(r.ACCOUNT_EVENT, self.events)
        payments["id"] = seeds.ids(len(payments), "payments", *concern)
        events["id"] = seeds.ids(len(events), "account-events", *concern)
        inside = [(t["time"] >= spec.start_ms) & (t["time"] < spec.end_ms) for t in (payments, events)]
        return payments[inside[0]], events[inside[1]]


@dataclass(frozen=True, slots=True)
class Scene:
    """The world as fraudsters find it."""

    spec: WorldSpec
    seeds: Seeds
    book: Book
    places: Places
    people: Population
    commons: Commons
    merchants: Merchants

    def apart(self) -> "Scene":
        """The same with places of its own (`Places.branch`), for a concern that draws addresses."""
        return replace(self, places=self.places.branch())

    def personas(self, n: int, country: int, *concern: str) -> list[Persona]:
        """`n` new identities, made as those of genuine customers are."""
        where = np.full(n, country, np.int8)
        columns = (
            self.book.add_cards(where, *concern), self.book.add_accounts(n, *concern),
            self.book.add_devices(n, *concern), self.book.add_emails(where, *concern),
            self.book.add_phones(where, *concern), self.book.add_ips(where, *concern),
        )  # fmt: skip
        return [Persona(*numbers) for numbers in zip(*(column.tolist() for column in columns), strict=True)]

    def texts(self, place: Place, rng: np.random.Generator, cares: tuple[Care, ...]) -> list[int]:
        numbers: list[int] = self.book.add_texts(place, rng, cares).tolist()
        return numbers

    def carrier_ip(self, country: int, rng: np.random.Generator) -> int:
        return int(rng.choice(self.commons.carriers[country]))

    def purchase(
        self, rng: np.random.Generator, country: int, time: int, categories: tuple[str, ...], spend: float
    ) -> dict[str, Any]:
        """Time, merchant, amount and channel of one online purchase at usual prices times `spend`."""
        options, weight = self.merchants.of(country, *categories)
        merchant = rng.choice(options, 1, p=weight)
        amount = self.merchants.prices(merchant, np.array([spend]), rng)
        return {
            "time": time, "merchant": int(merchant[0]), "amount": int(amount[0]), "country": country,
            "channel": r.ECOMMERCE,
        }  # fmt: skip

    def moment(self, rng: np.random.Generator, country: int, around: float, night: float = 0.25) -> int:
        """A time on the local day of epoch ms `around`; a share `night` falls at any hour, the rest by daylight."""
        hour = 24 * rng.random() if rng.random() < night else (15.5 + 4.0 * rng.standard_normal()) % 24
        day = (int(around) + UTC_OFFSET_MS[country]) // DAY_MS
        return int(day * DAY_MS + hour * HOUR_MS) - UTC_OFFSET_MS[country]


def declined(rng: np.random.Generator, share: float, codes: tuple[int, ...]) -> int:
    """An issuer's answer: one of `codes` in a share of cases, else approval."""
    return int(rng.choice(codes)) if rng.random() < share else r.APPROVED
