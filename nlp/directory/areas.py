"""What the directory answers with."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

PlaceKind = Literal["state", "district", "city", "sub_district", "loc"]
Vouched = Literal["pin", "district", "state", "any"]


@dataclass(frozen=True, slots=True)
class PostArea:
    """What the post office knows of a PIN. Names are canonical and lower case, lists in the order of the alphabet.

    `state_code` is ISO 3166-2 without its country (`KA`); `district` is where most of the PIN's offices are,
    `districts` all it lies in; `cities` are those whose part it is, and towns with their head office there.
    """

    pin: str
    state_code: str
    state: str
    district: str
    districts: tuple[str, ...]
    sub_districts: tuple[str, ...]
    cities: tuple[str, ...]
    offices: tuple[str, ...]
    localities: tuple[str, ...]


class Near(NamedTuple):
    """A place of the directory that a phrase names; `exact` where it is written so."""

    name: str
    kind: PlaceKind
    exact: bool


class Span(NamedTuple):
    """Tokens `start` to `end` (exclusive) name a place of `kind`; `name` as the directory writes it."""

    start: int
    end: int
    kind: PlaceKind
    vouched: Vouched
    name: str
    exact: bool
