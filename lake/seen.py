"""What a map reads of a file, as a DuckDB table; and what that says of times, ids, amounts and labels."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from events.money import EXPONENTS
from events.pan import mask
from events.times import DAY_MS, EARLIEST_MS
from lake.dead import PAIRS, Facts
from lake.expressions import fraud_sql, has_zone_sql, known_sql, time_sql, value_sql
from lake.history import History
from lake.mapping import PARTS, as_take, duration_ms
from lake.report import Amounts, Gap, Ids, Labels, Said, Slice, Times
from lake.source import quoted

if TYPE_CHECKING:
    import duckdb

_HOUR_MS = 3_600_000
_SLICES = 8
_GAPS = 3
_SAID = 8
_QUIET_LOCAL = 3.0  # when the fewest people pay, on their own clocks
_CLEAR = 0.15  # first harmonic over the mean: below it, day and night do not differ
_ENOUGH = 500


class Seen:
    """What the map reads of the file, as the table `seen` of `db`."""

    def __init__(self, db: "duckdb.DuckDBPyConnection", history: History) -> None:
        self.db = db
        self._history = history
        self._source = history.source
        self.map = history.map
        columns = dict(self._columns())
        self.fields = frozenset(columns)
        made = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns.items())
        db.execute(f"CREATE TEMP TABLE seen AS SELECT {made} FROM {self._source.sql}")  # noqa: S608 - quoted by lake.source
        (self.rows,) = self.row("SELECT count(*) FROM seen")

    def _columns(self) -> "list[tuple[str, str]]":
        found, source = self.map, self._source
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

    def all(self, sql: str) -> list[Any]:
        return self.db.execute(sql).fetchall()

    def row(self, sql: str) -> Any:
        return self.all(sql)[0]

    # --- time ---------------------------------------------------------------------------------------------

    def times(self, now_ms: int) -> Times:
        first, last, read, early, future = self.row(
            f"SELECT min(t), max(t), count(t), count(*) FILTER (t < {EARLIEST_MS}),"  # noqa: S608 - numbers
            f" count(*) FILTER (t > {now_ms + DAY_MS}) FROM seen"
        )
        hours = [0] * 24
        for hour, rows in self.all(
            f"SELECT (t // {_HOUR_MS}) % 24 AS h, count(*) FROM seen WHERE t >= 0 GROUP BY h"  # noqa: S608 - a number
        ):
            hours[hour] = rows
        quiet = quiet_hour(hours)
        moment = self.all(
            f"SELECT count(*) AS n FROM seen WHERE t IS NOT NULL GROUP BY t % {DAY_MS} ORDER BY n DESC LIMIT 1"  # noqa: S608
        )
        return Times(
            first=first,
            last=last,
            unreadable=self.rows - read,
            early=early,
            future=future,
            stated=self._stated(),
            zone=as_take(self.map.transaction["time"]).zone or "UTC",
            hours=tuple(hours),
            quiet=quiet,
            offset=None if quiet is None else (_QUIET_LOCAL - quiet + 12) % 24 - 12,
            same_moment=moment[0][0] / read if moment else 0.0,
            gaps=self._gaps(first, last, read),
            slices=self._slices(first, last),
        )

    def _stated(self) -> float:
        """Share of times that name a zone; numbers count from an origin, which does."""
        take = as_take(self.map.transaction["time"])
        kind = self._source.columns[take.column or ""]
        if take.unit is not None or self._source.has_zone(take.column or ""):
            return 1.0
        if take.format is not None:
            return float("%z" in take.format.lower())
        if kind != "VARCHAR":
            return float(not kind.startswith(("TIMESTAMP", "DATE")))
        text = f"trim({quoted(take.column or '')})"
        (share,) = self.row(
            f"SELECT avg(CASE WHEN {has_zone_sql(text)} OR regexp_full_match({text}, '[0-9]+') THEN 1 ELSE 0 END)"  # noqa: S608 - quoted by lake.source
            f" FROM {self._source.sql}"
        )
        return float(share or 0)

    def _gaps(self, first: int | None, last: int | None, read: int) -> tuple[Gap, ...]:
        if first is None or last is None or last == first:
            return ()
        rate = read / (last - first)
        rows = self.all(
            "SELECT t - gap, t, gap FROM (SELECT t, t - lag(t) OVER (ORDER BY t) AS gap FROM seen WHERE t IS NOT NULL)"  # noqa: S608 - numbers
            f" WHERE gap > 0 ORDER BY gap DESC, t LIMIT {_GAPS}"
        )
        return tuple(Gap(start, end, round(gap * rate, 1)) for start, end, gap in rows)

    def _slices(self, first: int | None, last: int | None) -> tuple[Slice, ...]:
        if first is None or last is None:
            return ()
        width = max((last - first + _SLICES) // _SLICES, 1)
        rows = self.all(
            f"SELECT (t - {first}) // {width} AS s, count(*), count(*) FILTER (fraud) FROM seen"  # noqa: S608 - numbers
            " WHERE t IS NOT NULL GROUP BY s"
        )
        held = {number: (count, fraud) for number, count, fraud in rows}
        return tuple(Slice(first + n * width, *held.get(n, (0, 0))) for n in range(_SLICES))

    # --- ids, amounts, labels -----------------------------------------------------------------------------

    def ids(self) -> Ids:
        missing, distinct, repeated, conflicting = self.row(
            "SELECT (SELECT count(*) FROM seen WHERE id IS NULL), count(*), coalesce(sum(n - 1), 0),"
            " count(*) FILTER (differs) FROM (SELECT count(*) AS n,"
            " count(*) > 1 AND (min(t) <> max(t) OR min(amount) <> max(amount)) AS differs"
            " FROM seen WHERE id IS NOT NULL GROUP BY id)"
        )
        return Ids(missing, distinct, int(repeated), conflicting)

    def amounts(self) -> tuple[Amounts, ...]:
        minor = as_take(self.map.transaction["amount"]).unit == "minor"
        rows = self.all(
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
        wanted, override = self.map.label, self._history.label_delay_ms
        if wanted is None:
            return None
        delay = duration_ms(wanted.delay) if override is None else override
        known = f"t + {delay}" if override is not None else f"greatest(coalesce(known, t + {delay}), t)"
        fraud, genuine, early, pending, dated, last, quantiles = self.row(
            "SELECT count(*) FILTER (fraud), count(*) FILTER (NOT fraud), count(*) FILTER (fraud AND known < t),"  # noqa: S608 - numbers
            f" count(*) FILTER (fraud AND {known} > {now_ms}), count(known) FILTER (fraud), max(t) FILTER (fraud),"
            f" quantile_disc({known} - t, [0.5, 0.9, 0.99, 1]) FILTER (fraud) FROM seen"
        )
        return Labels(
            fraud=fraud,
            genuine=genuine,
            silent=self.rows - fraud - genuine,
            assumed=override is not None or dated == 0,
            delay_days=_days(quantiles),
            early=early,
            pending=pending,
            last=last,
            said=self._said(),
        )

    def _said(self) -> tuple[Said, ...]:
        if "said" not in self.fields:
            return ()
        rows = self.all(
            "SELECT CAST(said AS VARCHAR) AS v, count(*), bool_or(fraud) FROM seen WHERE said IS NOT NULL"  # noqa: S608 - numbers
            f" GROUP BY v ORDER BY 2 DESC, v LIMIT {_SAID}"
        )
        return tuple(Said(mask(value)[:60], count, bool(fraud)) for value, count, fraud in rows)

    # --- facts --------------------------------------------------------------------------------------------

    def facts(self, base: str, times: Times, labels: Labels | None, amounts: Sequence[Amounts]) -> Facts:
        names = sorted(self.fields - {"t", "known", "fraud", "said", "id", "amount"})
        counts = self.row(f"SELECT {', '.join(f'count({quoted(name)})' for name in names)} FROM seen")  # noqa: S608
        smallest, largest = self._band(base, [amount.currency for amount in amounts])
        return Facts(
            shares={name: count / max(self.rows, 1) for name, count in zip(names, counts, strict=True)},
            channels=self._values("channel"),
            kinds=self._values("kind") if "kind" in self.fields else ("authorisation",),
            currencies=[amount.currency for amount in amounts],
            base=base,
            fraud=labels is not None and labels.fraud > 0,
            genuine=labels is not None
            and labels.genuine > 0
            and bool(self.map.label and self.map.label.cleared),
            one_hour=times.same_moment == 1,
            whole_amounts=all(amount.whole == 1 for amount in amounts) and bool(amounts),
            closest_ms=self._closest(),
            smallest=smallest,
            largest=largest,
            alike=[pair for pair in PAIRS if self._alike(*pair)],
        )

    def _closest(self) -> int | None:
        (found,) = self.row(
            "SELECT min(gap) FROM (SELECT t - lag(t) OVER (ORDER BY t) AS gap FROM seen WHERE t IS NOT NULL)"
        )
        return None if found is None else int(found)

    def _band(self, base: str, currencies: Sequence[str]) -> tuple[int | None, int | None]:
        """The smallest and the largest amount, base minor units, rounded outwards; None where rates come into it."""
        smallest, largest = self.row("SELECT min(amount), max(amount) FROM seen WHERE isfinite(amount)")
        if smallest is None or set(currencies) != {base}:
            return None, None
        minor = as_take(self.map.transaction["amount"]).unit == "minor"
        scale = 1 if minor else 10 ** EXPONENTS[base]
        return math.floor(smallest * scale), math.ceil(largest * scale)

    def _alike(self, one: str, other: str) -> bool:
        """Whether the two fields, where a row has both, are written the same."""
        if not {one, other} <= self.fields:
            return False
        (differ,) = self.row(
            f"SELECT count(*) FROM seen WHERE CAST({quoted(one)} AS VARCHAR) <> CAST({quoted(other)} AS VARCHAR)"  # noqa: S608 - names of fields
        )
        return not differ

    def _values(self, name: str) -> list[str]:
        if name not in self.fields:
            return []
        rows = self.all(
            f"SELECT DISTINCT CAST({name} AS VARCHAR) AS v FROM seen WHERE v IS NOT NULL ORDER BY v LIMIT 50"  # noqa: S608 - a field's name
        )
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
    return round(math.atan2(y, x) / (2 * math.pi) * 24 + 12, 1) % 24


def _days(found: Sequence[int | None] | None) -> tuple[float, float, float, float] | None:
    days = [round(value / DAY_MS, 3) for value in found or () if value is not None]
    return (days[0], days[1], days[2], days[3]) if days else None
