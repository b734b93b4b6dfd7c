"""Every raw identifier of the world, by kind and number. Genuine and fraudulent ones are made the same way."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator import gazetteer as gaz
from simulator import people
from simulator.addresses import Places
from simulator.columns import Column, Index
from simulator.seeds import Seeds, letters
from simulator.texts import Texts

Countries = NDArray[np.int8]

BINS = (
    "421493", "437551", "459115", "512622", "524167", "552365", "607012", "608117", "652150", "817204",
    "400344", "414720", "426684", "447955", "510805", "515599", "542418", "371240", "601100", "655020",
)  # fmt: skip
_BINS_A_COUNTRY = 10
# First octets of ranges that access providers in each country really use; the rest is drawn.
_IP_FIRST = np.array(((49, 59, 103, 106, 117, 122, 157, 182), (24, 47, 68, 71, 73, 76, 98, 174)), np.uint32)
US_OCTETS = frozenset(_IP_FIRST[1].tolist())  # the others are India's
_MOBILE_IN = np.array((98, 99, 97, 96, 95, 94, 90), np.int64)
_AREA_CODES_US = np.array(
    (
        212,
        213,
        312,
        713,
        602,
        215,
        210,
        619,
        214,
        512,
        614,
        415,
        206,
        303,
        617,
        615,
        503,
        314,
        404,
        305,
        813,
        612,
    ),
    np.int64,
)

CARD = np.dtype([("name", "u8"), ("bin", "i1"), ("last4", "i2")])
# `style`: what stands between first and last name; `number` -1: none.
EMAIL = np.dtype(
    [("country", "i1"), ("first", "i1"), ("style", "i1"), ("last", "i1"), ("number", "i2"), ("domain", "i1")]
)
# Domains stand in a list as often as they are likely; here each is the first of its name.
_MAILBOX = np.array(
    [[16 * at + names.index(name) for name in names] for at, names in enumerate(people.DOMAINS)]
)
_MEMO = 1 << 16  # raw identifiers of a kind that are kept: they return far more often than they appear


class Book:
    """Columns of what each identifier is made of; index columns of `rows` point here.

    `add_...` adds identifiers for a concern (see `Seeds`) and returns their int32 numbers; `card`, `account` and so on
    give the raw form of a number as the door takes it. A number never changes its raw form.
    """

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.places = Places()
        self.texts = Texts(self.places, seeds)
        self.cards: Column[np.void] = Column(CARD)
        self.accounts: Column[np.uint64] = Column(np.uint64)
        self.devices: Column[np.uint64] = Column(np.uint64)
        self.emails: Column[np.void] = Column(EMAIL)
        self.phones: Column[np.int64] = Column(np.int64)  # E.164 digits
        self.ips: Column[np.uint32] = Column(np.uint32)
        # Each book has a memo of its own, which ends with it.
        self.card = lru_cache(_MEMO)(self._card)
        self.account = lru_cache(_MEMO)(self._account)
        self.device = lru_cache(_MEMO)(self._device)
        self.email = lru_cache(_MEMO)(self._email)
        self.phone = lru_cache(_MEMO)(self._phone)
        self.ip = lru_cache(_MEMO)(self._ip)

    def add_cards(self, country: Countries, *concern: str) -> Index:
        """One card of a bank in each of int8[n] countries."""
        rng, n = self.seeds.rng("cards", *concern), len(country)
        rows = np.empty(n, CARD)
        rows["name"] = self.seeds.ids(n, "cards", *concern)
        rows["bin"] = country * _BINS_A_COUNTRY + rng.integers(_BINS_A_COUNTRY, size=n)
        rows["last4"] = rng.integers(10_000, size=n)
        return self.cards.add(rows)

    def add_accounts(self, n: int, *concern: str) -> Index:
        return self.accounts.add(self.seeds.ids(n, "accounts", *concern))

    def add_devices(self, n: int, *concern: str) -> Index:
        return self.devices.add(self.seeds.ids(n, "devices", *concern))

    def add_emails(self, country: Countries, *concern: str) -> Index:
        """Distinct within a concern; that two concerns meet is as unlikely as in life, and means as little."""
        rng = self.seeds.rng("emails", *concern)
        rows = _emails(rng, country)
        while len(again := _repeated(rows)):
            rows[again] = _emails(rng, country[again])
        return self.emails.add(rows)

    def add_phones(self, country: Countries, *concern: str) -> Index:
        rng = self.seeds.rng("phones", *concern)
        head, tail = rng.integers((0, 0), (22 * 7, 10_000_000), (len(country), 2)).T
        india = (91 * 100 + _MOBILE_IN[head % 7]) * 10**8 + (head % 10) * 10**7 + tail
        us = (1_000 + _AREA_CODES_US[head // 7]) * 10**7 + (2 + tail % 8) * 10**6 + tail // 8 % 10**6
        return self.phones.add(np.where(country == gaz.INDIA, india, us))

    def add_ips(self, country: Countries, *concern: str) -> Index:
        rng = self.seeds.rng("ips", *concern)
        parts = rng.integers((0, 0, 0, 1), (8, 256, 256, 255), (len(country), 4)).astype(np.uint32)
        first = _IP_FIRST[country, parts[:, 0]]
        packed = (first << 24) | (parts[:, 1] << 16) | (parts[:, 2] << 8) | parts[:, 3]
        return self.ips.add(packed.astype(np.uint32))

    # --- raw forms ----------------------------------------------------------------------------------------

    def _card(self, number: int) -> dict[str, str]:
        name, bin_, last4 = self.cards.values[number].tolist()
        return {"reference": f"card-{letters(name)}", "bin": BINS[bin_], "last4": f"{last4:04d}"}

    def _account(self, number: int) -> str:
        return f"acct-{letters(int(self.accounts.values[number]))}"

    def _device(self, number: int) -> str:
        return f"dev-{letters(int(self.devices.values[number]))}"

    def _email(self, number: int) -> str:
        country, first, style, last, digits, domain = self.emails.values[number].tolist()
        name = f"{people.FIRST[country][first]}{people.BETWEEN[style]}{people.LAST[country][last]}"
        return f"{name}{digits if digits >= 0 else ''}@{people.DOMAINS[country][domain]}"

    def _phone(self, number: int) -> str:
        return f"+{self.phones.values[number]}"

    def _ip(self, number: int) -> dict[str, str]:
        packed = int(self.ips.values[number])
        text = f"{packed >> 24}.{packed >> 16 & 255}.{packed >> 8 & 255}.{packed & 255}"
        return {"address": text, "country": gaz.COUNTRIES[int(packed >> 24 in US_OCTETS)]}


def _emails(rng: np.random.Generator, country: Countries) -> NDArray[np.void]:
    rows, n = np.empty(len(country), EMAIL), len(country)
    rows["country"] = country
    for name, options in (("first", people.FIRST), ("last", people.LAST), ("domain", people.DOMAINS)):
        rows[name] = (rng.random(n) * np.array([len(each) for each in options])[country]).astype(np.int8)
    # Squared: the plain dot is the common one.
    rows["style"] = (rng.random(n) ** 2 * len(people.BETWEEN)).astype(np.int8)
    kind, draw = rng.random((2, n))
    year, four = 1 + (99 * draw).astype(np.int16), (10_000 * draw).astype(np.int16)
    rows["number"] = np.select([kind < 0.2, kind < 0.6], [-1, year], four)  # noqa: PLR2004 - none, a year, four digits
    return rows


def _repeated(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Which rows name the mailbox that an earlier one names: dots mean nothing to some providers."""
    code = _MAILBOX[rows["country"], rows["domain"]].astype(np.int64)
    for column in (rows["first"], np.maximum(rows["style"], 1), rows["last"]):
        code = code * 64 + column
    code = code * 20_000 + rows["number"] + 1
    later = np.ones(len(rows), np.bool_)
    later[np.unique(code, return_index=True)[1]] = False
    return np.flatnonzero(later)
