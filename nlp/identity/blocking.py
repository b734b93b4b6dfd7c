# ruff: noqa: PLR2004 - a pair, a digit, a slip or two: small numbers that say themselves
"""Which texts are compared at all: those that share a rare enough key.

A key is two or three of postcode, house number and the sounds of words, so that any one of them may be wrong or
missing.
Blocks are capped: a larger one is split by further words, and what stays too large is dropped.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from nlp.identity.letters import sound
from nlp.identity.view import ParsedText

CAP: Final = 40
"""Texts a block; above, it is split by further words."""
_WORDS: Final = 5
_STREETS: Final = 3
_RUN: Final = 4  # letters
_RUNS: Final = 6
_ASIDE: Final = 0.2  # weight up to which a word is a landmark's


def block_keys(text: ParsedText) -> list[str]:
    """The keys of one text, at most about 30."""
    words = _words(text)
    streets = [sound(word.form) for word in text.words if word.street][:_STREETS]
    numbers = [number.form for number in text.numbers if number.role in {"house", "other", "box"}][:2]
    keys = []
    if text.post:
        keys += [f"{text.post}/{number}/{street}" for number in numbers for street in streets or words[:2]]
        keys += [f"{text.post}/{a}/{b}" for a, b in combinations(words[:_WORDS], 2)]
    keys += [f"{number}/{a}/{b}" for number in numbers for a, b in combinations(words[:_WORDS], 2)]
    keys += [f"{a}/{b}/{c}" for a, b, c in combinations(words[:_WORDS], 3)] if len(words) > 2 else []
    if text.post and numbers and not words:
        keys.append(f"{text.post}/{numbers[0]}")
    return [f"{text.country}:{key}" for key in dict.fromkeys(keys)]


def _words(text: ParsedText) -> list[str]:
    """The sounds of the words that tell most, street first, in an order that the text's order does not change."""
    told = [word for word in text.words if word.weight > _ASIDE]
    told.sort(key=lambda word: (-word.weight - 0.3 * word.street, word.form))
    return sorted(dict.fromkeys(sound(word.form) for word in told[:_WORDS]))


def candidates(texts: Sequence[ParsedText], cap: int = CAP) -> Iterator[tuple[int, int]]:
    """Pairs of indices into `texts` (the smaller first, each once) that are worth a comparison, in a fixed order."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, (text, rare) in enumerate(zip(texts, _rare_letters(texts), strict=True)):
        for key in (*block_keys(text), *_letter_keys(text, rare)):
            blocks[key].append(at)
    seen: set[tuple[int, int]] = set()
    for block in blocks.values():
        for part in _split(block, texts, cap):
            seen.update(combinations(part, 2))
    return iter(sorted(seen))


def _letter_keys(text: ParsedText, rare: Sequence[str]) -> Iterator[str]:
    """A rare run of letters with the postcode or a number: words cut or run together still share some."""
    numbers = [number.form for number in text.numbers if number.role in {"house", "other"}][:2]
    for run in rare:
        for with_it in (text.post, *numbers):
            if with_it:
                yield f"{text.country}:{with_it}~{run}"
    for a, b in combinations(rare, 2):
        yield f"{text.country}:{a}~{b}"


def _rare_letters(texts: Sequence[ParsedText]) -> Iterator[list[str]]:
    """For each text its `_RUNS` rarest runs of letters that another text has too."""
    runs = [_runs(text) for text in texts]
    counts = Counter(run for each in runs for run in each)
    for each in runs:
        shared = sorted((counts[run], run) for run in each if counts[run] > 1)
        chosen: list[str] = []
        for _, run in shared:
            if not any(run[1:] == other[:-1] or run[:-1] == other[1:] for other in chosen):
                chosen.append(run)
            if len(chosen) == _RUNS:
                break
        yield sorted(chosen)


def _runs(text: ParsedText) -> set[str]:
    letters = "".join(word.form for word in text.words if word.weight > _ASIDE)
    return {letters[at : at + _RUN] for at in range(len(letters) - _RUN + 1)}


def _split(block: Sequence[int], texts: Sequence[ParsedText], cap: int) -> Iterable[Sequence[int]]:
    """The block itself, or where it is too large its parts by another word or number each."""
    if len(block) < 2:
        return []
    if len(block) <= cap:
        return [block]
    parts: dict[str, list[int]] = defaultdict(list)
    for at in block:
        text = texts[at]
        for part in {sound(word.form) for word in text.words} | {number.form for number in text.numbers}:
            parts[part].append(at)
    return [part for part in parts.values() if 1 < len(part) <= cap]
