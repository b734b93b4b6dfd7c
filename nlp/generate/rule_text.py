"""The text of rules, taken apart: see `nlp.generate.grammar` for the language."""

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import accumulate
from typing import Any, Final

WORD, RULE, MAYBE, ONE_OF, FIELD = range(5)
Node = tuple[int, Any, Any]
"""What to do: `(WORD, text, None)`, `(RULE, name, None)`, `(MAYBE, per cent, way)`, `(ONE_OF, ways, None)`,
`(FIELD, name, way)`."""
Way = tuple[Node, ...]
Ways = tuple[tuple[Way, ...], tuple[float, ...]]
"""The ways of a rule and their cumulative shares."""

_TOKEN: Final = re.compile(r"\[|\]\d*|[{}|~,]|<\w+|>|\$\w+|[^\s\[\]{}|~,<>$]+")
_MARKS: Final = frozenset("[]{}|~,<>")
_WEIGHT: Final = re.compile(r"(\d+):")
_HALF: Final = 50
_END: Final = "the end"


def rules(*names: str) -> str:
    """The rules of files of this package (`rules/NAME.txt`)."""
    folder = files("nlp.generate") / "rules"
    return "\n".join((folder / f"{name}.txt").read_text(encoding="utf-8") for name in names)


def parse(text: str) -> Iterator[tuple[str, Ways]]:
    """Name and ways of each rule. Raises ValueError, with the rule's name, for one that cannot be read."""
    lines: list[str] = []
    for line in text.splitlines():
        if line[:1].isspace() and line.strip():
            lines[-1] += line
        elif line and not line.startswith("#"):
            lines.append(line)
    for line in lines:
        name, _, body = line.partition("=")
        name = name.strip()
        if name.startswith("@"):
            words = [((WORD, word.replace("_", " "), None),) for word in body.split()]
            yield name[1:], (tuple(words), tuple((i + 1) / len(words) for i in range(len(words))))
        else:
            reader = _Reader([*_tokens(body), _END])
            try:
                yield name, reader.ways(_END)
            except ValueError as error:
                raise ValueError(f"rule {name}: {error}") from None


def _tokens(body: str) -> list[str]:
    """Tokens; words and rules that touch are glued, as if `~` stood between."""
    tokens: list[str] = []
    end = -1
    for found in _TOKEN.finditer(body):
        token = found.group()
        if found.start() == end and token[0] not in _MARKS and tokens[-1][0] not in _MARKS:
            tokens.append("~")
        tokens.append(token)
        end = found.end()
    return tokens


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._closed = ""

    def ways(self, closer: str) -> Ways:
        """All ways up to `closer`."""
        ways: list[Way] = []
        weights: list[int] = []
        while True:
            weight = 1
            if found := _WEIGHT.fullmatch(self._tokens[self._at]):
                weight = int(found[1])
                self._at += 1
            ways.append(tuple(self._nodes()))
            weights.append(weight)
            if self._closed != "|":
                break
        if self._closed[:1] != closer[:1]:
            raise ValueError(f"{self._closed!r} where {closer!r} should stand")
        total = sum(weights)
        return tuple(ways), tuple(each / total for each in accumulate(weights))

    def _nodes(self) -> Iterator[Node]:
        """What stands up to the next `|` or closing mark, which is left in `_closed`."""
        while True:
            mark = self._tokens[self._at]
            self._at += 1
            first = mark[0]
            if first in "|]}>" or mark is _END:
                self._closed = mark
                return
            if first == "{":
                yield ONE_OF, self.ways("}"), None
            elif first == "[":
                inner = self.ways("]")
                yield MAYBE, int(self._closed[1:] or _HALF), ((ONE_OF, inner, None),)
            elif first == "<":
                yield FIELD, mark[1:], ((ONE_OF, self.ways(">"), None),)
            elif first == "$":
                yield RULE, mark[1:], None
            else:
                yield WORD, mark, None


def named(ways: Ways) -> Iterator[str]:
    """The names of rules that these ways draw from."""
    for way in ways[0]:
        for kind, first, second in way:
            if kind == RULE:
                yield first
            elif kind == ONE_OF:
                yield from named(first)
            elif second is not None:
                yield from named(((second,), (1.0,)))
