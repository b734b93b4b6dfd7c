"""What `ringwatch address match` and `ringwatch address resolve` do with their lines."""

from collections.abc import Iterable, Iterator
from typing import Any

from nlp.identity.match import match
from nlp.identity.read import Texts
from nlp.identity.resolver import Item, Resolver


def _texts(texts: Texts | None) -> Texts:
    if texts is not None:
        return texts
    from nlp.parser import load_parser

    return Texts(load_parser())


def match_lines(lines: Iterable[str], texts: Texts | None = None) -> Iterator[dict[str, Any]]:
    """For each line `a<TAB>b<TAB>country` `{"score", "same", "why"}`, `why` largest first; lazy, in order.

    The country (ISO 3166 alpha-2) may be left out. Raises ValueError where a line has no second text.
    """
    texts = _texts(texts)
    for line in lines:
        a, b, country = _columns(line, "a<TAB>b<TAB>country")
        found = match(texts.read(a, country), texts.read(b, country))
        why = [{"feature": name, "share": share, "words": words} for name, share, words in found.why]
        yield {"score": round(found.score, 6), "same": found.same, "why": why}


def resolve_lines(lines: Iterable[str], texts: Texts | None = None) -> Iterator[dict[str, str]]:
    """For each line `id<TAB>text<TAB>country` `{"id", "key"}`, one key a place, in the lines' order.

    All lines are read before the first answer. Raises ValueError where a line has no text.
    """
    items = [Item(*_columns(line, "id<TAB>text<TAB>country")) for line in lines]
    at = [Item(str(number), item.text, item.country) for number, item in enumerate(items)]
    keys = Resolver(_texts(texts)).resolve(at).keys
    for item, numbered in zip(items, at, strict=True):
        yield {"id": item.id, "key": keys[numbered.id]}


def _columns(line: str, form: str) -> tuple[str, str, str]:
    cells = line.rstrip("\r\n").split("\t")
    if len(cells) not in {2, 3}:
        raise ValueError(f"not a line of {form}: {line[:80]!r}")
    return cells[0], cells[1], "".join(cells[2:]).strip()
