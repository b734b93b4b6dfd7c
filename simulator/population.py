"""Customers: what they have, where they live and work, whom they share it with: rings' innocent look-alikes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.changes import (
    Held,
    Stays,
    make_cards,
    make_devices,
    make_phones,
    make_stays,
    some,
)
from simulator.columns import Index
from simulator.commons import ACTIVITY, Commons
from simulator.groups import Block, Groups
from simulator.haunts import Haunts, make_haunts
from simulator.homes import HOSTEL, HOUSEHOLD, Homes, make_homes, residents
from simulator.merchants import Merchants
from simulator.seeds import Seeds
from simulator.spec import WorldSpec
from simulator.workplaces import Workplaces, make_workplaces

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FAVOURITES = 8
_LAPTOP = 0.45  # of customers, who have a second device
_FAMILY_CARD = 0.2  # of those in a household, who may pay with the card of its first member


@dataclass(frozen=True, slots=True)
class Population:
    """Columns of c customers; times in epoch ms; entity columns index the `Book`, -1 absent.

    `second_*` is held besides the first; `family_card` is another's. `rate` is purchases a day while he is a customer.
    """

    country: NDArray[np.int8]
    newcomer: NDArray[np.bool_]  # first appears after the start
    stays: Stays
    rate: Floats
    spend: Floats  # multiplies prices
    peak: Floats  # favourite hour, local time
    favourites: Index  # [c, FAVOURITES] merchants
    account: Index
    email: Index
    phones: Held
    cards: Held
    second_card: Index
    family_card: Index
    devices: Held
    second_device: Index
    homes: Homes
    workplaces: Workplaces
    haunts: Haunts
    groups: Groups

    def __len__(self) -> int:
        return len(self.country)

    # The columns that others ask for most, by short names.

    @property
    def joined(self) -> Ints:
        return self.stays.joined

    @property
    def left(self) -> Ints:
        return self.stays.left

    @property
    def card(self) -> Index:
        return self.cards.first

    @property
    def next_card(self) -> Index:
        return self.cards.next

    @property
    def next_card_from(self) -> Ints:
        return self.cards.since

    @property
    def device(self) -> Index:
        return self.devices.first

    @property
    def next_device(self) -> Index:
        return self.devices.next

    @property
    def next_device_from(self) -> Ints:
        return self.devices.since

    @property
    def phone(self) -> Index:
        return self.phones.first

    @property
    def home(self) -> Index:
        """[c, 3]: a spelling from the profile, then two typed anew."""
        return self.homes.home

    @property
    def home_place(self) -> Index:
        return self.homes.place

    @property
    def household(self) -> Ints:
        """The number of those who live together; -1: alone."""
        return self.homes.household

    @property
    def home_device(self) -> Index:
        return self.homes.device

    @property
    def home_ip(self) -> Index:
        return self.homes.ip

    @property
    def work(self) -> Index:
        """[c, 2]: two ways to write the address at work."""
        return self.workplaces.text

    @property
    def work_ip(self) -> Index:
        return self.workplaces.ip

    @property
    def work_device(self) -> Index:
        return self.workplaces.device


def make_population(
    spec: WorldSpec, seeds: Seeds, book: Book, merchants: Merchants, commons: Commons
) -> Population:
    """Draw the customers. Each part has its own randomness."""
    rng, c = seeds.rng("customers"), spec.customers
    country = (rng.random(c) >= spec.india_share).astype(np.int8)
    newcomer = rng.random(c) < spec.people.newcomer_share
    kind = residents(spec, seeds, country)
    stays = make_stays(spec, seeds, newcomer, kind == HOSTEL)
    second, laptop = rng.random(c) < spec.people.second_card_share, rng.random(c) < _LAPTOP
    cards = make_cards(seeds, book, country, stays)
    devices, alike = make_devices(spec, seeds, book, stays)
    homes = make_homes(spec, seeds, book, country, kind, stays.joined, stays.moved < stays.left)
    workplaces = make_workplaces(spec, seeds, book, country)
    rate = _rates(spec, seeds, stays)
    haunts = make_haunts(seeds, book, commons, country)
    blocks: tuple[Block, ...] = (*homes.blocks, *workplaces.blocks, *haunts.blocks, alike)
    return Population(
        country=country, newcomer=newcomer, stays=stays, rate=rate,
        spend=np.exp(0.5 * rng.standard_normal(c)),
        peak=rng.choice((10.0, 13.0, 18.0, 20.5, 22.0), c) + 1.2 * rng.standard_normal(c),
        favourites=_favourites(spec, seeds, merchants, country),
        account=book.add_accounts(c, "customer"),
        email=book.add_emails(country, "customer"),
        phones=make_phones(spec, seeds, book, country, stays),
        cards=cards,
        second_card=some(second, book.add_cards(country[second], "customer", "second")),
        family_card=_family(seeds, homes, kind, cards.first),
        devices=devices,
        second_device=some(laptop, book.add_devices(int(laptop.sum()), "customer", "second")),
        homes=homes, workplaces=workplaces, haunts=haunts, groups=Groups(blocks),
    )  # fmt: skip


def _rates(spec: WorldSpec, seeds: Seeds, stays: Stays) -> Floats:
    """Long-tailed: a few buy daily, many once in months, so that new cards, accounts and devices are nothing rare.

    Newcomers' and leavers' absence is made up for, so that `spec.rate` holds per customer and day of the whole span.
    """
    activity = np.exp(ACTIVITY * seeds.rng("customers", "activity").standard_normal(len(stays.joined)))
    present = (stays.left - stays.joined) / (spec.end_ms - spec.start_ms)
    rates: Floats = spec.rate * activity / max(float((activity * present).mean()), 1e-9)
    return rates


def _favourites(spec: WorldSpec, seeds: Seeds, merchants: Merchants, country: NDArray[np.int8]) -> Index:
    rng = seeds.rng("customers", "favourites")
    favourites = np.empty((len(country), FAVOURITES), np.int32)
    for k in (0, 1):
        mine = np.flatnonzero(country == k)
        favourites[mine] = merchants.draw(
            k, rng.random((len(mine), FAVOURITES)), online=not spec.card_present
        )
    return favourites


def _family(seeds: Seeds, homes: Homes, kind: NDArray[np.int8], card: Index) -> Index:
    """The card of the household's first member, for some of the others."""
    rng, family = seeds.rng("customers", "family"), np.full(len(card), -1, np.int32)
    members = np.flatnonzero(kind == HOUSEHOLD)
    if len(members):
        _, first, which = np.unique(homes.household[members], return_index=True, return_inverse=True)
        head = members[first][which]
        may = (head != members) & (rng.random(len(members)) < _FAMILY_CARD)
        family[members[may]] = card[head[may]]
    return family
