"""The spaCy pipeline: tokenizer -> gazetteer -> rules -> resolver -> canonical -> key, each a component of its own.

A labeller communicates with what follows through `doc.ents` alone (labels of `nlp.labels`), so another one can take
the place of `address_rules`, or correct its spans, without a change elsewhere. This module imports spaCy, which
takes a second or two: only `nlp.parser.load_parser` imports it.
"""

from typing import Final

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from nlp import labels as lb
from nlp.canonical import canonical
from nlp.fields import ParsedAddress
from nlp.key import make_key
from nlp.places import Place, places, state_codes
from nlp.resolve import Piece, resolve
from nlp.rules import label
from nlp.text import TOKEN, clean

COMPONENTS: Final = ("address_gazetteer", "address_rules", "address_resolver", "address_canonical", "address_key")
PLACES: Final = "places"  # the span group the gazetteer fills
PARSE: Final = "address"  # doc._.address


class AddressTokenizer:
    """Text -> Doc: Unicode cleaning, then `nlp.text.TOKEN`. A token keeps its case; its norm is lower case."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        return Doc(self.vocab, words=TOKEN.findall(clean(text)))
