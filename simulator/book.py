"""Every raw identifier of the world, by kind and number. Genuine and fraudulent ones are made the same way."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator import gazetteer as gaz
from simulator import people
from simulator.addresses import Place
from simulator.seeds import Seeds, letters
from simulator.spelling import Care, spell

Index = NDArray[np.int32]

_BINS = (
    ("421493", "437551", "459115", "512622", "524167", "552365", "607012", "608117", "652150", "817204"),
    ("400344", "414720", "426684", "447955", "510805", "515599", "542418", "371240", "601100", "655020"),
)
# First octets of ranges that access providers in each country really use; the rest is drawn.
_IP_FIRST = ((49, 59, 103, 106, 117, 122, 157, 182), (24, 47, 68, 71, 73, 76, 98, 174))
_AREA_CODES_US = (
    "212", "213", "312", "713", "602", "215", "210", "619", "214", "512", "614", "415", "206", "303", "617",
    "615", "503", "314", "404", "305", "813", "612",
)  # fmt: skip


@dataclass(slots=True)
class Book:
    """Raw identifiers as the door takes them; index columns of `rows` point here.

    Every method adds identifiers for a concern (see `Seeds`) and returns their int32 numbers.
    """

    seeds: Seeds
    cards: list[dict[str, str]] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    ips: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)  # (text, country)
    _taken: set[str] = field(default_factory=set)

    def add_cards(self, country: NDArray[np.int8], *concern: str) -> Index:
        rng = self.seeds.rng("cards", *concern)
        kinds, last4 = rng.integers(10, size=len(country)), rng.integers(10_000, size=len(country))
        names = self.seeds.ids(len(country), "cards", *concern).tolist()
        start = len(self.cards)
        self.cards += [
            {"reference": f"card-{letters(name)}", "bin": _BINS[where][kind], "last4": f"{last:04d}"}
            for name, where, kind, last in zip(
                names, country.tolist(), kinds.tolist(), last4.tolist(), strict=True
            )
        ]
        return _span(start, len(country))

    def add_accounts(self, n: int, *concern: str) -> Index:
        return self._opaque(self.accounts, "acct", n, "accounts", *concern)

    def add_devices(self, n: int, *concern: str) -> Index:
        return self._opaque(self.devices, "dev", n, "devices", *concern)

    def add_emails(self, country: NDArray[np.int8], *concern: str) -> Index:
        rng = self.seeds.rng("emails", *concern)
        draws = rng.random((len(country), 4)).tolist()
        start = len(self.emails)
        for where, (first, last, domain, number) in zip(country.tolist(), draws, strict=True):
            first_name, last_name = _at(people.FIRST[where], first), _at(people.LAST[where], last)
            self.emails.append(
                self._unique(
                    f"{first_name}.{last_name}", _at(people.DOMAINS[where], domain), int(number * 10_000)
                )
            )
        return _span(start, len(country))

    def add_phones(self, country: NDArray[np.int8], *concern: str) -> Index:
        rng = self.seeds.rng("phones", *concern)
        draws = rng.integers((0, 0), (22 * 7, 10_000_000), (len(country), 2)).tolist()
        start = len(self.phones)
        for where, (head, tail) in zip(country.tolist(), draws, strict=True):
            prefix = ("98", "99", "97", "96", "95", "94", "90")[head % 7] if where == gaz.INDIA else ""
            if where == gaz.INDIA:
                self.phones.append(f"+91{prefix}{head % 10}{tail:07d}")
            else:
                self.phones.append(f"+1{_AREA_CODES_US[head // 7]}{2 + tail % 8}{tail // 8 % 1_000_000:06d}")
        return _span(start, len(country))

    def add_ips(self, country: NDArray[np.int8], *concern: str) -> Index:
        rng = self.seeds.rng("ips", *concern)
        parts = rng.integers((0, 0, 0, 1), (8, 256, 256, 255), (len(country), 4)).tolist()
        start = len(self.ips)
        self.ips += [
            f"{_IP_FIRST[where][a]}.{b}.{c}.{d}"
            for where, (a, b, c, d) in zip(country.tolist(), parts, strict=True)
        ]
        return _span(start, len(country))

    def add_texts(self, place: Place, rng: np.random.Generator, cares: tuple[Care, ...]) -> Index:
        """One spelling of `place` for each care."""
        start = len(self.texts)
        country = gaz.COUNTRIES[place.country]
        self.texts += [(spell(place, rng, care), country) for care in cares]
        return _span(start, len(cares))

    def _opaque(self, names: list[str], prefix: str, n: int, *concern: str) -> Index:
        start = len(names)
        names += [f"{prefix}-{letters(number)}" for number in self.seeds.ids(n, *concern).tolist()]
        return _span(start, n)

    def _unique(self, name: str, domain: str, number: int) -> str:
        while (email := f"{name}{number}@{domain}") in self._taken:
            number += 1
        self._taken.add(email)
        return email


def _span(start: int, n: int) -> Index:
    return np.arange(start, start + n, dtype=np.int32)


def _at(options: tuple[str, ...], share: float) -> str:
    return options[int(share * len(options))]
