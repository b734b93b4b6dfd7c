"""What each column of a file looks like: the facts that a suggested map is guessed from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from ipaddress import ip_address

from events.pan import has_card_number
from lake.expressions import ZONE_AT_END
from lake.source import Source, connect, quoted

SAMPLE = 2_000
FEW = 24
"""At most so many different values are listed."""
FORMATS = (
    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M:%S",
    "%m-%d-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d%H%M%S", "%d-%b-%Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
)  # fmt: skip
"""Ways to write a time that are tried where it is not ISO 8601."""

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().-]{7,20}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_ZONE = re.compile(ZONE_AT_END)
_NEARLY = 0.9


@dataclass(frozen=True)
class Profile:
    """One column.

    Args:
        name, type: as in the file.
        rows, filled: of the file, and those that have a value.
        distinct: different values, about unless `exact`; `unique`: that no two are equal, exactly.
        low, high: of numbers; None where there are none.
        texts: values of a sample as text, without blanks around them.
        values: all different values where they are few, else nothing.
    """

    name: str
    type: str
    rows: int
    filled: int
    distinct: int
    exact: bool
    unique: bool
    low: float | None
    high: float | None
    texts: tuple[str, ...]
    values: tuple[str, ...]

    @cached_property
    def words(self) -> str:
        """`TxTimeSeconds`, `TX_TIME_SECONDS` and `tx time seconds` are all `tx_time_seconds`."""
        return "_".join(word.lower() for word in _WORDS.findall(self.name))

    @property
    def temporal(self) -> bool:
        return self.type.startswith("TIMESTAMP") or self.type == "DATE"

    @cached_property
    def numeric(self) -> float:
        return self.share(_is_number)

    @cached_property
    def whole(self) -> float:
        """Share of whole numbers, 12.0 included."""
        return self.share(lambda text: _is_number(text) and float(text).is_integer())

    @cached_property
    def cards(self) -> bool:
        """Whether any value is a card number in the clear."""
        return any(has_card_number(text) for text in self.texts)

    @cached_property
    def emails(self) -> float:
        return self.share(lambda text: _EMAIL.fullmatch(text) is not None)

    @cached_property
    def phones(self) -> float:
        return self.share(lambda text: _PHONE.fullmatch(text) is not None)

    @cached_property
    def ips(self) -> float:
        return self.share(_is_ip)

    @cached_property
    def countries(self) -> float:
        return self.share(lambda text: _COUNTRY.fullmatch(text) is not None)

    def digits(self, *lengths: int) -> float:
        """Share of values of so many digits."""
        return self.share(lambda text: text.isascii() and text.isdigit() and len(text) in lengths)

    def among(self, known: frozenset[str]) -> float:
        """Share of values that are, in lower case, among `known`."""
        return self.share(lambda text: text.lower() in known)

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.texts), default=0)

    @cached_property
    def iso(self) -> float:
        return self.share(_is_iso)

    @cached_property
    def zoned(self) -> bool:
        """Whether times name their zone, all of them."""
        if self.temporal:
            return self.type == "TIMESTAMP WITH TIME ZONE"
        return self.share(lambda text: ":" in text and _ZONE.search(text) is not None) == 1

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """Those of `FORMATS` that read every value of the sample; none for numbers that count."""
        if self.epoch is not None or (self.numeric == 1 and self.digits(14) < 1):
            return ()
        return tuple(it for it in FORMATS if self.texts and all(_fits(text, it) for text in self.texts))

    @cached_property
    def epoch(self) -> str | None:
        """The unit in which numbers count from 1970 and lie between 2000 and 2100."""
        if self.low is None or self.high is None or self.whole < _NEARLY:
            return None
        for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
            if 946_684_800 * scale <= self.low <= self.high < 4_102_444_800 * scale:
                return unit
        return None

    @property
    def timely(self) -> bool:
        """Whether it reads as a time without being told how."""
        return self.temporal or self.iso > _NEARLY or bool(self.formats)

    def share(self, holds: Callable[[str], bool]) -> float:
        """Share of the sample for which it holds; 0 of an empty one."""
        return sum(map(holds, self.texts)) / len(self.texts) if self.texts else 0.0


def profiles_of(source: Source) -> list[Profile]:
    """Every column of a file, in file order."""
    cells = {name: f"nullif(trim(CAST({quoted(name)} AS VARCHAR)), '')" for name in source.columns}
    facts = ", ".join(
        f"count({cell}), approx_count_distinct({cell}), min(try_cast({cell} AS DOUBLE)), "
        f"max(try_cast({cell} AS DOUBLE))"
        for cell in cells.values()
    )
    with connect(source.path) as db:
        rows, *found = db.execute(f"SELECT count(*), {facts} FROM {source.sql}").fetchall()[0]  # noqa: S608 - quoted by lake.source
        step = max(1, rows // SAMPLE)
        sample = db.execute(
            f"SELECT {', '.join(cells.values())} FROM {source.sql} QUALIFY (row_number() OVER () - 1) % {step} = 0"  # noqa: S608 - the same
        ).fetchall()
        columns = zip(*sample, strict=True) if sample else ([] for _ in cells)
        made = []
        for place, (name, texts) in enumerate(zip(cells, columns, strict=True)):
            filled, distinct, low, high = found[4 * place : 4 * place + 4]
            cell = f"(SELECT {cells[name]} AS cell FROM {source.sql})"  # noqa: S608 - the same
            exact, values = filled > 0 and distinct > _NEARLY * filled, []
            if exact:
                (distinct,) = db.execute(f"SELECT count(DISTINCT cell) FROM {cell}").fetchall()[0]  # noqa: S608 - the same
            if distinct <= FEW:
                listed = f"SELECT DISTINCT cell FROM {cell} WHERE cell IS NOT NULL ORDER BY cell"  # noqa: S608 - the same
                values = db.execute(listed).fetchall()
                exact, distinct = True, len(values)
            made.append(
                Profile(
                    name=name,
                    type=source.columns[name],
                    rows=rows,
                    filled=filled,
                    distinct=distinct,
                    exact=exact,
                    unique=exact and 0 < distinct == filled,
                    low=low,
                    high=high,
                    texts=tuple(text for text in texts if text is not None),
                    values=tuple(value for (value,) in values),
                )
            )
    return made


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_iso(text: str) -> bool:
    if text.isdigit():
        return False
    try:
        datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return False
    return True


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True
