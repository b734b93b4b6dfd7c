"""The parser as others see it: text in, fields and keys out."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from events.errors import NotFoundError
from events.identity import content_hash
from events.types import AddressKey
from nlp import chaff, characters, places, routes, spoken, text, words, world
from nlp.canonical_text import fields_of
from nlp.directory.runtime import ARTEFACT
from nlp.fields import FIELDS, ParsedAddress
from nlp.labels import LABELS
from nlp.written import Piece, written

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

DEFAULT: Final = "default"
RULES_REVISION: Final = 3
"""Raise it with every change of code that gives any text another key; tables are hashed by themselves."""

_BATCH: Final = 512  # texts a memory zone: bounds what the vocabulary holds of strings never seen again
_VERSION_BYTES: Final = 4
_REMEMBERED: Final = 8_192  # parses: some 20 MB


def default_version() -> str:
    """The built-in parser's version: the content hash (8 hex digits) of tables, directory and revision of the rules."""
    tables = [
        {name: value for name, value in sorted(vars(module).items()) if name.isupper() and _is_table(value)}
        for module in (words, places, routes, characters, chaff, spoken, world)
    ]
    known = [RULES_REVISION, LABELS, text.TOKEN.pattern, content_hash(ARTEFACT.read_bytes()), tables]
    encoded = msgspec.json.encode(known, order="deterministic")
    return content_hash("address parser", encoded, size=_VERSION_BYTES)


def _is_table(value: object) -> bool:
    return isinstance(value, str | dict | frozenset | tuple)


class AddressParser:
    """Parses and keys address texts: a pure function of (text, version). Not to be shared between threads."""

    def __init__(self, version: str, nlp: "Language") -> None:
        self.version = version
        self._nlp = nlp

        self.parse = lru_cache(maxsize=_REMEMBERED)(self._parse)
        """Fields, canonical values and key of one text; those of the last texts are remembered."""

    def _parse(self, text: str) -> ParsedAddress:
        with self._nlp.memory_zone():
            doc = self._nlp(text)
            generic = doc.user_data["generic"]
            known = doc.user_data["canonical"]
            if generic is not None:
                fields, sure = generic.fields, generic.confidence
            elif known is not None:
                fields = fields_of(known)
                sure = {name: 1.0 for name in FIELDS if getattr(fields, name)}
            else:
                fields, sure = written(doc.user_data["text"], doc._.address_pieces)
            return ParsedAddress(
                fields=fields, confidence=sure, canonical=doc._.address_canonical, key=doc._.address_key
            )

    def pieces(self, text: str) -> list[Piece]:
        """The pieces of the fields of one text, in their order; they count characters of the legible text."""
        with self._nlp.memory_zone():
            pieces: list[Piece] = self._nlp(text)._.address_pieces
            return pieces

    def key(self, text: str) -> AddressKey | None:
        """The key of one text; None where it says too little to tell a place by."""
        return self.keys((text,))[0]

    def keys(self, texts: Sequence[str]) -> list[AddressKey | None]:
        """The keys of many texts, in their order."""
        keys: list[AddressKey | None] = []
        for start in range(0, len(texts), _BATCH):
            with self._nlp.memory_zone():
                keys.extend(doc._.address_key for doc in self._pipe(texts[start : start + _BATCH]))
        return keys

    def _pipe(self, texts: Iterable[str]) -> "Iterator[Doc]":
        return self._nlp.pipe(texts, batch_size=_BATCH, disable=["address_tagger"])


def load_parser(version: str = DEFAULT) -> AddressParser:
    """The parser of that version (imports spaCy: a second or two).

    Raises `NotFoundError` where this release holds no such parser.
    """
    built_in = default_version()
    if version not in {DEFAULT, built_in}:
        raise NotFoundError(f"no address parser {version}; this release holds {built_in}")
    from nlp.pipeline import build

    return AddressParser(built_in, build(built_in))
