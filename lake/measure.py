"""The data report, measured: the file once into a table of what the map reads, then SQL over that."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from events.door import Door
from events.entities import principal_address
from events.errors import InputError
from events.money import EXPONENTS
from events.pan import mask
from events.times import DAY_MS, EARLIEST_MS
from events.types import ENTITY_KINDS, EntityKind
from features.catalogue import Catalogue
from graph.projection import ProjectionRules
from lake.dead import Facts, dead_features
from lake.expressions import fraud_sql, has_zone_sql, known_sql, time_sql, value_sql
from lake.history import History
from lake.mapping import PARTS, FileMap, Take, as_take, duration_ms, submission
from lake.report import (
    Amounts,
    Entity,
    Gap,
    Hub,
    Ids,
    Labels,
    Refusal,
    Report,
    Said,
    Sample,
    Slice,
    Times,
)
from lake.source import connect, quoted
from lake.warn import warnings_of
from nlp import AddressParser

if TYPE_CHECKING:
    import duckdb

SAMPLE = 10_000
"""Rows that are put through the door."""
ADDRESSES = 1_000
"""Addresses of these that are parsed."""

_HOUR_MS = 3_600_000
_SLICES = 8
_GAPS = 3
_TOP = 5
_SAID = 8
_QUIET_LOCAL = 3.0  # when the fewest people pay, on their own clocks
_CLEAR = 0.15  # first harmonic over the mean: below it, day and night do not differ
_ENOUGH = 500
_PLACEHOLDERS = (
    "", "-", "--", "0", "00", "000", "0000", "00000000", "0.0.0.0", "127.0.0.1", "::1", "1", "na", "n/a", "nan", "nil",
    "none", "null", "unknown", "undefined", "missing", "test", "guest", "anonymous", "default", "other", "not available",
    "test@test.com", "none@none.com", "noemail@noemail.com", "0000000000", "1234567890", "9999999999",
)  # fmt: skip


def make_report(
    history: History,
    door: Door,
    catalogue: Catalogue,
    parser: AddressParser | None,
    *,
    now_ms: int,
    base: str,
) -> Report:
    """Measure the file of `history`, whole (its limit is for reading rows). `parser` None leaves addresses unread."""
    sample = _sample(history, door, parser, now_ms)
    with connect(history.path) as db:
        table = _Table(db, history)
        times = table.times(now_ms)
        labels = table.labels(now_ms)
        amounts = table.amounts()
        entities = table.entities()
        dead = dead_features(catalogue, table.facts(base, times, labels, amounts))
        report = Report(
            file=history.path.name,
            rows=table.rows,
            times=times,
            ids=table.ids(),
            sample=sample,
            labels=labels,
            amounts=amounts,
            entities=entities,
            dead=dead,
            features=len(catalogue.features),
            warnings=(),
        )
    return Report(
        **{name: getattr(report, name) for name in report.__struct_fields__[:-1]},
        warnings=warnings_of(report),
    )


class _Table:
    """What the map reads of the file, as the table `seen` of `db`."""

    def __init__(self, db: "duckdb.DuckDBPyConnection", history: History) -> None:
        self._db = db
        self._history = history
        self._source = history.source
        self._map = history.map
        columns = dict(self._columns())
        self._fields = frozenset(columns)
        made = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())
        db.execute(f"CREATE TEMP TABLE seen AS SELECT {made} FROM {self._source.sql}")  # noqa: S608 - quoted by lake.source
        (self.rows,) = self._row("SELECT count(*) FROM seen")

    def _columns(self) -> "list[tuple[str, str]]":
        found, source = self._map, self._source
        columns = [
            ("t", time_sql(as_take(found.transaction["time"]), source)),
            ("known", known_sql(found, source)),
            ("fraud", fraud_sql(found, source)),
        ]
        for name in found.transaction:
            if name not in {"time", "amount"}:
                head, _, part = name.partition(".")
                plain = head if part == PARTS.get(head, ("",))[0] else name
                columns.append((plain, value_sql(as_take(found.transaction[name]), source)))
        columns.append(
            ("amount", f"try_cast({value_sql(as_take(found.transaction['amount']), source)} AS DOUBLE)")
        )
        if found.label is not None and found.label.fraud is not None:
            columns.append(("said", value_sql(as_take(found.label.fraud), source)))
        places = [name for name in ("shipping_address", "billing_address") if name in found.transaction]
        if places:
            values = ", ".join(value_sql(as_take(found.transaction[name]), source) for name in places)
            columns.append(("address", f"coalesce({values})"))
        return columns

    def _all(self, sql: str) -> list[Any]:
        return self._db.execute(sql).fetchall()

    def _row(self, sql: str) -> Any:
        return self._all(sql)[0]

    # --- time ---------------------------------------------------------------------------------------------

    def times(self, now_ms: int) -> Times:
        first, last, read, early, future = self._row(
            f"SELECT min(t), max(t), count(t), count(*) FILTER (t < {EARLIEST_MS}),"  # noqa: S608 - numbers
            f" count(*) FILTER (t > {now_ms + DAY_MS}) FROM seen"
        )
        hours = [0] * 24
        for hour, rows in self._all(
            f"SELECT (t // {_HOUR_MS}) % 24 AS h, count(*) FROM seen WHERE t >= 0 GROUP BY h"
        ):  # noqa: S608
            hours[hour] = rows
        quiet = quiet_hour(hours)
        moment = self._all(
            f"SELECT count(*) AS n FROM seen WHERE t IS NOT NULL GROUP BY t % {DAY_MS} ORDER BY n DESC LIMIT 1"  # noqa: S608
        )
        return Times(
            first=first,
            last=last,
            unreadable=self.rows - read,
            early=early,
            future=future,
            stated=self._stated(),
            zone=as_take(self._map.transaction["time"]).zone or "UTC",
            hours=tuple(hours),
            quiet=quiet,
            offset=None if quiet is None else (_QUIET_LOCAL - quiet + 12) % 24 - 12,
            same_moment=moment[0][0] / read if moment else 0.0,
            gaps=self._gaps(first, last, read),
            slices=self._slices(first, last),
        )

    def _stated(self) -> float:
        """Share of times that name a zone; numbers count from an origin, which does."""
        take = as_take(self._map.transaction["time"])
        kind = self._source.columns[take.column or ""]
        if take.unit is not None or self._source.has_zone(take.column or ""):
            return 1.0
        if take.format is not None:
            return float("%z" in take.format.lower())
        if kind != "VARCHAR":
            return float(not kind.startswith(("TIMESTAMP", "DATE")))
        text = f"trim({quoted(take.column or '')})"
        (share,) = self._row(
            f"SELECT avg(CASE WHEN {has_zone_sql(text)} OR regexp_full_match({text}, '[0-9]+') THEN 1 ELSE 0 END)"  # noqa: S608 - quoted by lake.source
            f" FROM {self._source.sql}"
        )
        return float(share or 0)

    def _gaps(self, first: int | None, last: int | None, read: int) -> tuple[Gap, ...]:
        if first is None or last is None or last == first:
            return ()
        rate = read / (last - first)
        rows = self._all(
            "SELECT t - gap, t, gap FROM (SELECT t, t - lag(t) OVER (ORDER BY t) AS gap FROM seen WHERE t IS NOT NULL)"  # noqa: S608 - numbers
            f" WHERE gap > 0 ORDER BY gap DESC, t LIMIT {_GAPS}"
        )
        return tuple(Gap(start, end, round(gap * rate, 1)) for start, end, gap in rows)

    def _slices(self, first: int | None, last: int | None) -> tuple[Slice, ...]:
        if first is None or last is None:
            return ()
        width = max((last - first + _SLICES) // _SLICES, 1)
        rows = self._all(
            f"SELECT (t - {first}) // {width} AS s, count(*), count(*) FILTER (fraud) FROM seen"  # noqa: S608 - numbers
            " WHERE t IS NOT NULL GROUP BY s"
        )
        held = {number: (count, fraud) for number, count, fraud in rows}
        return tuple(Slice(first + n * width, *held.get(n, (0, 0))) for n in range(_SLICES))

    # --- ids, amounts, labels -----------------------------------------------------------------------------

    def ids(self) -> Ids:
        missing, distinct, repeated, conflicting = self._row(
            "SELECT (SELECT count(*) FROM seen WHERE id IS NULL), count(*), coalesce(sum(n - 1), 0),"
            " count(*) FILTER (differs) FROM (SELECT count(*) AS n,"
            " count(*) > 1 AND (min(t) <> max(t) OR min(amount) <> max(amount)) AS differs"
            " FROM seen WHERE id IS NOT NULL GROUP BY id)"
        )
        return Ids(missing, distinct, int(repeated), conflicting)

    def amounts(self) -> tuple[Amounts, ...]:
        minor = as_take(self._map.transaction["amount"]).unit == "minor"
        rows = self._all(
            "SELECT upper(coalesce(CAST(currency AS VARCHAR), '')) AS c, count(*), count(*) FILTER (amount IS NULL"
            " OR NOT isfinite(amount)), count(*) FILTER (amount < 0), count(*) FILTER (amount = 0),"
            " quantile_disc(amount, [0.5, 0.9, 0.99]) FILTER (isfinite(amount)), max(amount) FILTER (isfinite(amount)),"
            " coalesce(avg(CASE WHEN amount = round(amount) THEN 1 ELSE 0 END), 0) FROM seen GROUP BY c"
            " ORDER BY 2 DESC, c"
        )
        found = []
        for currency, count, unreadable, negative, zero, quantiles, largest, whole in rows:
            scale = 10.0 ** -EXPONENTS.get(currency, 0) if minor else 1.0
            p50, p90, p99, top = (
                None if it is None else it * scale for it in (*(quantiles or [None] * 3), largest)
            )
            found.append(
                Amounts(
                    currency=mask(currency)[:40],
                    rows=count,
                    unreadable=unreadable,
                    negative=negative,
                    zero=zero,
                    p50=p50,
                    p90=p90,
                    p99=p99,
                    largest=top,
                    whole=0.0 if minor else whole,
                )
            )
        return tuple(found)

    def labels(self, now_ms: int) -> Labels | None:
        wanted, override = self._map.label, self._history.label_delay_ms
        if wanted is None:
            return None
        delay = duration_ms(wanted.delay) if override is None else override
        known = f"t + {delay}" if override is not None else f"greatest(coalesce(known, t + {delay}), t)"
        fraud, genuine, early, pending, dated, last, quantiles = self._row(
            "SELECT count(*) FILTER (fraud), count(*) FILTER (NOT fraud), count(*) FILTER (fraud AND known < t),"  # noqa: S608 - numbers
            f" count(*) FILTER (fraud AND {known} > {now_ms}), count(known) FILTER (fraud), max(t) FILTER (fraud),"
            f" quantile_disc({known} - t, [0.5, 0.9, 0.99, 1]) FILTER (fraud) FROM seen"
        )
        return Labels(
            fraud=fraud,
            genuine=genuine,
            silent=self.rows - fraud - genuine,
            assumed=override is not None or dated == 0,
            delay_days=tuple(round(q / DAY_MS, 3) for q in quantiles)
            if quantiles and quantiles[0] is not None
            else None,  # type: ignore[arg-type] # four quantiles were asked for
            early=early,
            pending=pending,
            last=last,
            said=self._said(),
        )

    def _said(self) -> tuple[Said, ...]:
        if "said" not in self._fields:
            return ()
        rows = self._all(
            "SELECT CAST(said AS VARCHAR) AS v, count(*), bool_or(fraud) FROM seen WHERE said IS NOT NULL"  # noqa: S608 - numbers
            f" GROUP BY v ORDER BY 2 DESC, v LIMIT {_SAID}"
        )
        return tuple(Said(mask(value)[:60], count, bool(fraud)) for value, count, fraud in rows)

    # --- entities -----------------------------------------------------------------------------------------

    def entities(self) -> tuple[Entity, ...]:
        kinds = [kind for kind in ENTITY_KINDS if kind in self._fields]
        anchor, anchor_sql = self._anchor(kinds)
        others = [kind for kind in kinds if kind not in {anchor, "merchant"}]
        for kind in kinds:
            if kind != anchor:
                self._db.execute(
                    f"CREATE TEMP TABLE pairs_{kind} AS SELECT {kind} AS entity, {anchor_sql} AS anchor, count(*) AS n"  # noqa: S608 - kinds
                    f" FROM seen WHERE {kind} IS NOT NULL GROUP BY ALL"
                )
        return tuple(self._entity(kind, others if kind == anchor else None) for kind in kinds)

    def _anchor(self, kinds: Sequence[EntityKind]) -> tuple[EntityKind, str]:
        if {"card", "account"} <= set(kinds):
            return "card", "coalesce(CAST(card AS VARCHAR), concat('account ', account))"
        return ("card", "card") if "card" in kinds else ("account", "account")

    def _entity(self, kind: EntityKind, others: Sequence[EntityKind] | None) -> Entity:
        """`others` None: a kind that anchors share; else the anchor's kind, linked with the others."""
        if others is None:
            degrees = (
                f"SELECT entity, count(*) AS degree, sum(n) AS payments FROM pairs_{kind} GROUP BY entity"  # noqa: S608
            )
        else:
            degrees = (
                f"SELECT CAST({kind} AS VARCHAR) AS entity, 0 AS d, count(*) AS n FROM seen GROUP BY {kind}"  # noqa: S608
            )
            links = [
                f"SELECT CAST(anchor AS VARCHAR), count(*), 0 FROM pairs_{o} GROUP BY anchor" for o in others
            ]  # noqa: S608
            degrees = (
                "SELECT entity, sum(d) AS degree, sum(n) AS payments FROM ("  # noqa: S608
                f"{' UNION ALL '.join([degrees, *links])}) WHERE entity IS NOT NULL GROUP BY entity HAVING sum(n) > 0"
            )
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE degrees AS {degrees}")
        cap = ProjectionRules().caps.get(kind)
        filled, distinct, payments, degree = self._row(
            "SELECT coalesce(sum(payments), 0), count(*), quantile_disc(payments, [0.5, 0.99, 1]),"
            " quantile_disc(degree, [0.5, 0.99, 1]) FROM degrees"
        )
        hubs, top = 0, []
        if cap is not None:
            (hubs,) = self._row(f"SELECT count(*) FROM degrees WHERE degree > {cap}")  # noqa: S608 - a number
            top = self._all(
                f"SELECT CAST(entity AS VARCHAR) AS e, degree, payments FROM degrees WHERE degree > {cap}"  # noqa: S608
                f" ORDER BY degree DESC, e LIMIT {_TOP}"
            )
        return Entity(
            kind=kind,
            column=self._column(kind),
            filled=int(filled),
            distinct=distinct,
            payments=_three(payments),
            degree=_three(degree),
            cap=cap,
            hubs=hubs,
            top=tuple(
                Hub(mask(value)[:80], int(links), int(count), value.strip().lower() in _PLACEHOLDERS)
                for value, links, count in top
            ),
        )

    def _column(self, kind: EntityKind) -> str:
        names = ("shipping_address", "billing_address") if kind == "address" else (kind,)
        takes = [take for name in names if (take := self._map.take(name)) is not None]
        return " or ".join(_written(take) for take in takes)

    # --- facts --------------------------------------------------------------------------------------------

    def facts(self, base: str, times: Times, labels: Labels | None, amounts: Sequence[Amounts]) -> Facts:
        names = sorted(self._fields - {"t", "known", "fraud", "said", "id", "amount"})
        counts = self._row(f"SELECT {', '.join(f'count({quoted(name)})' for name in names)} FROM seen")  # noqa: S608
        return Facts(
            shares={name: count / max(self.rows, 1) for name, count in zip(names, counts, strict=True)},
            channels=self._values("channel"),
            kinds=self._values("kind") if "kind" in self._fields else ("authorisation",),
            currencies=[amount.currency for amount in amounts],
            base=base,
            fraud=labels is not None and labels.fraud > 0,
            genuine=labels is not None
            and labels.genuine > 0
            and bool(self._map.label and self._map.label.cleared),
            one_hour=times.same_moment == 1,
            whole_amounts=all(amount.whole == 1 for amount in amounts) and bool(amounts),
        )

    def _values(self, name: str) -> list[str]:
        if name not in self._fields:
            return []
        rows = self._all(
            f"SELECT DISTINCT CAST({name} AS VARCHAR) AS v FROM seen WHERE v IS NOT NULL ORDER BY v LIMIT 50"
        )  # noqa: S608
        return [value for (value,) in rows]


def quiet_hour(hours: Sequence[int]) -> float | None:
    """The hour around which the fewest fall, by the first harmonic of the daily profile; None where it is flat."""
    total = sum(hours)
    if total < _ENOUGH:
        return None
    turns = [2 * math.pi * (hour + 0.5) / 24 for hour in range(24)]
    x = sum(count * math.cos(turn) for count, turn in zip(hours, turns, strict=True))
    y = sum(count * math.sin(turn) for count, turn in zip(hours, turns, strict=True))
    if math.hypot(x, y) / total < _CLEAR:
        return None
    return round((math.atan2(y, x) / (2 * math.pi) * 24 + 12) % 24, 1)


def _sample(history: History, door: Door, parser: AddressParser | None, now_ms: int) -> Sample:
    """Rows spread evenly over the file, through the door."""
    whole = History(history.source, history.map, history.label_delay_ms)
    step = max(1, -(-whole.count() // SAMPLE))
    rows = refused = 0
    refusals: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], int] = {}
    texts: list[str] = []
    for row in whole.rows(step=step):
        rows += 1
        try:
            message = door.transaction(submission(row.values, history.map, row.time), now_ms=now_ms)
        except InputError as error:
            refused += 1
            why = (_with_column(error.field, history.map), error.reason, error.remedy, error.code)
            refusals[why] += 1
            first.setdefault(why, row.number)
            continue
        text = principal_address(message)
        if text is not None and len(texts) < ADDRESSES:
            texts.append(text)
    keys = [key for key in parser.keys(texts) if key is not None] if parser is not None and texts else []
    return Sample(
        rows=rows,
        refused=refused,
        refusals=tuple(Refusal(*why, count, first[why]) for why, count in refusals.most_common()),
        addresses=len(texts) if parser is not None else 0,
        keyed=len(keys),
        units=sum(key.unit is not None for key in keys),
    )


def _with_column(field: str, found: FileMap) -> str:
    """A field of the submission, and the column it comes from."""
    if field in found.transaction:
        take: Take | None = as_take(found.transaction[field])
    else:
        take = found.take(field)
    return field if take is None or not take.named else f"{field} (column {_written(take)})"


def _written(take: Take) -> str:
    return " + ".join(take.named) if take.named else repr(take.value)


def _three(found: Sequence[int] | None) -> tuple[int, int, int]:
    if not found or found[0] is None:
        return (0, 0, 0)
    return (int(found[0]), int(found[1]), int(found[2]))
