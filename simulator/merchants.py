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
    Category("grocery", "5411", (850, 42), 0.7, 0.35, ships=True, share=0.22, refunds=0.01),
    Category("restaurant", "5812", (480, 28), 0.6, 0.45, ships=True, share=0.16, refunds=0.005),
    Category("fuel", "5541", (1400, 38), 0.4, 0.0, ships=False, share=0.09),
    Category("fashion", "5651", (1600, 64), 0.7, 0.80, ships=True, share=0.14, refunds=0.07),
    Category("electronics", "5732", (4200, 145), 0.9, 0.80, ships=True, share=0.09, refunds=0.04),
    Category("marketplace", "5399", (1100, 46), 0.9, 0.95, ships=True, share=0.14, refunds=0.05),
    Category("pharmacy", "5912", (420, 24), 0.6, 0.45, ships=True, share=0.05, refunds=0.01),
    Category("travel", "4722", (5200, 230), 0.8, 0.90, ships=False, share=0.03, refunds=0.05, captures=True),
    Category("digital", "5816", (149, 7), 1.0, 1.0, ships=False, share=0.06, refunds=0.01),
    Category("donation", "8398", (500, 25), 0.9, 1.0, ships=False, share=0.02),
)
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

    def prices(
        self, merchant: NDArray[np.int64], spend: NDArray[np.float64], rng: np.random.Generator
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
