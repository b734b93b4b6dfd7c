"""Grammars of addresses: rules in a small language, drawn from into labelled pieces.

A rule is a line `name = one way | another`; a line that begins with a blank goes on, one that begins with `#` is a
remark. In it stand words and

    $rule            what another rule draws, or a value given by the caller (`$city`)
    <field ...>      what is labelled as that field
    [...]30          in 30 of 100 draws (50 where no number stands)
    {a|b}            one of them
    3: way           three times as often
    ~                no space here; words and rules that touch (`$n/$n`) have none either
    ,                the end of a segment
    @name = a b_c    a list: each word is a way, `_` is a blank in it

A rule `name.south` takes the place of `name` in the region south.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from nlp.generate.draw import Draw
from nlp.generate.rule_text import MAYBE, ONE_OF, RULE, WORD, Way, Ways, named, parse

Maker = Callable[[Draw], str]


class Piece(NamedTuple):
    """Words of one field (`""`: none), in one segment. A `glued` one has no space before it."""

    text: str
    field: str
    glued: bool = False


Segment = list[Piece]

_OPEN: Final = "\x01"
_CLOSE: Final = "\x02"
_BORDERS: Final = frozenset({_OPEN, _CLOSE, ","})


class Grammar:
    """Compiled rules.

    Args:
        text: the rules (`nlp.generate.rule_text.rules`).
        makers: names that are drawn by code (`$n99`).
        given: names that the caller gives with each draw.

    Raises ValueError for a rule that cannot be read, is given twice or names what nobody draws.
    """

    def __init__(self, text: str, makers: Mapping[str, Maker], given: Collection[str] = ()) -> None:
        self._makers = dict(makers)
        self._base: dict[str, Ways] = {}
        self._regional: dict[str, dict[str, Ways]] = {}
        for name, ways in parse(text):
            base, _, region = name.partition(".")
            held = self._regional.setdefault(region, {}) if region else self._base
            if base in held:
                raise ValueError(f"rule {name} is given twice")
            held[base] = ways
        self._merged = {region: {**self._base, **own} for region, own in self._regional.items()}
        known = {*self._base, *makers, *given}
        for held in (self._base, *self._regional.values()):
            for name, ways in held.items():
                if strangers := set(named(ways)) - known:
                    raise ValueError(f"rule {name}: nobody draws {sorted(strangers)}")

    def segments(
        self, rule: str, draw: Draw, values: Mapping[str, str] | None = None, region: str = ""
    ) -> list[Segment]:
        """Draw an address, as segments of labelled pieces.

        Args:
            rule: where to begin.
            draw: chance.
            values: what `$city` and the like stand for.
            region: whose variants of rules to take.
        """
        out: list[str] = []
        rules = self._merged.get(region, self._base)
        self._expand(((RULE, rule, None),), out, rules, values or {}, draw)
        return _assembled(out)

    def text(self, rule: str, draw: Draw, values: Mapping[str, str] | None = None, region: str = "") -> str:
        """Draw a rule as plain text."""
        return ", ".join(
            "".join((" " if i and not piece.glued else "") + piece.text for i, piece in enumerate(segment))
            for segment in self.segments(rule, draw, values, region)
        )

    def _expand(
        self, way: Way, out: list[str], rules: dict[str, Ways], values: Mapping[str, str], draw: Draw
    ) -> None:
        for kind, first, second in way:
            if kind == WORD:
                out.append(first)
            elif kind == RULE:
                if first in values:
                    out.append(values[first])
                elif first in rules:
                    self._expand(draw.weighted(*rules[first]), out, rules, values, draw)
                else:
                    out.append(self._makers[first](draw))
            elif kind == MAYBE:
                if draw.random() * 100 < first:
                    self._expand(second, out, rules, values, draw)
            elif kind == ONE_OF:
                self._expand(draw.weighted(*first), out, rules, values, draw)
            else:
                out.append(_OPEN + first)
                self._expand(second, out, rules, values, draw)
                out.append(_CLOSE)


def _assembled(drawn: list[str]) -> list[Segment]:
    segments: list[Segment] = []
    here: Segment = []
    words, field, glued, tight = "", "", False, False
    for word in drawn:
        first = word[:1]
        if word == "~":
            tight = True
        elif first in _BORDERS:
            if words:
                here.append(Piece(words, field, glued))
                words = ""
            field = word[1:] if first == _OPEN else field if first == "," else ""
            if first == ",":
                segments.append(here)
                here, tight = [], False
        elif word:
            if words:
                words += word if tight else f" {word}"
            else:
                words, glued = word, tight
            tight = False
    if words:
        here.append(Piece(words, field, glued))
    segments.append(here)
    return segments
