"""A map to start from: guessed, commented, and fit to load."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from events.errors import SettingsError
from events.field_rules import MAX_EXTRA, MAX_EXTRA_KEY, MAX_EXTRA_TEXT
from lake.guess import Guess, address_columns, counted_unit, guess_roles
from lake.mapping import PARTS
from lake.profile import Profile, profiles_of
from lake.source import Source
from lake.synonyms import CHANNELS, KINDS

_CHECK = "CHECK: "
_ANSWERS = re.compile(
    r"fraud|chargeback|dispute|label|target|score|risk|decision|status|response|approv|declin|result|outcome|flag|avs|cvv"
)
_PERSONS = re.compile(r"name|birth|^(first|last)$|(^|_)(dob|ssn|gender|sex|age|pan|passport|aadhaar)(_|$)")
_CENTS = re.compile(r"cents?|minor|paise|pence")


def suggest_map(source: Source) -> str:
    """TOML for `source` that `lake.mapping.load_map` takes, each line with what it was guessed from.

    Raises `SettingsError` for a file without anything like a time or an amount: no map could be made for it.
    """
    columns = profiles_of(source)
    if not columns or not columns[0].rows:
        raise SettingsError(f"{source.path} has no rows to guess from")
    places = address_columns(columns)
    taken = {column.name for parts in places.values() for column in parts}
    guesses = guess_roles(column for column in columns if column.name not in taken)
    missing = [name for name in ("time", "amount") if name not in guesses]
    if missing:
        raise SettingsError(
            f"{source.path}: no column looks like {' or '.join(missing)}; write the map by hand (docs/ingest.md)"
        )
    found = _Suggestion(columns, guesses, places)
    sections = [_head(source, columns), "[transaction]", *map(str, found.transaction()), ""]
    label = list(found.label())
    sections += (["[label]", *map(str, label)] if label else ["# [label]: no column says what was fraud"]) + [
        ""
    ]
    return "\n".join([*sections, *found.rest()]) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    value: str
    comment: str = ""

    def __str__(self) -> str:
        line = f"{self.key} = {self.value}"
        return f"{line:<60} # {_printable(self.comment)}" if self.comment else line


class _Suggestion:
    def __init__(
        self, columns: Sequence[Profile], guesses: Mapping[str, Guess], places: Mapping[str, list[Profile]]
    ) -> None:
        self._columns = columns
        self._guesses = guesses
        self._places = places
        self._used: set[str] = {column.name for parts in places.values() for column in parts}

    def transaction(self) -> Iterator[_Line]:
        yield self._id()
        yield self._time("time", self._guesses["time"])
        yield self._amount(self._guesses["amount"])
        yield self._currency()
        for name, words in (("kind", KINDS), ("channel", CHANNELS)):
            if name in self._guesses:
                yield self._translated(name, words)
        yield from self._party()
        for side, parts in self._places.items():
            names = _list([part.name for part in parts])
            value = f"{{ columns = {names} }}" if len(parts) > 1 else _text(parts[0].name)
            yield _Line(f"{side}_address", value)
        if "country" in self._guesses:
            yield self._plain("country")

    def label(self) -> Iterator[_Line]:
        fraud, known = self._guesses.get("label.fraud"), self._guesses.get("label.known_at")
        if fraud is not None:
            self._used.add(fraud.column.name)
            yield _Line("fraud", _text(fraud.column.name), f"says {', '.join(fraud.column.values)}")
        if known is not None:
            line = self._time("known_at", known)
            alone = "" if fraud is not None else "a row that has one is fraud; "
            yield _Line(line.key, line.value, alone + line.comment)
        if fraud is not None and known is None:
            yield _Line("delay", '"7d"', f"{_CHECK}how long after a payment its fraud becomes known")
        reason = self._guesses.get("label.reason_code")
        if reason is not None and (fraud is not None or known is not None):
            self._used.add(reason.column.name)
            yield _Line("reason_code", f"{{ column = {_text(reason.column.name)} }}")

    def rest(self) -> Iterator[str]:
        """Every column that no field took, under `extra` or `drop`."""
        extra: list[tuple[Profile, str]] = []
        drop: list[tuple[Profile, str]] = []
        for column in self._columns:
            if column.name in self._used:
                continue
            why = self._why_drop(column)
            if why is None and len(extra) == MAX_EXTRA:
                why = f"more than {MAX_EXTRA} others"
            (extra if why is None else drop).append((column, why or _facts(column)))
        yield "[columns]"
        for key, items in (("extra", extra), ("drop", drop)):
            if items:
                yield f"{key} = ["
                yield from (f"    {_text(column.name) + ',':<56} # {why}" for column, why in items)
                yield "]"

    # --- lines --------------------------------------------------------------------------------------------

    def _plain(self, name: str) -> _Line:
        guess = self._guesses[name]
        self._used.add(guess.column.name)
        return _Line(name, _text(guess.column.name), _guessed(guess))

    def _id(self) -> _Line:
        guess = self._guesses.get("id")
        if guess is not None:
            self._used.add(guess.column.name)
            repeated = "" if guess.column.unique else f"{_CHECK}not unique; "
            return _Line("id", _text(guess.column.name), repeated + _guessed(guess))
        together = ("time", "card.reference", "account", "merchant.id", "amount")
        parts = [self._guesses[name].column.name for name in together if name in self._guesses]
        return _Line(
            "id", f"{{ columns = {_list(parts)} }}", f"{_CHECK}no column is unique; these may be together"
        )

    def _time(self, key: str, guess: Guess) -> _Line:
        column = guess.column
        self._used.add(column.name)
        named = f"column = {_text(column.name)}"
        unit = counted_unit(column)
        if column.temporal or column.iso:
            if column.zoned:
                return _Line(key, _text(column.name), "names its zone")
            comment = f"{_CHECK}names no zone; the data report compares it with day and night"
            return _Line(key, f'{{ {named}, zone = "UTC" }}', comment)
        if column.formats:
            either = f" ({_CHECK}or {column.formats[1]})" if len(column.formats) > 1 else ""
            value = f'{{ {named}, format = {_text(column.formats[0])}, zone = "UTC" }}'
            return _Line(key, value, f"{_CHECK}names no zone{either}")
        if column.epoch is not None:
            return _Line(key, f'{{ {named}, unit = "{column.epoch}" }}', "counts from 1970")
        value = f'{{ {named}, unit = "{unit or "s"}", origin = "2020-01-01T00:00:00Z" }}'
        return _Line(key, value, f"{_CHECK}counts from a start that the file does not tell: say which")

    def _amount(self, guess: Guess) -> _Line:
        column = guess.column
        self._used.add(column.name)
        if column.whole == 1 and _CENTS.search(column.words):
            return _Line("amount", f'{{ column = {_text(column.name)}, unit = "minor" }}', _range(column))
        whole = (
            f'; {_CHECK}all whole: minor units? then {{ column = ..., unit = "minor" }}'
            if column.whole == 1
            else ""
        )
        return _Line("amount", _text(column.name), _range(column) + whole)

    def _currency(self) -> _Line:
        if "currency" in self._guesses:
            line = self._plain("currency")
            return _Line(line.key, line.value, ", ".join(self._guesses["currency"].column.values))
        return _Line("currency", '{ value = "USD" }', f"{_CHECK}no column names a currency")

    def _translated(self, name: str, words: Mapping[str, str]) -> _Line:
        guess = self._guesses[name]
        self._used.add(guess.column.name)
        unknown = "unknown" if name == "channel" else "authorisation"
        table = {value: words.get(value.lower(), unknown) for value in guess.column.values}
        if all(old == new for old, new in table.items()):
            return _Line(name, _text(guess.column.name))
        pairs = ", ".join(f"{_text(old)} = {_text(new)}" for old, new in table.items() if old != new)
        doubt = [value for value in guess.column.values if value.lower() not in words]
        comment = f"{_CHECK}what is {', '.join(doubt)}?" if doubt else ""
        return _Line(name, f"{{ column = {_text(guess.column.name)}, values = {{ {pairs} }} }}", comment)

    def _party(self) -> Iterator[_Line]:
        mapped = set(self._guesses)
        if not {"account", "card.reference"} & mapped:
            yield self._some_account()
        for name in ("account", "email"):
            if name in mapped:
                yield self._plain(name)
        for head, parts in PARTS.items():
            if f"{head}.{parts[0]}" in mapped or head in mapped:
                named = [f"{head}.{part}" for part in parts if f"{head}.{part}" in mapped]
                yield from (self._plain(name) for name in named)
        if "phone" in mapped:
            yield self._plain("phone")

    def _some_account(self) -> _Line:
        """A payment needs a card or an account; nothing looks like one."""
        taken = self._used | {guess.column.name for guess in self._guesses.values()}
        likely = [
            column
            for column in self._columns
            if column.name not in taken
            and not column.unique
            and column.whole in {0.0, 1.0}
            and self._why_drop(column) is None
        ]
        best = max(likely, key=lambda column: column.distinct, default=None)
        name = best.name if best is not None else self._guesses.get("id", self._guesses["time"]).column.name
        self._used.add(name)
        return _Line("account", _text(name), f"{_CHECK}nothing looks like a customer or a card: who pays?")

    def _why_drop(self, column: Profile) -> str | None:
        """Why a column should not be kept, or None."""
        reasons = (
            (
                column.cards,
                "CARD NUMBERS IN THE CLEAR: replace each by a reference before they leave their vault",
            ),
            (not column.filled, "empty"),
            (
                column.distinct <= 1 and column.rows > 1 and column.filled == column.rows,
                "the same on every row",
            ),
            (bool(_ANSWERS.search(column.words)), "speaks of the answer: known only after the decision"),
            (bool(_PERSONS.search(column.words)), "about a person, and not needed"),
            (column.timely or "time" in column.words, "another time"),
            (column.longest > MAX_EXTRA_TEXT or len(column.name) > MAX_EXTRA_KEY, "too long to keep"),
            (not column.name.isprintable(), "a name that can't be kept"),
            (
                column.type.startswith(("STRUCT", "MAP", "UNION")) or column.type.endswith("]"),
                "no single value",
            ),
        )
        return next((why for holds, why in reasons if holds), None)


def _head(source: Source, columns: Sequence[Profile]) -> str:
    return (
        f"# A map for {_printable(source.path.name)} ({columns[0].rows:,} rows), guessed from names and contents.\n"
        "# Read it, above all the lines that say CHECK; then see what it makes of the file:\n"
        f"#   ringwatch ingest {_printable(source.path.name)} --map THIS_FILE --report\n"
    )


def _guessed(guess: Guess) -> str:
    doubt = "" if guess.sure else f"{_CHECK}guessed from its content alone; "
    return doubt + _facts(guess.column)


def _facts(column: Profile) -> str:
    empty = column.rows - column.filled
    without = f", {empty / column.rows:.0%} empty" if empty else ""
    if 0 < len(column.values) <= 4 and column.longest < 20:  # noqa: PLR2004 - what fits a comment
        return ", ".join(_printable(value) for value in column.values) + without
    about = "" if column.exact else "about "
    return f"{about}{column.distinct:,} different{without}"


def _range(column: Profile) -> str:
    return "" if column.low is None or column.high is None else f"{column.low:,.2f} to {column.high:,.2f}"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
