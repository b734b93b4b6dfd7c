"""What is stuffed into an address and is none of it: instructions to the courier, parts said twice, endless text."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from nlp.words import NO_WORDS, STREET_TYPES

LONGEST: Final = 200
"""Tokens of a text that are read: of a longer one the first and the last `LONGEST // 2`."""

_SEPARATORS: Final = frozenset({",", ";", "|", "(", ")", "\n", " - "})
_ALONE: Final = frozenset(
    {"please", "pls", "plz", "kindly", "asap", "urgent", "urgently", "fragile", "thanks"}
)
_STARTS: Final = _ALONE | {
    "call", "deliver", "delivery", "ring", "leave", "contact", "dial", "phone", "mobile", "whatsapp", "do", "dont",
    "handle", "ask", "knock", "text", "sms", "note", "drop", "cash", "cod", "hand", "hurry", "instructions", "keep",
    "inform", "ping",
}  # fmt: skip
_INSTRUCTIONS: Final = _STARTS | {
    "calling", "ringing", "before", "after", "on", "upon", "at", "the", "a", "to", "me", "when", "while", "once",
    "delivering", "delivered", "delivers", "arrival", "arrive", "arriving", "reach", "reaching", "reached",
    "coming", "come", "you", "your", "first", "bell", "doorbell", "door", "gate", "security", "guard",
    "reception", "with", "watchman", "parcel", "package", "order", "it", "not", "number", "care", "for", "any",
    "time", "anytime", "between", "and", "am", "pm", "morning", "evening", "afternoon", "night", "noon",
    "weekdays", "weekends", "weekday", "weekend", "only", "if", "home", "available", "over", "off", "someone",
    "neighbour", "neighbor", "instruction", "fast", "quickly", "sir", "madam", "must", "this", "my", "customer",
    "is", "in", "person", "front", "desk", "safely", "carefully", "outside", "inside",
}  # fmt: skip
_NAMED_AFTER: Final = frozenset({"for", "contact", "call", "with"})  # ask for Ramesh
_LONGEST_PERSON: Final = 3
_LEAST_RUN: Final = 2
_LEAST_NAME: Final = 3
_LEAST_PART: Final = 2
_POSTCODE_LENGTH: Final = 5


def capped(words: list[str]) -> list[str]:
    """At most `LONGEST` tokens."""
    return words if len(words) <= LONGEST else [*words[: LONGEST // 2], ",", *words[1 - LONGEST // 2 :]]


def may_instruct(lowered: frozenset[str]) -> bool:
    """Whether any of a text's lower-case words begins an instruction."""
    return not _STARTS.isdisjoint(lowered)


def without_instructions(words: Sequence[str]) -> list[str]:
    """Tokens without `call before delivery`, `please ring the bell`, `ask for Ramesh`; a separator in their place."""
    lowered = [word.lower() for word in words]
    out: list[str] = []
    i = 0
    while i < len(words):
        end = _instruction_end(lowered, i) if lowered[i] in _STARTS else i
        if end > i:
            out.append(",")
            i = end
        else:
            out.append(words[i])
            i += 1
    return out


def _instruction_end(words: Sequence[str], start: int) -> int:
    """Where the instruction ends that begins at `start`; `start` where none does (`Ring Road`, `Gate No 3`)."""
    end = start
    while end < len(words) and (words[end] in _INSTRUCTIONS or _is_hour(words, end)):
        after = words[end + 1] if end + 1 < len(words) else ","
        if words[end] in {"door", "gate"} and (after in NO_WORDS or after[0].isdigit()):
            break
        end += 1
    if end < len(words) and words[end] in STREET_TYPES:
        end -= 1  # ... at Bell Road
    if end - start < _LEAST_RUN:
        alone = words[start] in _ALONE or (
            (start == 0 or words[start - 1] in _SEPARATORS)
            and (start + 1 == len(words) or words[start + 1] in _SEPARATORS)
        )
        return start + 1 if alone else start
    if words[end - 1] in _NAMED_AFTER:
        rest = end
        while rest < len(words) and rest < end + _LONGEST_PERSON and words[rest].isalpha():
            rest += 1
        if rest == len(words) or words[rest] in _SEPARATORS:
            return rest
    return end


def _is_hour(words: Sequence[str], i: int) -> bool:
    """`after 6 pm`, `between 5 and 7 pm`."""
    return words[i].isdigit() and not {"am", "pm"}.isdisjoint(words[i + 1 : i + 4])


def may_repeat(words: Sequence[str], lowered: frozenset[str]) -> bool:
    """Whether any word of a text, separators aside, stands in it twice."""
    return len(words) - sum(map(words.count, _SEPARATORS)) > len(lowered - _SEPARATORS)


def without_repeats(words: Sequence[str]) -> list[str]:
    """Tokens without the parts that were said before: `14 MG Road, 14 M.G. Rd`, `Pune Pune`, `MG Road MG Road`.

    A bare number said again stays: a flat may have the number of its house.
    """
    return _without_runs(_without_parts(words))


def _without_parts(words: Sequence[str]) -> list[str]:
    """No part between separators twice; a bare number goes only with the part after it (`45, Sector 12` said again)."""
    parts: list[Sequence[str]] = []
    ends: list[Sequence[str]] = []
    start = 0
    for end in range(len(words) + 1):
        if end == len(words) or words[end] in _SEPARATORS:
            parts.append(words[start:end])
            ends.append(words[end : end + 1])
            start = end + 1
    said = ["".join(STREET_TYPES.get(word, word) for word in map(str.lower, part)) for part in parts]
    first: dict[str, int] = {}
    out: list[str] = []
    for i, part in enumerate(parts):
        at = first.setdefault(said[i], i)
        again = at < i and (
            _is_name(part) or _is_postcode(part) or (i + 1 < len(parts) and said[at + 1] == said[i + 1] != "")
        )
        out += ends[i] if again else (*part, *ends[i])
    return out


def _is_name(part: Sequence[str]) -> bool:
    return any(len(word) >= _LEAST_PART and word.isalpha() for word in part)


def _is_postcode(part: Sequence[str]) -> bool:
    return len(part) == 1 and len(part[0]) >= _POSTCODE_LENGTH and part[0].isdigit()


def _without_runs(words: Sequence[str]) -> list[str]:
    """No run of tokens right after itself; the second one goes."""
    lowered = [word.lower() for word in words]
    places: dict[str, list[int]] = {}
    for i, word in enumerate(lowered):
        places.setdefault(word, []).append(i)
    dropped = bytearray(len(words))
    for found in places.values():
        for first, second in pairwise(found):
            length = second - first
            run = lowered[first:second]
            if dropped[first] or run != lowered[second : second + length] or not _is_name(run):
                continue
            if length > 1 or len(run[0]) >= _LEAST_NAME:
                dropped[second : second + length] = b"\1" * length
    return [word for word, gone in zip(words, dropped, strict=True) if not gone]
