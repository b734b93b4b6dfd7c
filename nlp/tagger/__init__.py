"""The sequence labeller: a linear-chain CRF over words, their segments and what the directory says of them.

`Reader` reads texts by the shipped models; `nlp.tagger.learn` trains others; docs/addresses.md is the model card.
"""

from nlp.tagger.model import TaggerModel, read
from nlp.tagger.reader import Reader
from nlp.tagger.shipped import shipped_models, shipped_reader

__all__ = ["Reader", "TaggerModel", "read", "shipped_models", "shipped_reader"]
