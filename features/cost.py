"""What definitions cost in memory, by what the engine stores."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.engine import layout
from features.feature import VelocityFeature
from features.keys import parts_of_key
from features.plan import class_of, stream_of, stride_of

_WORD = 8
_ENTRY = 12  # bytes of a hash table's entry, with the room that tables keep free


@dataclass(frozen=True, slots=True)
class Cost:
    """`streams`: pairs of entity and filter. `row_bytes`: an event that goes to all; `key_bytes`: one key of each."""

    columns: int
    streams: int
    kinds: int
    row_bytes: int
    key_bytes: int


def cost_of(features: Sequence[VelocityFeature]) -> Cost:
    """The cost of `features` together."""
    streams: dict[object, list[VelocityFeature]] = {}
    for feature in features:
        streams.setdefault(stream_of(feature), []).append(feature)
    kinds = {parts_of_key(feature.entity) for feature in features}
    per_kind = [len({stream_of(f) for f in features if parts_of_key(f.entity) == kind}) for kind in kinds]
    return Cost(
        columns=len(features),
        streams=len(streams),
        kinds=len(kinds),
        row_bytes=sum(_WORD * stride_of(mine) for mine in streams.values()),
        key_bytes=sum(_ENTRY + _WORD * _record(many) for many in per_kind),
    )


def _record(series: int) -> int:
    """Words that a record with so many series takes."""
    return layout.room_of(class_of(layout.R_SERIES + layout.SERIES * series))
