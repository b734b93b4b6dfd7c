"""What a parse gives: fields as written, and their canonical values."""

from msgspec import Struct

from events.types import AddressKey


class Fields(Struct, frozen=True, kw_only=True):
    """An address resolved into its fields; each value is None (or empty) where the text names none.

    Values are as written, but for Unicode cleaning and numbers written apart (`nlp.joins`); several words are joined
    by one space.
    """

    unit: str | None = None
    block: str | None = None
    floor: str | None = None
    house: str | None = None
    building: str | None = None
    streets: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    area: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    postcode: str | None = None
    po_box: str | None = None
    landmark: str | None = None


class Canonical(Struct, frozen=True, kw_only=True):
    """The same fields in the one form that all spellings share: what keys are made of.

    Names are folded (`nlp.text.fold`), numbers in one form, streets and sectors sorted; `city` is the gazetteer's
    name where it knows the place, `state` and `country` are codes, filled in from the postcode where missing.
    `in_sector`: the house's number is one of its sector or block (`45, Phase 2, Main Road`), not of a street.
    """

    unit: str = ""
    house: str = ""
    in_sector: bool = False
    building: str = ""
    streets: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    area: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    postcode: str = ""
    po_box: str = ""


class ParsedAddress(Struct, frozen=True, kw_only=True):
    """A parse: the fields as written, their canonical values, and the key (None: too little to tell a place by)."""

    fields: Fields
    canonical: Canonical
    key: AddressKey | None
