"""What a data report says of a file read by a map. `lake.measure` makes it; this is its shape, ready for JSON.

Times are epoch ms, shares 0..1. Values of identifiers appear as written in the file, card numbers masked: the report is
for the file's owner.
"""

from msgspec import Struct

from events.types import EntityKind


class Gap(Struct, frozen=True):
    """Between two payments, nothing. `missing`: payments to be expected in it at the file's mean rate."""

    start: int
    end: int
    missing: float


class Slice(Struct, frozen=True):
    """One of eight equal parts of the file's time."""

    start: int
    rows: int
    fraud: int


class Times(Struct, frozen=True, kw_only=True):
    """When.

    Args:
        first, last: None where no time could be read.
        unreadable: rows whose time is missing or can't be read; `early` before 2000, `future` beyond tomorrow.
        stated: share of rows whose time names its zone, or counts from an origin that does.
        zone: the zone given to the others.
        hours: payments by hour of the day, UTC.
        quiet: the hour (UTC) around which the fewest pay; None where day and night do not differ.
        offset: hours ahead of UTC at which that would be 3 in the morning: where payers seem to live, give or take 3.
        same_moment: share of rows at the commonest time of day: near 1, times are dates.
        gaps: the three longest; `slices`: eight equal parts, fewer in an empty file.
    """

    first: int | None
    last: int | None
    unreadable: int
    early: int
    future: int
    stated: float
    zone: str
    hours: tuple[int, ...]
    quiet: float | None
    offset: float | None
    same_moment: float
    gaps: tuple[Gap, ...]
    slices: tuple[Slice, ...]


class Ids(Struct, frozen=True):
    """`repeated`: rows whose id an earlier row has; `conflicting`: ids whose rows differ in time or amount."""

    missing: int
    distinct: int
    repeated: int
    conflicting: int


class Refusal(Struct, frozen=True):
    """Why the door refuses `rows` of the sample; the first of them is number `first` in the file."""

    field: str
    reason: str
    remedy: str
    code: str
    rows: int
    first: int


class Sample(Struct, frozen=True, kw_only=True):
    """`rows` spread evenly over the file and put through the door; `addresses` of them through the parser, too."""

    rows: int
    refused: int
    refusals: tuple[Refusal, ...]
    addresses: int
    keyed: int
    units: int


class Said(Struct, frozen=True):
    """A value of the label's column, and how the map reads it."""

    value: str
    rows: int
    fraud: bool


class Labels(Struct, frozen=True, kw_only=True):
    """What is known of fraud. `silent`: rows that say nothing.

    `delay_days` are p50, p90, p99 and max of the days from a fraud to the moment it became known, `assumed` where the
    map's constant makes them; `pending`: labels that become known only after now. `last`: the last fraud's time.
    """

    fraud: int
    genuine: int
    silent: int
    assumed: bool
    delay_days: tuple[float, float, float, float] | None
    early: int
    pending: int
    last: int | None
    said: tuple[Said, ...]


class Amounts(Struct, frozen=True, kw_only=True):
    """Of one currency, in major units. `unreadable`: missing or no number. `whole`: share without a fraction."""

    currency: str
    rows: int
    unreadable: int
    negative: int
    zero: int
    p50: float | None
    p90: float | None
    p99: float | None
    largest: float | None
    whole: float


class Hub(Struct, frozen=True):
    """An entity with suspiciously many links. `placeholder`: its value looks like a stand-in for "none"."""

    value: str
    degree: int
    payments: int
    placeholder: bool


class Entity(Struct, frozen=True, kw_only=True):
    """One kind of entity, as written (the door may fold spellings together).

    `payments` and `degree` are p50, p99 and max. The degree is the number of cards (accounts, where there is no card)
    that share the entity; of a card, the number of entities it was used with. Above `cap` the community job takes an
    entity for a hub and leaves it out; `hubs` are so many, `top` the greatest of them.
    """

    kind: EntityKind
    column: str
    filled: int
    distinct: int
    payments: tuple[int, int, int]
    degree: tuple[int, int, int]
    cap: int | None
    hubs: int
    top: tuple[Hub, ...]


class Dead(Struct, frozen=True):
    """Features that will say the same on every row of this file that has them, and why."""

    why: str
    features: tuple[str, ...]


class Report(Struct, frozen=True, kw_only=True):
    """All of it. `warnings` are the sentences to read first."""

    file: str
    rows: int
    times: Times
    ids: Ids
    sample: Sample
    labels: Labels | None
    amounts: tuple[Amounts, ...]
    entities: tuple[Entity, ...]
    dead: tuple[Dead, ...]
    features: int
    warnings: tuple[str, ...]
