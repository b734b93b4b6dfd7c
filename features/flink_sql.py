"""The velocity columns of a catalogue as Flink SQL: text alone, nothing runs here.

Flink's stream of event-time `OVER` windows is a second, independent definition of the same numbers, and a way to keep
them on more machines than one. What it can't express is refused by name, never approximated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from features.catalogue import Catalogue
from features.feature import VelocityFeature
from features.keys import CHANNEL_INDEX, KEYS, EventKind, parts_of_key

EVENTS = "events"
"""The view that the statements read: `id`, `t` BIGINT (ms), `kind` INT, `channel` INT, `money` BIGINT NOT NULL, `rt`
(event time, TIMESTAMP_LTZ(3), with a watermark) and `k_<name>` for every name of `KEYS`, NULL where absent."""

_DELAYED = frozenset({"count", "sum", "mean", "std"})
_EARLIER = frozenset({"last", "since_last"})
_UNSEEN = (
    "Status: FRESH, WARMING and CAPPED are not told; a distinct count stands at the limit where it may be above",
    "Late events: one behind the watermark is dropped; the engine decides it at once and counts it from then on",
    "Order of ties: events at one time are in each other's windows; the engine counts those folded before",
    "Order of arrival: a window holds what was earlier in time, though it may have arrived later than the payment",
    "Repeats: an event sent twice counts twice; the scorer keeps the first of an id",
    "Delay with min, max, last, first, since or distinct: an OVER window always ends at its own row",
    "Addresses: their keys are made by the parser, no message carries them",
    "Change: a job with other statements starts without state; the engine folds the stored events again",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A column that Flink SQL can't compute, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class VelocitySql:
    """What became of a catalogue.

    `views` are CREATE statements in order; `query` then gives `id`, `t` and `values`, an ARRAY<DOUBLE> with NULL where
    the engine has NaN, a row an authorisation. Its items are the columns `columns` of `Catalogue.velocity`, named
    `names`; `refused` are the others. `kinds` are the events that have to flow in, `longest_ms` is how far back windows
    see.
    """

    views: tuple[str, ...]
    query: str
    names: tuple[str, ...]
    columns: tuple[int, ...]
    refused: tuple[Refusal, ...]
    kinds: frozenset[EventKind]
    longest_ms: int


def limits() -> tuple[str, ...]:
    """How the values of Flink SQL differ from the engine's, a line each."""
    return _UNSEEN


def velocity_sql(catalogue: Catalogue, absent: Mapping[str, str] | None = None) -> VelocitySql:
    """Compile `catalogue`. `absent` names keys that `EVENTS` has no values of, with the reason."""
    gone = dict(absent or {})
    refused: list[Refusal] = []
    taken: list[tuple[str, int, VelocityFeature]] = []
    named = [(f.name, f.source) for f in catalogue.features if isinstance(f.source, VelocityFeature)]
    for column, (name, source) in enumerate(named):
        reason = _refusal(source, gone)
        if reason:
            refused.append(Refusal(name, reason))
        else:
            taken.append((name, column, source))
    kinds = frozenset(kind for _, _, source in taken for kind in source.kinds) | {EventKind.AUTHORISATION}
    stages = _Stages(kinds, catalogue.distinct_limit)
    values = [stages.value(source) for _, _, source in taken]
    views = stages.views()
    array = f"ARRAY[{', '.join(values)}]" if values else "CAST(ARRAY[] AS ARRAY<DOUBLE>)"
    query = (
        f"SELECT id, t, {array} AS `values`\nFROM velocity_{len(views) - 1}\n"
        f"WHERE kind = {int(EventKind.AUTHORISATION)}"
    )
    return VelocitySql(
        views,
        query,
        tuple(name for name, _, _ in taken),
        tuple(column for _, column, _ in taken),
        tuple(refused),
        kinds,
        max((s.window_ms + s.delay_ms for _, _, s in taken), default=0),
    )


def _refusal(source: VelocityFeature, absent: Mapping[str, str]) -> str | None:
    if source.delay_ms and source.aggregate not in _DELAYED:
        return f"{source.aggregate} with a delay: an OVER window always ends at its own row"
    parts = (*parts_of_key(source.entity), *(parts_of_key(source.partner) if source.partner else ()))
    return next((absent[KEYS[part]] for part in parts if KEYS[part] in absent), None)


def _columns(entity: str) -> list[str]:
    return [f"k_{KEYS[part]}" for part in parts_of_key(entity)]


def _present(entity: str) -> str:
    return " AND ".join(f"{column} IS NOT NULL" for column in _columns(entity))


def _partition(entity: str) -> str:
    """Events without the entity get a window each: together they would be one that holds them all."""
    columns = _columns(entity)
    missing = " OR ".join(f"{column} IS NULL" for column in columns)
    return f"{', '.join(columns)}, CASE WHEN {missing} THEN id END"


def _one_of(column: str, values: Iterable[int]) -> str:
    """Not `IN`: inside a window's arguments Flink 2.2's planner takes it for a sub-query and fails."""
    return f"({' OR '.join(f'{column} = {value}' for value in sorted(values))})"


def interval(ms: int) -> str:
    """`ms` as an SQL interval of up to 99 days."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"INTERVAL '{days} {hours:02}:{minutes:02}:{seconds:02}.{ms:03}' DAY TO SECOND(3)"


@dataclass(slots=True)
class _Stages:
    """A stage for each (partition, frame): Flink takes one window a SELECT, so they feed one another.

    Side by side over one input they would be faster, but Flink 2.2's planner takes windows that differ in length alone
    for the same and computes one of them.
    """

    kinds: frozenset[EventKind]
    distinct_limit: int
    _wanted: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _names: int = 0

    def views(self) -> tuple[str, ...]:
        kinds = ", ".join(str(int(kind)) for kind in sorted(self.kinds))
        made = [f"CREATE TEMPORARY VIEW velocity_0 AS\nSELECT * FROM {EVENTS} WHERE kind IN ({kinds})"]
        for (partition, frame), expressions in sorted(self._wanted.items()):
            asked = ",\n  ".join(f"{sql} OVER w AS {name}" for sql, name in expressions.items())
            made.append(
                f"CREATE TEMPORARY VIEW velocity_{len(made)} AS\nSELECT *,\n  {asked}\n"
                f"FROM velocity_{len(made) - 1}\nWINDOW w AS (PARTITION BY {partition} ORDER BY rt{frame})"
            )
        return tuple(made)

    def value(self, source: VelocityFeature) -> str:
        """The expression of one column, DOUBLE, over the last stage."""
        aggregate = source.aggregate
        if aggregate in {"count", "sum"}:
            found = self._count(source) if aggregate == "count" else self._sum(source)
        elif aggregate == "mean":
            n = self._count(source)
            found = f"CASE WHEN {n} > 0 THEN CAST({self._sum(source)} AS DOUBLE) / CAST({n} AS DOUBLE) END"
        elif aggregate == "std":
            found = self._deviation(source)
        elif aggregate in {"min", "max"}:
            money = self._if(source, "money")
            found = self._over(source, source.window_ms, f"{aggregate.upper()}({money})")
        elif aggregate == "distinct":
            found = f"LEAST({self._distinct(source)}, CAST({self.distinct_limit} AS BIGINT))"
        else:
            found = self._newest(source) if aggregate in _EARLIER else self._oldest(source)
        return f"CASE WHEN {_present(source.entity)} THEN CAST({found} AS DOUBLE) END"

    def _passes(self, source: VelocityFeature) -> str | None:
        """The condition of the window's filter; None where every event of the stream passes."""
        terms = []
        if not self.kinds <= set(source.kinds):
            terms.append(_one_of("kind", {int(kind) for kind in source.kinds}))
        if source.channels:
            terms.append(_one_of("channel", {CHANNEL_INDEX[channel] for channel in source.channels}))
        if source.amount_from is not None:
            terms.append(f"money >= {source.amount_from}")
        if source.amount_below is not None:
            terms.append(f"money < {source.amount_below}")
        return " AND ".join(terms) or None

    def _if(self, source: VelocityFeature, what: str, otherwise: str = "NULL") -> str:
        passes = self._passes(source)
        if passes is None:
            return what
        return f"CASE WHEN {passes} THEN {what} ELSE {otherwise} END"

    def _add(self, partition: str, frame: str, sql: str) -> str:
        expressions = self._wanted.setdefault((partition, frame), {})
        if sql not in expressions:
            expressions[sql] = f"a{self._names}"
            self._names += 1
        return expressions[sql]

    def _over(self, source: VelocityFeature, length_ms: int, sql: str) -> str:
        frame = f"\n  RANGE BETWEEN {interval(length_ms)} PRECEDING AND CURRENT ROW"
        return self._add(_partition(source.entity), frame, sql)

    def _total(self, source: VelocityFeature, sql: str) -> str:
        """Of a window that ends before its row: up to the row, less what came after the window's end."""
        if not source.delay_ms:
            return self._over(source, source.window_ms, sql)
        whole = self._over(source, source.window_ms + source.delay_ms, sql)
        return f"({whole} - {self._over(source, source.delay_ms - 1, sql)})"

    def _count(self, source: VelocityFeature) -> str:
        if self._passes(source) is None:
            return self._total(source, "COUNT(*)")
        return self._total(source, f"COUNT({self._if(source, '1')})")

    def _sum(self, source: VelocityFeature) -> str:
        return self._total(source, f"SUM({self._if(source, 'money', 'CAST(0 AS BIGINT)')})")

    def _distinct(self, source: VelocityFeature) -> str:
        columns = _columns(source.partner or "")
        one = columns[0]
        if len(columns) > 1:  # NULL where either is
            one = " || '|' || ".join(f"CAST({column} AS STRING)" for column in columns)
        return self._over(source, source.window_ms, f"COUNT(DISTINCT {self._if(source, one)})")

    def _deviation(self, source: VelocityFeature) -> str:
        """From whole numbers, as the engine does it: (n * sum of squares - sum squared) / (n * (n - 1))."""
        n, total = self._count(source), self._sum(source)
        wide = "CAST(money AS DECIMAL(19, 0))"
        zero = "CAST(0 AS DECIMAL(38, 0))"
        square = self._total(source, f"SUM({self._if(source, f'{wide} * {wide}', zero)})")
        spread = (
            f"CAST({n} AS DECIMAL(19, 0)) * {square}"
            f" - CAST({total} AS DECIMAL(19, 0)) * CAST({total} AS DECIMAL(19, 0))"
        )
        pairs = f"(CAST({n} AS DOUBLE) * CAST({n} - 1 AS DOUBLE))"
        return f"CASE WHEN {n} > 1 THEN SQRT(CAST({spread} AS DOUBLE) / {pairs}) END"

    def _newest(self, source: VelocityFeature) -> str:
        """Of the window without its own row: where that passes the filter, LAG among those that pass has it."""
        passes = self._passes(source)
        partition = f"{_partition(source.entity)}{'' if passes is None else f', {passes}'}"
        earlier = self._add(partition, "", "LAG(t)")
        reach = f"{earlier} >= t - {source.window_ms}"
        if source.aggregate == "last":
            value = self._add(partition, "", "LAG(money)")
        else:
            value = f"CAST(t - {earlier} AS DOUBLE) / 1000"
        own = f"CASE WHEN {reach} THEN {value} END"
        if passes is None:
            return own
        newest = self._over(source, source.window_ms, f"MAX({self._if(source, 't')})")
        if source.aggregate == "last":
            other = self._packed(source, "MAX", newest)
        else:
            other = f"CAST(t - {newest} AS DOUBLE) / 1000"
        if EventKind.AUTHORISATION not in source.kinds:
            return other
        return f"CASE WHEN {passes} THEN {own} ELSE {other} END"

    def _oldest(self, source: VelocityFeature) -> str:
        """Of the window without its own row: the oldest is not itself where there are more than itself."""
        oldest = self._over(source, source.window_ms, f"MIN({self._if(source, 't')})")
        if source.aggregate == "first":
            value = self._packed(source, "MIN", oldest)
        else:
            value = f"CAST(t - {oldest} AS DOUBLE) / 1000"
        return f"CASE WHEN {self._count(source)} > {self._if(source, '1', '0')} THEN {value} END"

    def _packed(self, source: VelocityFeature, end: str, time: str) -> str:
        """The amount at one end of a window.

        FIRST_VALUE and LAST_VALUE order what they may have to take back by the wall clock; time and amount in one
        number do not.
        """
        one = "CAST(t AS DECIMAL(38, 0)) * 1000000000000000000 + money"
        packed = self._over(source, source.window_ms, f"{end}({self._if(source, one)})")
        return f"({packed} - CAST({time} AS DECIMAL(38, 0)) * 1000000000000000000)"
