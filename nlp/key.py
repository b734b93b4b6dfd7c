"""The two-level strict key of a canonical address."""

from typing import Final

from events.identity import content_hash
from events.types import AddressKey
from nlp.fields import Canonical

QUARTERS: Final = ("place", "square")
"""Ends of names that are a building's in one place and a whole quarter's in another."""

_KNOWN_BY_POSTCODE: Final = frozenset({"IN", "US", ""})  # six digits, five digits


def make_key(address: Canonical, version: str) -> AddressKey | None:
    """`address.<version>.<32 hex>` of the building and, where the text names one, of the unit in it.

    None where the text says too little to tell one building from the next: no number or name, or no postcode and no
    city either.
    """
    place, what = _place(address), _building(address)
    if not place or not what:
        return None
    building = (*what, *place)
    unit = address.unit
    return AddressKey(
        building=_token(version, "building", *building),
        unit=_token(version, "unit", *building, unit) if unit else None,
    )


def _token(version: str, *parts: str) -> str:
    return f"address.{version}.{content_hash(*parts)}"


def _place(address: Canonical) -> tuple[str, ...]:
    """The postcode alone where there is one: people leave out or misname the rest."""
    if address.postcode:
        known = address.country in _KNOWN_BY_POSTCODE
        return ("post", address.postcode) if known else ("post", address.postcode, address.country)
    if address.city:
        if address.country in _KNOWN_BY_POSTCODE:
            return ("city", address.city, address.state if address.country == "US" else "")
        return ("city", address.city, address.state, address.country)
    return ()


def _building(address: Canonical) -> tuple[str, ...]:
    """What tells the building: number and street, else its name, else number and area."""
    if address.po_box:
        return ("box", address.po_box)
    if address.house and address.streets:
        # Numbered lanes repeat in every sector; named streets do not, and there the sector is often left out.
        numbered = address.in_sector or any(street[0].isdigit() for street in address.streets)
        return ("street", address.house, *address.streets, *(address.sectors if numbered else ()))
    if address.house and address.in_sector:
        return ("area", address.house, *address.sectors)
    if address.building:
        # Nehru Place is a quarter: its blocks are the buildings.
        parts = address.sectors if address.building.endswith(QUARTERS) else ()
        return ("name", address.building, *parts)
    if address.house and (address.sectors or address.area):
        return ("area", address.house, *(address.sectors or (address.area,)))
    return ()
