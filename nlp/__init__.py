"""Text -> parsed address -> two-level key.

A spaCy pipeline of separable components (`nlp.pipeline`): tokenizer -> gazetteer -> rules -> resolver -> canonical ->
key. The key is a pure function of (text, parser version). A building is told by, in this order: post box; house
number and street; name of the building; house number and sector or area; each within the postcode, or within the city
where the text has no postcode. A unit adds its number and wing. Everything else (landmarks, people, locality beside a
street, state, city beside a postcode, case, punctuation, abbreviations) makes no difference.

Limits, for the alias map to mend and not for the key: a text without its postcode does not meet one with it; nor one
that names only the building one that names number and street; slips in names that `nlp.spelling` does not know; a lost
street type; without commas, names without a type word run into their neighbours. India and the United States, in
Latin script. Villages and streets without any number have no key.
"""

from nlp.cache import KeyCache
from nlp.fields import Canonical, Fields, ParsedAddress
from nlp.parser import AddressParser, load_parser

__all__ = ["AddressParser", "Canonical", "Fields", "KeyCache", "ParsedAddress", "load_parser"]
