"""What each column of a catalogue is, in words and figures: for `ringwatch features` and docs/features.md."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from features.catalogue import Catalogue
from features.families import families
from features.feature import Derived, Feature, GraphFeature, TransactionField, VelocityFeature, parts_of
from features.plan import Stream, stream_of, stride_of
from features.wording import filter_words, span_of

OWN = "own"
"""The family of a user's own features."""
_WORD = 8
_EXAMPLES: Mapping[str, tuple[float, str]] = {
    "count": (3, "three such events, the one at hand among them where it is counted"),
    "sum": (12_550, "125.50 in the base currency, the payment at hand included"),
    "mean": (4_183.33, "41.83 in the base currency on average"),
    "std": (1_210.5, "amounts spread by 12.11 in the base currency around their mean"),
    "min": (199, "the lowest amount was 1.99 in the base currency"),
    "max": (89_900, "the highest amount was 899.00 in the base currency"),
    "last": (2_000, "the one before was of 20.00 in the base currency; absent where there was none"),
    "first": (
        2_000,
        "the oldest in the window was of 20.00 in the base currency; absent where there was none",
    ),
    "distinct": (2, "two different ones"),
    "since_last": (90, "the one before was 90 seconds ago; absent where there was none"),
    "since_first": (604_800, "the oldest in the window was a week ago; absent where there was none"),
    "ratio": (0.25, "a quarter; absent where the denominator is 0 or absent"),
    "difference": (-1_500, "the first is smaller by 1500; absent where either is"),
    "zscore": (3.2, "3.2 standard deviations above the mean; absent where there is no spread"),
    "field": (1, "as the payment says it"),
    "graph": (4, "as the last graph version has it; absent for an entity that it does not know"),
}


class Described(Struct, frozen=True):
    """A column in words.

    `source` is what it is made by (an aggregate, `ratio`, `field`, `graph`), `entity` what events must share, `events`
    the filter they must pass; `parts` are the columns it is made of. `stream` tells which columns share stored rows (""
    for columns that store nothing), `row_bytes` is what the stream keeps of an event, `saves_bytes` what an event would
    take less without this column. `example` is a value it may have, `reads` what that value says.
    """

    name: str
    group: str
    family: str
    meaning: str
    source: str
    type: str
    example: float
    reads: str
    entity: str = ""
    partner: str = ""
    events: str = ""
    window: str = ""
    delay: str = ""
    parts: tuple[str, ...] = ()
    stream: str = ""
    row_bytes: int = 0
    saves_bytes: int = 0


def describe(catalogue: Catalogue) -> tuple[Described, ...]:
    """Every column, in order."""
    streams: dict[Stream, list[VelocityFeature]] = {}
    for source in catalogue.velocity:
        streams.setdefault(stream_of(source), []).append(source)
    family_of = {feature.name: family.name for family in families() for feature in family.features}
    return tuple(_described(feature, family_of, streams) for feature in catalogue.features)


def _described(
    feature: Feature, family_of: Mapping[str, str], streams: Mapping[Stream, list[VelocityFeature]]
) -> Described:
    source = feature.source
    made_by = _made_by(feature)
    example, reads = _EXAMPLES[made_by]
    plain = Described(
        name=feature.name,
        group=feature.group,
        family=family_of.get(feature.name, OWN) if feature.group == "velocity" else feature.group,
        meaning=feature.meaning,
        source=made_by,
        type=_type(made_by),
        example=example,
        reads=reads,
    )
    if isinstance(source, Derived):
        return replace(plain, parts=parts_of(source))
    if isinstance(source, GraphFeature):
        return replace(plain, entity=source.entity or "")
    if isinstance(source, TransactionField):
        return plain
    shared = streams[stream_of(source)]
    row, without = stride_of(shared), [other for other in shared if other is not source]
    return replace(
        plain,
        entity=source.entity,
        partner=source.partner or "",
        events=filter_words(source),
        window=span_of(source.window_ms),
        delay=span_of(source.delay_ms) if source.delay_ms else "",
        stream=f"{source.entity}: {filter_words(source)}",
        row_bytes=_WORD * row,
        saves_bytes=_WORD * (row - (stride_of(without) if without else 0)),
    )


def _made_by(feature: Feature) -> str:
    if isinstance(feature.source, VelocityFeature):
        return feature.source.aggregate
    return {"TransactionField": "field", "GraphFeature": "graph"}.get(
        type(feature.source).__name__, type(feature.source).__name__.lower()
    )


def _type(made_by: str) -> str:
    if made_by in {"count", "distinct"}:
        return "whole number"
    if made_by in {"sum", "mean", "std", "min", "max", "last", "first"}:
        return "amount, base minor units"
    return "seconds" if made_by.startswith("since_") else "number"


def by_family(found: Sequence[Described]) -> dict[str, list[Described]]:
    """The columns by family, families in the order in which they first appear."""
    grouped: dict[str, list[Described]] = {}
    for it in found:
        grouped.setdefault(it.family, []).append(it)
    return grouped
