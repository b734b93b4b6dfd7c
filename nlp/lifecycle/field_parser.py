"""The parser with the tagger of a release in place of the package's, and with a country that the caller knows."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from nlp.countries import country_of_text
from nlp.fields import ParsedAddress
from nlp.text import legible
from nlp.written import written

if TYPE_CHECKING:
    from nlp.parser import AddressParser
    from nlp.tagger.reader import Reader
    from nlp.written import Piece


class FieldParser:
    """Parses as `parser` does; fields are read by `reader` (None: by the package's tagger).

    Not to be shared between threads.
    """

    def __init__(self, parser: "AddressParser", reader: "Reader | None") -> None:
        self._parser = parser
        self._reader = reader
        self._own = reader is not None

    @property
    def version(self) -> str:
        return self._parser.version

    def parse(self, text: str, country: str | None = None) -> ParsedAddress:
        """Fields, canonical values and key of a text. `country` (ISO 3166 alpha-2) None: the text tells."""
        parsed = self._parser.parse(text)
        if not self._own and country is None:
            return parsed
        reader = self._models()
        cleaned = legible(text)
        country = country or country_of_text(cleaned)
        if country in reader.countries:
            fields, sure = written(cleaned, reader.read(cleaned, country))
        elif country:
            from nlp.generic import generic_fields

            fields, sure = generic_fields(cleaned, country)
        else:
            return parsed
        return replace(parsed, fields=fields, confidence=sure)

    def pieces(self, cleaned: str, country: str) -> "list[Piece]":
        """The pieces of a legible text that belong to fields."""
        return self._models().read(cleaned, country)

    def _models(self) -> "Reader":
        if self._reader is None:
            from nlp.tagger.shipped import shipped_reader

            self._reader = shipped_reader()
        return self._reader
