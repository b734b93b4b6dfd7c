"""Texts as the tagger reads them: runs of letters, runs of digits and single marks, with where they stand.

Letters and digits are always apart (`FLATNO32` is two tokens), so that a number glued to its word is still seen.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

APART: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_|\n")
WHOLE: Final = re.compile(r"[^\W_](?:[^\s,;()|#&]*[^\W_])?\.?|[^\w\s]|_|\n")
LONGEST: Final = 200
"""Tokens a text: of a longer one the first and the last `LONGEST // 2` are read."""

OUTSIDE: Final = 0  # the number of the label that means none


class Token(NamedTuple):
    """A token in lower case, without the dot of an abbreviation; its place in characters of the legible text."""

    word: str
    start: int
    end: int


def tokens(text: str, country: str) -> list[Token]:
    """The tokens of a legible text (`nlp.text.legible`), American ones whole (`3rd`, `N165`), others taken apart."""
    pattern = WHOLE if country == "US" else APART
    found = [Token(_word(match.group()), match.start(), match.end()) for match in pattern.finditer(text)]
    return found if len(found) <= LONGEST else found[: LONGEST // 2] + found[-LONGEST // 2 :]


def _word(written: str) -> str:
    word = written.lower()
    return word[:-1] if len(word) > 1 and word[-1] == "." else word


def label_names(fields: Sequence[str]) -> tuple[str, ...]:
    """`("O", "B-unit", "I-unit", ...)`: what a label's number means."""
    return ("O", *(f"{begins}-{field}" for field in fields for begins in "BI"))


def label_tokens(
    found: Sequence[Token], spans: Sequence[tuple[int, int, str]], names: Sequence[str]
) -> list[int]:
    """The label of each token, by sorted spans (start, end in characters, field).

    A token belongs to the span that its first character is in.
    """
    number = {name: i for i, name in enumerate(names)}
    labels = [OUTSIDE] * len(found)
    at = 0
    for start, end, field in spans:
        while at < len(found) and found[at].start < start:
            at += 1
        begins = "B-"
        while at < len(found) and found[at].start < end:
            labels[at] = number[begins + field]
            begins = "I-"
            at += 1
    return labels


def spans_of(found: Sequence[Token], labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Spans (start, end in characters, field) of labelled tokens; what goes on without a beginning begins."""
    spans: list[tuple[int, int, str]] = []
    before = "O"
    for token, label in zip(found, labels, strict=True):
        if label != "O":
            if label[0] == "I" and before[2:] == label[2:]:
                spans[-1] = (spans[-1][0], token.end, label[2:])
            else:
                spans.append((token.start, token.end, label[2:]))
        before = label
    return spans
