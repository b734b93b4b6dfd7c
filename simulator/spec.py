"""What a world is made of, in numbers: read from `world.toml`, where each has its meaning beside it."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from events.errors import NotFoundError, SettingsError

DAY_MS = 86_400_000
START_2026 = 1_767_225_600_000  # 2026-01-01T00:00Z
_ROUNDING = 1e-6
_FEWEST_MEMBERS = 2  # one is no ring

FraudType = Literal["ring", "card_testing", "stolen_card", "takeover", "compromised_merchant", "bust_out"]


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file. Names ending in `_share` lie in 0..1; pairs are (low, high), both ends in."""


class People(_Part, frozen=True):
    household_share: float
    household_size: tuple[int, int]
    household_device_share: float
    flat_share: float
    flat_size: tuple[int, int]
    hostel_share: float
    hostel_size: tuple[int, int]
    small_office_share: float
    small_office_size: tuple[int, int]
    office_share: float
    office_size: tuple[int, int]
    office_tail: float
    tower_share: tuple[float, float]
    tower_flats: tuple[int, int]
    newcomer_share: float
    leaver_share: float
    second_card_share: float
    guest_share: float


class Shared(_Part, frozen=True):
    """What strangers share."""

    carrier_users: tuple[int, int]
    carrier_share: float
    kiosk_cards: tuple[int, int]
    kiosk_share: float
    customers_a_locker: int
    locker_share: float
    customers_a_forwarder: int
    forwarder_share: float
    gift_share: float
    private_share: float
    new_device_share: float
    resold_device_share: float
    new_phone_share: float
    recycled_phone_share: float
    fingerprint_share: float
    fingerprint_users: tuple[int, int]


class Fraud(_Part, frozen=True):
    """`share`: of all purchases, by count, that are fraud; `mix`: of fraudulent payments, sums to 1."""

    share: float
    mix: dict[FraudType, float]
    retry_share: float
    rotate_share: float


class Rings(_Part, frozen=True):
    members: int
    spread: float
    most_members: int
    payments_a_member: float
    opsec: float
    opsec_spread: float
    dormant_days: tuple[float, float]
    active_days: tuple[float, float]
    drops: tuple[int, int]
    locker_share: float
    kiosk_share: float
    mule_share: float
    stolen_card_share: float


class Labels(_Part, frozen=True):
    """`review_*` is the screening that was there before ringwatch, whose verdicts come fast but not for everything."""

    decline_share: float
    decline_good_share: float
    reviews_share: float
    review_good_share: float
    review_wrong_share: float
    reported_share: float
    chargeback_days: float
    chargeback_spread: float
    chargeback_most_days: float
    first_party_share: float
    overturned_share: float
    approval_share: float
    login_share: float


class WorldSpec(_Part, frozen=True, kw_only=True):
    """A world's size and mix; the fields' meanings stand beside their defaults in `simulator/world.toml`."""

    customers: int
    days: int
    start_ms: int = START_2026
    rate: float
    card_present: bool
    india_share: float
    merchants: int
    people: People
    shared: Shared
    fraud: Fraud
    rings: Rings
    labels: Labels

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise SettingsError("\n".join(faults))

    @property
    def end_ms(self) -> int:
        """The first moment after the world's last purchase; labels become known for months after it."""
        return self.start_ms + self.days * DAY_MS

    @property
    def purchases(self) -> float:
        """How many genuine purchases to expect."""
        return self.customers * self.days * self.rate

    def frauds(self, kind: FraudType) -> float:
        """How many fraudulent payments of a kind to expect."""
        return self.purchases * self.fraud.share / (1 - self.fraud.share) * self.fraud.mix.get(kind, 0.0)

    def change(self, **changes: Any) -> "WorldSpec":
        """A copy with some fields replaced; a part takes a table of its fields: `change(fraud={"share": 0.0})`.

        `SettingsError` names the fields that do not fit.
        """
        return _convert(_merged(structs.asdict(self), changes))


def _faults(spec: WorldSpec) -> Iterator[str]:
    for name in ("customers", "days", "rate", "merchants"):
        if getattr(spec, name) <= 0:
            yield f"{name} must be above zero"
    yield from _range_faults("", spec)
    for name in ("people", "shared", "fraud", "rings", "labels"):
        yield from _range_faults(f"{name}.", getattr(spec, name))
    people, fraud = spec.people, spec.fraud
    if people.household_share + people.flat_share + people.hostel_share > 1:
        yield "people.household_share + flat_share + hostel_share must not exceed 1"
    if people.small_office_share + people.office_share > 1:
        yield "people.small_office_share + office_share must not exceed 1"
    if (fraud.share and abs(sum(fraud.mix.values()) - 1) > _ROUNDING) or any(
        s < 0 for s in fraud.mix.values()
    ):
        yield "fraud.mix must not be negative and must sum to 1"
    if spec.rings.members < _FEWEST_MEMBERS:
        yield f"rings.members must be at least {_FEWEST_MEMBERS}"


def _range_faults(where: str, part: Struct) -> Iterator[str]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name.endswith("_share") or name in {"share", "opsec"}:
            if not all(0 <= each <= 1 for each in (value if isinstance(value, tuple) else (value,))):
                yield f"{where}{name} must lie in 0..1"
        elif isinstance(value, tuple) and not 0 <= value[0] <= value[1]:
            yield f"{where}{name} must be (low, high) with 0 <= low <= high"


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` over `base`, tables merged field by field; `mix` is replaced as a whole, for it sums to 1."""
    out: dict[str, Any] = {}
    for name, value in {**base, **changes}.items():
        old = base.get(name)
        plain = structs.asdict(old) if isinstance(old, Struct) else old
        if isinstance(plain, Mapping) and isinstance(value, Mapping) and name != "mix":
            out[name] = _merged(plain, value)
        else:
            out[name] = value
    return {n: structs.asdict(v) if isinstance(v, Struct) else v for n, v in out.items()}


def _convert(table: Mapping[str, Any]) -> WorldSpec:
    try:
        return msgspec.convert(table, WorldSpec)
    except msgspec.ValidationError as error:
        raise SettingsError(f"world: {error}") from error


@cache
def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("simulator").joinpath("world.toml").read_text())


PRESETS: tuple[str, ...] = tuple(_shipped()["preset"])


def preset(name: str, *, start_ms: int = START_2026) -> WorldSpec:
    """The preset of that name, starting at `start_ms`; `NotFoundError` names those there are."""
    if name not in PRESETS:
        raise NotFoundError(f"no preset {name!r}: there are {', '.join(PRESETS)}")
    shipped = _shipped()
    return _convert(_merged(_merged(shipped["world"], shipped["preset"][name]), {"start_ms": start_ms}))


def read_spec(path: Path) -> WorldSpec:
    """A spec of one's own: a TOML file of the fields to change, with `preset` for what to start from.

    `NotFoundError` for a missing file or an unknown preset; `SettingsError` names what does not fit.
    """
    try:
        table = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise NotFoundError(f"no file {path}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    base = preset(table.pop("preset", "gateway-cnp"))
    return base.change(**table)
