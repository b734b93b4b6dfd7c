"""What a parse gives: fields as written, and their canonical values."""

from typing import Final

from msgspec import Struct

from events.types import AddressKey


class Fields(Struct, frozen=True, kw_only=True):
    """An address resolved into its fields; a value is None where the text names none.

    Values are as written, but for characters made plain (`nlp.text.legible`); several pieces of one field stand in
    their order, joined by one space. House, unit, floor, block and box keep their words (`Plot No 5`, `2nd Floor`);
    names stand without them (`Vill`, `Tehsil`, `Dist`, `near`). docs/addresses.md says what belongs where.
    """

    house_number: str | None = None
    house_name: str | None = None
    unit: str | None = None
    floor: str | None = None
    block: str | None = None
    street: str | None = None
    sub_locality: str | None = None
    locality: str | None = None
    village: str | None = None
    sub_district: str | None = None
    district: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    poi: str | None = None
    po_box: str | None = None
    country: str | None = None


FIELDS: Final = Fields.__struct_fields__


class Canonical(Struct, frozen=True, kw_only=True):
    """The same fields in the one form that all spellings share: what keys are made of.

    Names are folded (`nlp.text.fold`), numbers in one form, streets and sectors sorted; `city` is the gazetteer's
    name where it knows the place, `state` and `country` are codes, filled in from the postcode where missing.
    `in_sector`: the house's number is one of its sector or block (`45, Phase 2, Main Road`), not of a street.
    `floor`, `district` and `post_office` (where a PIN has but one) tell about the place; no key is made of them.
    """

    unit: str = ""
    floor: str = ""
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
    district: str = ""
    post_office: str = ""


class ParsedAddress(Struct, frozen=True, kw_only=True):
    """A parse.

    Attributes:
        fields: as written.
        confidence: a field's name -> the chance (0 to 1) that its value is right; only of fields with a value.
        canonical: what the key is made of.
        key: None where the text says too little to tell a place by.
    """

    fields: Fields
    confidence: dict[str, float]
    canonical: Canonical
    key: AddressKey | None
