# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Merchants: what they sell, for how much, and whether anything is shipped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.gazetteer import COUNTRIES
from simulator.seeds import Seeds
from simulator.spec import WorldSpec


@dataclass(frozen=True, slots=True)
class Category:
    """`median` is the typical amount in major units (INR, USD), `sigma` its log-normal spread within a merchant.

    `online` is the share of purchases made online; `share` how often people buy in the category.
    """

    name: str
    code: str
    median: tuple[float, float]
    sigma: float
    online: float
    ships: bool
    share: float
    refunds: float = 0.0
    captures: bool = False


CATEGORIES = (
    Category("grocery", "5411", (1430, 63), 0.65, 0.35, ships=True, share=0.20, refunds=0.01),
    Category("restaurant", "5812", (680, 35), 0.55, 0.45, ships=True, share=0.14, refunds=0.005),
    Category("fuel", "5541", (2080, 43), 0.4, 0.0, ships=False, share=0.07),
    Category("fashion", "5651", (2470, 73), 0.7, 0.80, ships=True, share=0.12, refunds=0.07),
    Category("electronics", "5732", (8450, 194), 1.0, 0.80, ships=True, share=0.08, refunds=0.04),
    Category("marketplace", "5399", (1950, 52), 0.95, 0.95, ships=True, share=0.16, refunds=0.05),
    Category("pharmacy", "5912", (840, 30), 0.65, 0.45, ships=True, share=0.05, refunds=0.01),
    Category("travel", "4722", (9750, 281), 0.9, 0.90, ships=False, share=0.04, refunds=0.05, captures=True),
    Category("digital", "5816", (390, 12), 0.9, 1.0, ships=False, share=0.06, refunds=0.01),
    Category("donation", "8398", (980, 32), 1.0, 1.0, ships=False, share=0.015),
    Category("utilities", "4900", (1820, 92), 0.6, 0.90, ships=False, share=0.05),
    Category("furniture", "5712", (12350, 259), 0.9, 0.60, ships=True, share=0.015, refunds=0.05),
    Category("jewellery", "5944", (15600, 227), 1.1, 0.45, ships=True, share=0.01, refunds=0.03),
    Category("education", "8299", (10400, 205), 1.0, 0.95, ships=False, share=0.01, refunds=0.01),
    Category("insurance", "6300", (7800, 151), 0.7, 0.90, ships=False, share=0.01),
)
_ONLINE = np.array([category.online for category in CATEGORIES])
_CODE = {category.name: i for i, category in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True)
class Merchants:
    """Columns of m merchants. `popularity` sums to 1 in each country; `scale` multiplies the category's median."""

    ids: tuple[str, ...]
    country: NDArray[np.int8]
    category: NDArray[np.int8]
    scale: NDArray[np.float64]
    popularity: NDArray[np.float64]

    def of(self, country: int, *categories: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Merchant numbers of a country (and of these categories, where named) with their probabilities."""
        codes = [_CODE[name] for name in categories] or list(_CODE.values())
        chosen = np.flatnonzero((self.country == country) & np.isin(self.category, codes))
        weight = self.popularity[chosen]
        return chosen, weight / weight.sum()

    def draw(
        self, country: int, share: NDArray[np.float64], *categories: str, online: bool
    ) -> NDArray[np.int32]:
        """A merchant for each `share` in 0..1, any shape, as often as people buy there; `online`: on the web only."""
        chosen, weight = self.of(country, *categories)
        if online:
            weight = weight * _ONLINE[self.category[chosen]]
        upto = np.cumsum(weight) / weight.sum()
        at = np.minimum(np.searchsorted(upto, share, side="right"), len(chosen) - 1)
        return chosen[at].astype(np.int32)

    def prices(
        self, merchant: NDArray[np.integer], spend: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Amounts in minor units for purchases at `merchant` by people who spend `spend` times the usual."""
        category = self.category[merchant]
        median = np.array([c.median for c in CATEGORIES])[category, self.country[merchant]]
        sigma = np.array([c.sigma for c in CATEGORIES])[category]
        major = median * self.scale[merchant] * spend * np.exp(sigma * rng.standard_normal(len(merchant)))
        ending = rng.random(len(merchant))
        whole = np.maximum(np.floor(major), 1)
        # Rupee prices and gifts are whole; half of dollar prices end in .99, the others are sums with tax.
        round_sum = (self.country[merchant] == 0) | (category == _CODE["donation"])
        cents = np.where(round_sum, 0.0, np.where(ending < 0.5, 0.99, np.floor(ending * 100) / 100))
        minor: NDArray[np.int64] = np.rint((whole + cents) * 100).astype(np.int64)
        return minor


def make_merchants(spec: WorldSpec, seeds: Seeds) -> Merchants:
    """Each country and category gets one merchant at least; popularity falls off as a power law."""
    rng = seeds.rng("merchants")
    share = np.array([category.share for category in CATEGORIES])
    extra = max(0, spec.merchants - 2 * len(CATEGORIES))
    country = np.concatenate(
        [np.repeat((0, 1), len(CATEGORIES)), rng.random(extra) >= spec.india_share]
    ).astype(np.int8)
    category = np.concatenate(
        [np.tile(np.arange(len(CATEGORIES)), 2), rng.choice(len(CATEGORIES), extra, p=share / share.sum())]
    ).astype(np.int8)
    weight = rng.pareto(1.3, len(country)) + 0.3
    for where in (0, 1):
        for code in range(len(CATEGORIES)):
            mine = (country == where) & (category == code)
            weight[mine] *= share[code] / weight[mine].sum()
    for where in (0, 1):
        weight[country == where] /= weight[country == where].sum()
    ids = tuple(
        f"{CATEGORIES[c].name}-{COUNTRIES[w].lower()}-{i:04d}"
        for i, (c, w) in enumerate(zip(category.tolist(), country.tolist(), strict=True))
    )
    scale = np.exp(0.35 * rng.standard_normal(len(country)))
    return Merchants(ids, country, category, scale, weight)
