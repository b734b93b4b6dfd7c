"""Text -> fields, canonical form, two-level key; and, by an alias map, place.

A spaCy pipeline of separable components (`nlp.pipeline`): tokenizer -> gazetteer -> rules -> resolver -> canonical ->
key -> tagger. The key is a pure function of (text, parser version) and made by rules alone; the fields are read by a
trained tagger (`nlp.tagger`, ADR 14). A building is told by, in this order: post box; house number and street, with the
sector or block where streets go by number or the house is numbered within it; house number and the sector or block
after it; name of the building; house number and area; each within the postcode, or within the city where the text has
no postcode and `nlp.post` finds none. A unit adds its number and wing. Everything else (landmarks, people, locality
beside a street, state, city beside a postcode, case, punctuation, abbreviations) makes no difference.

Where a word can be read in two ways the key keeps neighbours apart rather than spellings together: `Hwy 50` is not
`US Hwy 50`, and `12 E Oak St` is a direction in the United States, a house number in India.

Limits, for the alias map (`nlp.identity`) to mend and not for the key: a text without its postcode where that can't be
found; one that names only the building does not meet one that names number and street; a second sector, where it is
left out as a locality; slips in names that `nlp.spelling` does not know; a lost street type; without commas, names
without a type word run into their neighbours. Villages and streets without any number have no key. India and the
United States in depth, other countries by general habits (`nlp.generic`); Latin script.
"""

from nlp.cache import KeyCache
from nlp.fields import Canonical, Fields, ParsedAddress
from nlp.parser import AddressParser, load_parser

__all__ = ["AddressParser", "Canonical", "Fields", "KeyCache", "ParsedAddress", "load_parser"]
