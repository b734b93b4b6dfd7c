"""What the tagger sees of a token: numbers of its word, its kind, its segment and what the directory says of it.

A column is a fact of one token; `nlp.tagger.features` combines the columns of neighbours. Case is not among them: real
addresses are written in any, and a parser that never sees it reads them all alike.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp import words as w
from nlp.numerals import ORDINAL
from nlp.tagger.tokens import Token
from nlp.text import fold

COLUMNS: Final = (
    "word", "kind", "shape", "fold", "prefix", "suffix", "gazetteer",
    "segment", "first", "last", "kinds", "places", "length", "from_start", "from_end", "segment_at", "segment_from_end",
    "before", "after", "text", "places_before", "places_after", "again",
)  # fmt: skip
_OF_WORD: Final = 6
SEPARATORS: Final = frozenset(",;|\n")
_LONG_WORD: Final = 4
_ZIP_MORE: Final = re.compile(r"\d{5}[-\u2013\u2014]\d{4}")
_MOST: Final = 6  # positions further in are one
_ENDINGS: Final = re.compile(
    r"\w{2,}(nagar|nagara|nagaram|puram|pura|pur|pore|pally|palli|palle|halli|wadi|vadi|pet|pete|peth|pettai|ganj|gunj|gaon|"
    r"gram|garh|garhi|guda|gudem|patti|patnam|palayam|palaiyam|kuppam|ur|oor|abad|bad|khera|kheri|kalan|khurd|vihar|"
    r"puri|bagh|wala|wali|tola|tanda|chak|cheri|seri|kara|kad|kode|kulam|vaka|dih|danga|para|bari|hat|ghat|giri)"
)
_CLASSES: Final = (
    ("unit", w.UNIT_WORDS), ("house", w.HOUSE_WORDS | w.NO_WORDS), ("block", frozenset(w.BLOCK_WORDS)),
    ("floor", w.FLOOR_WORDS | frozenset(w.FLOOR_NAMES)), ("sector", frozenset(w.SECTOR_WORDS)), ("lot", w.LOT_WORDS),
    ("admin", w.ADMIN_WORDS), ("landmark", w.LANDMARK_WORDS), ("care", w.CARE_WORDS),
    ("direction", frozenset(w.DIRECTIONS)),
    ("route", frozenset({"county", "state", "township", "ranch", "rural", "farm"})),
    ("street", frozenset(w.STREET_TYPES)),
    ("building", frozenset(w.BUILDING_TYPES)), ("area", frozenset(w.AREA_TYPES)),
    ("number", frozenset(w.NUMBER_WORDS)),
)  # fmt: skip


def number(text: str) -> int:
    """A text's number: 32 bits, the same on every machine."""
    return crc32(text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=65_536)
def kind(word: str) -> str:
    """The class of a lower-case token: what the word tables say of it, its ending, or its shape."""
    if word.isdigit():
        return "9" * min(len(word), 7)
    if not word.isalnum() and not any(char.isalnum() for char in word):
        return word
    if not word.isalpha() and (mixed := _mixed(word)):
        return mixed
    for name, table in _CLASSES:
        if word in table:
            return name
    if match := _ENDINGS.fullmatch(word):
        return "-" + match[1]
    return "a" * min(len(word), _LONG_WORD)


def _mixed(word: str) -> str:
    """`3rd` -> `9th`, `ih35` -> `a9`, `st.` -> what `st` is; `""` for a word with an apostrophe or a dot inside."""
    if ORDINAL.fullmatch(word):
        return "9th"
    if _ZIP_MORE.fullmatch(word):
        return "99999"
    if any(char.isdigit() for char in word):
        return "".join(_runs(["9" if char.isdigit() else "a" if char.isalpha() else char for char in word]))
    return kind(word.replace(".", "")) if "." in word else ""


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> tuple[int, ...]:
    shape = kind(word) if not word.isalpha() else "a" * min(len(word), 3)
    letters = word.isalpha()
    return tuple(
        number(text)
        for text in (
            word, kind(word), shape, fold(word) if letters else shape,
            word[:3] if letters else word[:2], word[-3:] if letters else shape,
        )
    )  # fmt: skip


def columns(found: Sequence[Token], gazetteer: Sequence[str], has_postcode: bool) -> NDArray[np.uint32]:
    """The columns of a text's T tokens: uint32[T, len(COLUMNS)].

    Args:
        found: the tokens.
        gazetteer: the directory's tag of each, `""` for none.
        has_postcode: whether the text has one, seen by every token.
    """
    out = np.zeros((len(found), len(COLUMNS)), np.uint32)
    segments = _segments(found)
    places = [_places(gazetteer[start:end]) for start, end in segments]
    ends = len(segments)
    said: set[str] = set()
    for at, (start, end) in enumerate(segments):
        held = [token.word for token in found[start:end]]
        kinds = [kind(word) for word in held]
        facts = (
            " ".join("9" if word.isdigit() else word for word in held[:_MOST]),
            held[0] if held else "", held[-1] if held else "",
            " ".join(_runs(kinds)[:_MOST]), places[at], str(min(len(held), _MOST)),
        )  # fmt: skip
        beside = (at - 1, at + 1)
        near = [_edges(found, segments[other]) if 0 <= other < ends else "" for other in beside]
        near_places = [places[other] if 0 <= other < ends else "-" for other in beside]
        fixed = [number(text) for text in facts]
        outer = (str(min(at, _MOST)), str(min(ends - at, _MOST)), *near, str(has_postcode), *near_places)
        tail = [number(text) for text in outer]
        for i in range(start, min(end + 1, len(found))):
            word = found[i].word
            out[i, :_OF_WORD] = _of_word(word)
            out[i, _OF_WORD] = number(gazetteer[i])
            out[i, _OF_WORD + 1 : _OF_WORD + 7] = fixed
            out[i, _OF_WORD + 7] = min(i - start, _MOST)
            out[i, _OF_WORD + 8] = min(end - i, _MOST)
            out[i, _OF_WORD + 9 : -1] = tail
            out[i, -1] = word in said and word.isalpha()
        said.update(held)
    return out


def _places(tags: Sequence[str]) -> str:
    return " ".join(sorted({tag[2:] for tag in tags if tag}))


def _segments(found: Sequence[Token]) -> list[tuple[int, int]]:
    """Bounds of what stands between separators; the separator after a segment is not in it."""
    segments = []
    start = 0
    for i, token in enumerate(found):
        if token.word in SEPARATORS:
            segments.append((start, i))
            start = i + 1
    if start < len(found):
        segments.append((start, len(found)))
    return segments


def _runs(kinds: Sequence[str]) -> list[str]:
    return [name for i, name in enumerate(kinds) if not i or kinds[i - 1] != name]


def _edges(found: Sequence[Token], segment: tuple[int, int]) -> str:
    start, end = segment
    return f"{kind(found[start].word)} {kind(found[end - 1].word)}" if end > start else "-"
