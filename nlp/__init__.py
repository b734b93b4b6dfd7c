"""Text -> parsed address -> two-level key."""

from nlp.cache import KeyCache
from nlp.fields import Canonical, Fields, ParsedAddress
from nlp.parser import AddressParser, load_parser

__all__ = ["AddressParser", "Canonical", "Fields", "KeyCache", "ParsedAddress", "load_parser"]
