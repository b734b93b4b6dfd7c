"""Texts to `ParsedText`: with the parser for the countries it knows in depth, from tokens alone for all others."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from nlp.identity.model import load_model
from nlp.identity.view import ParsedText, view

if TYPE_CHECKING:
    from nlp.parser import AddressParser

PARSED: Final = frozenset({"IN", "US"})
_CACHE: Final = 8_192  # texts of about 3 kB


class Texts:
    """Reads texts and remembers the last of them. Not to be shared between threads, as its parser is not."""

    def __init__(self, parser: "AddressParser", words: Mapping[str, float] | None = None) -> None:
        self.parser = parser
        self._words = load_model().words if words is None else words
        self.read = lru_cache(maxsize=_CACHE)(self._read)

    def _read(self, text: str, country: str = "") -> ParsedText:
        country = country.strip().upper()
        parsed = self.parser.parse(text) if country in PARSED or not country else None
        if parsed is not None and not country:
            country = parsed.canonical.country  # joins are stricter where the country is known in depth
        return view(text, country, parsed, self._words)
