# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What fraudsters have to work with, and what they leave behind."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator import gazetteer as gaz
from simulator import rows as r
from simulator.addresses import Places
from simulator.book import Book
from simulator.clock import HOUR_MS, OFFSETS_MS
from simulator.columns import Index
from simulator.commons import Commons
from simulator.merchants import CATEGORIES, Merchants
from simulator.population import Ints, Population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec
from simulator.spelling import Care

# What is easily sold on, what leaves no parcel, and what everybody buys.
RESALE = ("electronics", "fashion", "marketplace", "jewellery")
INTANGIBLE = ("digital", "travel", "education")
DAILY = ("grocery", "pharmacy", "restaurant", "utilities", "marketplace")

IN_TOWER = 0.5  # of dwellings that a fraudster takes, where there are towers at all
TOWER_TRIES, SHOPPER_TRIES = 8, 20
TRANSFERS = 0.12  # of purchases on an account, as customers' own
# Shares of a crook's payments from a carrier's and from some household's address (a proxy).
LOCAL_IP = (0.40, 0.28)


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

    def rows(self, scene: "Scene", *concern: str) -> tuple[Rows, Rows]:
        """PAYMENT and ACCOUNT_EVENT rows with their ids, cut to the world's span."""
        payments, events = r.table(r.PAYMENT, self.payments), r.table(r.ACCOUNT_EVENT, self.events)
        ships = np.array([category.ships for category in CATEGORIES])
        sent = ships[scene.merchants.category[payments["merchant"]]]
        payments["currency"] = scene.merchants.country[payments["merchant"]]
        payments["ship"] = np.where(sent, payments["ship"], -1)
        payments["id"] = scene.seeds.ids(len(payments), "payments", *concern)
        events["id"] = scene.seeds.ids(len(events), "account-events", *concern)
        start, end = scene.spec.start_ms, scene.spec.end_ms
        inside = [(each["time"] >= start) & (each["time"] < end) for each in (payments, events)]
        return payments[inside[0]], events[inside[1]]


@dataclass(frozen=True, slots=True)
class Scene:
    """The world as fraudsters find it.

    `bought` are genuine PAYMENT rows and `who` made each (customer number); `locals_` the customers of each country;
    `places` a branch of this concern's own.
    """

    spec: WorldSpec
    seeds: Seeds
    book: Book
    people: Population
    commons: Commons
    merchants: Merchants
    bought: Rows
    who: Ints
    locals_: tuple[Ints, Ints]
    places: Places

    def apart(self) -> "Scene":
        """The same with places of its own (`Places.branch`), for a concern that draws addresses."""
        return replace(self, places=self.book.places.branch())

    def country(self, rng: np.random.Generator) -> int:
        """As often as customers live there."""
        return int(rng.random() >= self.spec.india_share)

    def personas(self, n: int, country: int, *concern: str) -> list[Persona]:
        """`n` new identities, made as those of genuine customers are."""
        where, book = np.full(n, country, np.int8), self.book
        columns = (
            book.add_cards(where, *concern), book.add_accounts(n, *concern), book.add_devices(n, *concern),
            book.add_emails(where, *concern), book.add_phones(where, *concern), book.add_ips(where, *concern),
        )  # fmt: skip
        return [Persona(*numbers) for numbers in zip(*(column.tolist() for column in columns), strict=True)]

    def texts(self, places: Index, care: Care, *concern: str) -> list[int]:
        """A spelling of each place."""
        numbers: list[int] = self.book.texts.add(places, care, *concern).tolist()
        return numbers

    def home(self, rng: np.random.Generator, country: int) -> Index:
        """A dwelling that nobody has, int32[1]: a house, or a flat in a tower where customers live."""
        where = np.full(1, country, np.int8)
        for _ in range(TOWER_TRIES if rng.random() < IN_TOWER else 0):
            home = self.people.home_place[[self.customer(rng, country)]]
            tower = self.book.places.building(home)
            if tower[0] != home[0]:
                return self.places.units(rng, tower)
        return self.places.houses(rng, where)

    def customer(self, rng: np.random.Generator, country: int) -> int:
        """Any customer of a country (of any, where it has none)."""
        local = self.locals_[country]
        return (
            int(local[int(rng.integers(len(local)))]) if len(local) else int(rng.integers(len(self.people)))
        )

    def shopper(self, rng: np.random.Generator, country: int | None = None) -> int:
        """A customer, as likely as often he buys: cards and accounts that are used are those that get lost."""
        for _ in range(SHOPPER_TRIES if len(self.who) else 0):
            someone = int(self.who[int(rng.integers(len(self.who)))])
            if country is None or self.people.country[someone] == country:
                return someone
        return self.customer(rng, self.country(rng) if country is None else country)

    def ip(self, rng: np.random.Generator, country: int, own: int) -> int:
        """A carrier's address, that of a household whose router serves as a proxy, or one's own."""
        draw = rng.random()
        if draw < LOCAL_IP[0]:
            return int(rng.choice(self.commons.carriers[country]))
        if draw < sum(LOCAL_IP):
            return int(self.people.home_ip[self.customer(rng, country)])
        return own

    def parcel_point(self, rng: np.random.Generator, country: int) -> list[int]:
        """Spellings of a parcel locker, or now and then of a freight forwarder, that innocents use."""
        points = self.commons.forwarders if rng.random() < 0.2 else self.commons.lockers
        row = points[country][int(rng.integers(len(points[country])))]
        spelled: list[int] = row.tolist()
        return spelled

    def purchase(
        self, rng: np.random.Generator, country: int, time: float, categories: tuple[str, ...], spend: float,
        abroad: float = 0.0,
    ) -> dict[str, Any]:  # fmt: skip
        """Time, merchant, amount and channel of one online purchase at usual prices times `spend`.

        `abroad`: chance that the merchant is in the other country, for a buyer of `country`.
        """
        where = 1 - country if rng.random() < abroad else country
        merchant = self.merchants.draw(where, rng.random(1), *categories, online=True)
        amount = self.merchants.prices(merchant.astype(np.int64), np.array([spend]), rng)
        return {
            "time": int(time), "merchant": int(merchant[0]), "amount": int(amount[0]), "country": country,
            "channel": r.ECOMMERCE,
        }  # fmt: skip

    def transfer(self, rng: np.random.Generator, row: dict[str, Any]) -> None:
        """Some purchases on an account in India go from the account, without any card."""
        if rng.random() < TRANSFERS and row["country"] == gaz.INDIA and row["account"] >= 0:
            row.update(channel=r.TRANSFER, card=-1)

    def moment(self, rng: np.random.Generator, country: int, around: float, night: float = 0.30) -> int:
        """A time on the local day of epoch ms `around`; a share `night` falls at any hour, the rest by daylight."""
        hour = 24 * rng.random() if rng.random() < night else (16.0 + 4.0 * rng.standard_normal()) % 24
        offset = int(OFFSETS_MS[country])
        day = (int(around) + offset) // DAY_MS
        return int(day * DAY_MS + hour * HOUR_MS) - offset

    def begin(self, rng: np.random.Generator, victim: int) -> float:
        """A moment while the victim is a customer, on the card first held."""
        people = self.people
        joined, left = int(people.joined[victim]), int(people.left[victim])
        if people.next_card[victim] >= 0:
            left = max(min(left, int(people.next_card_from[victim])), joined + 1)
        around = joined + (left - joined) * rng.uniform(0.05, 0.98)
        return float(max(self.moment(rng, int(people.country[victim]), around), joined + HOUR_MS))


def make_scene(
    spec: WorldSpec,
    book: Book,
    people: Population,
    commons: Commons,
    merchants: Merchants,
    bought: Rows,
    who: Ints,
) -> Scene:
    """The scene before any fraud."""
    locals_ = np.flatnonzero(people.country == 0), np.flatnonzero(people.country == 1)
    return Scene(
        spec, book.seeds, book, people, commons, merchants, bought, who, locals_, book.places.branch()
    )
