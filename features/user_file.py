"""A user's own features: `[[feature]]` tables of a TOML file, checked so that every fault is told with its remedy."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from events.errors import SettingsError
from features.catalogue import LONGEST_MS
from features.families import families
from features.feature import (
    GROUPS,
    Aggregate,
    Derived,
    Difference,
    Feature,
    Ratio,
    VelocityFeature,
    ZScore,
    parts_of,
)
from features.keys import CHANNELS, KEYS, EventKind, parts_of_key
from features.user_table import Table, meant
from features.wording import said_of

KINDS: Mapping[str, EventKind] = {kind.name.lower(): kind for kind in EventKind}
AGGREGATES: tuple[str, ...] = get_args(Aggregate)
_MADE: Mapping[str, tuple[type[Derived], tuple[str, ...]]] = {
    "ratio": (Ratio, ("numerator", "denominator")),
    "difference": (Difference, ("minuend", "subtrahend")),
    "zscore": (ZScore, ("value", "mean", "standard deviation")),
}
_WINDOW = (
    "entity", "aggregate", "window", "kinds", "partner", "delay", "channels", "amount_from", "amount_below",
)  # fmt: skip
_ALWAYS = ("name", "meaning")
_PAYMENTS = frozenset({EventKind.AUTHORISATION, EventKind.CAPTURE, EventKind.REFUND, EventKind.REVERSAL})
_OF_PAYMENTS = frozenset({"bin", "ip_prefix", "email_domain", "category"})  # `Batch.keys` of other events: 0


def load_own(path: Path, defaults: Sequence[Feature]) -> tuple[Feature, ...]:
    """The features of the file at `path`, in its order; `defaults` are the columns that there are besides.

    Raises SettingsError that lists every fault: file, feature, field, remedy.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"[features] file names {path}, which is no file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from None
    faults = [
        f"{path}: {key}: there is no such table{meant(key, ['feature'])}; features are written as [[feature]]"
        for key in document
        if key != "feature"
    ]
    given = document.get("feature", [])
    if not isinstance(given, list):
        raise SettingsError(
            f"{path}: feature: write each as a table of its own, [[feature]] in double brackets"
        )
    tables = [Table(path, number, content, faults) for number, content in enumerate(given, 1)]
    found = [feature for feature in map(_feature, tables) if feature is not None]
    _check_names(tables, found, defaults)
    if faults:
        raise SettingsError("\n  ".join([f"{len(faults)} fault(s) in {path}:", *faults]))
    return tuple(found)


def with_own(defaults: Sequence[Feature], own: Sequence[Feature]) -> tuple[Feature, ...]:
    """Both in the order of a catalogue: a user's columns at the end of their part of the row."""

    def place(feature: Feature) -> tuple[int, bool]:
        return GROUPS.index(feature.group), isinstance(feature.source, Derived)

    return tuple(sorted((*defaults, *own), key=place))


def _feature(table: Table) -> Feature | None:
    before = len(table.faults)
    made = [key for key in _MADE if key in table.content]
    if len(made) > 1:
        table.fault(made[1], f"stands beside {made[0]}: a feature is one of them; write two features")
    table.only((*_ALWAYS, *made[:1]) if made else (*_ALWAYS, *_WINDOW, *_MADE))
    name, meaning = table.text("name"), table.text("meaning", default="")
    source = _derived(table, made[0]) if made else _velocity(table)
    if name is None or meaning is None or source is None or len(table.faults) > before:
        return None
    return Feature(name, "velocity", source, meaning or said_of(source))


def _derived(table: Table, key: str) -> Derived | None:
    kind, parts = _MADE[key]
    names = table.texts(key)
    if names is not None and len(names) != len(parts):
        table.fault(key, f"names {len(names)} columns: write {len(parts)} names, {', '.join(parts)}")
        return None
    return None if names is None else kind(*names)


def _velocity(table: Table) -> VelocityFeature | None:
    entity, aggregate = table.text("entity"), table.one_of("aggregate", AGGREGATES)
    window, delay = table.span("window"), table.span("delay", default=0)
    words = table.some_of("kinds", tuple(KINDS), default=("authorisation",))
    channels = table.some_of("channels", CHANNELS, default=())
    partner = table.text("partner", default="")
    low, high = table.whole("amount_from"), table.whole("amount_below")
    key, other = _key(table, "entity", entity), _key(table, "partner", partner)
    if (
        None in (entity, aggregate, window, delay, words, channels, partner)
        or not key
        or (partner and not other)
    ):
        return None
    source = VelocityFeature(
        entity=entity,  # type: ignore[arg-type]  # none is None here
        kinds=tuple(KINDS[word] for word in words or ()),
        aggregate=aggregate,  # type: ignore[arg-type]  # one of them
        window_ms=window or 0,
        partner=partner or None,
        delay_ms=delay or 0,
        channels=channels,  # type: ignore[arg-type]  # some of them
        amount_from=low,
        amount_below=high,
    )
    for field, complaint in _complaints(source):
        table.fault(field, complaint)
    return source


def _key(table: Table, field: str, entity: str | None) -> tuple[int, ...]:
    """The columns of keys; empty, with the fault told, where `entity` is none."""
    if not entity:
        return ()
    try:
        return parts_of_key(entity)
    except ValueError as error:
        unknown = next((part for part in entity.split("+") if part not in KEYS), None)
        table.fault(
            field, str(error) if unknown is None else f"{unknown!r} is no entity{meant(unknown, KEYS)}"
        )
        return ()


def _complaints(source: VelocityFeature) -> Iterator[tuple[str, str]]:
    """What does not go together, by field."""
    if source.window_ms <= 0:
        yield "window", "must be longer than nothing"
    if source.window_ms + source.delay_ms > LONGEST_MS:
        yield "window", "together with delay it is longer than 400d: no window may be"
    if source.aggregate == "distinct" and source.partner is None:
        yield "partner", 'is missing: distinct counts different partners, such as partner = "device"'
    if source.aggregate != "distinct" and source.partner is not None:
        yield (
            "partner",
            f'goes with distinct alone: leave it out, or write aggregate = "distinct" for {source.aggregate!r}',
        )
    own = set(parts_of_key(source.entity))
    if source.partner is not None and set(parts_of_key(source.partner)) <= own:
        yield "partner", "is part of the entity, so there is never but one: name another"
    if None not in (source.amount_from, source.amount_below) and source.amount_from >= source.amount_below:  # type: ignore[operator]  # not None
        yield "amount_below", f"no amount is at least {source.amount_from} and below {source.amount_below}"
    strange = [kind.name.lower() for kind in source.kinds if kind not in _PAYMENTS]
    named = {*source.entity.split("+"), *(source.partner or "").split("+")}
    if strange and (named & _OF_PAYMENTS):
        yield "kinds", f"{strange[0]} carries no {min(named & _OF_PAYMENTS)}: only payments do"
    if "amount" in named and set(source.kinds) != {EventKind.AUTHORISATION}:
        yield "kinds", 'only authorisations are told apart by amount: write kinds = ["authorisation"]'
    if strange and source.channels:
        yield "channels", f"{strange[0]} has no channel: leave channels out, or name kinds of payments alone"


def _check_names(tables: Sequence[Table], found: Sequence[Feature], defaults: Sequence[Feature]) -> None:
    """Names that are taken, and parts of derived features that are not there."""
    by_name: dict[Any, Table] = {}
    taken = {feature.name for feature in defaults} | {
        f.name for family in families() for f in family.features
    }
    for table in tables:
        name = table.content.get("name")
        if name in taken:
            table.fault("name", "is that of a default feature: choose another")
        elif name in by_name:
            table.fault("name", f"is that of feature {by_name[name].number}, too: choose another")
        by_name.setdefault(name, table)
    derived = {f.name for f in (*defaults, *found) if isinstance(f.source, Derived)}
    plain = {f.name for f in defaults if not isinstance(f.source, Derived)}
    plain |= {name for name in by_name if isinstance(name, str)} - derived
    for feature in found:
        if isinstance(feature.source, Derived):
            for part in parts_of(feature.source):
                if part not in plain:
                    by_name[feature.name].fault(
                        type(feature.source).__name__.lower(), _absent(part, plain, derived)
                    )


def _absent(part: str, plain: set[str], derived: set[str]) -> str:
    if part in derived:
        return f"{part} is itself made of others: name columns that are read or counted"
    for family in families():
        if any(feature.name == part for feature in family.features):
            return f"{part} is of the family {family.name}, which is off: add it to [features] families"
    return f"there is no column {part}{meant(part, sorted(plain), few=False)}"
