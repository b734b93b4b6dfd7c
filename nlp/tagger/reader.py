"""From a text to the pieces of its fields: tokens, what the directory says of them, and the model of its country."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nlp.tagger.columns import columns
from nlp.tagger.model import TaggerModel
from nlp.tagger.postcodes import pin_of
from nlp.tagger.tokens import Token, spans_of, tokens
from nlp.written import Piece

if TYPE_CHECKING:
    from nlp.directory import Directory


class Reader:
    """Reads texts by the model of their country. Not to be shared between threads."""

    def __init__(self, models: Mapping[str, TaggerModel], directory: "Directory") -> None:
        self._models = models
        self._directory = directory

    @property
    def countries(self) -> frozenset[str]:
        """The countries it has a model for."""
        return frozenset(self._models)

    def read(self, text: str, country: str) -> list[Piece]:
        """The pieces of a legible text, in their order; none for a country without a model."""
        model = self._models.get(country)
        found = tokens(text, country) if model else []
        if model is None or not found:
            return []
        tagged = model.tag(see(found, country, self._directory))
        spans = spans_of(found, [model.labels[label] for label in tagged.labels])
        first = {token.start: i for i, token in enumerate(found)}
        last = {token.end: i for i, token in enumerate(found)}
        return [
            Piece(field, start, end, float(tagged.chance[first[start] : last[end] + 1].min()))
            for start, end, field in spans
        ]


def see(found: Sequence[Token], country: str, directory: "Directory") -> NDArray[np.uint32]:
    """The columns of a text's tokens, uint32[T, C]: in training as in reading."""
    words = [token.word for token in found]
    pin = pin_of(words, country)
    return columns(found, directory.tags(words, pin, country), pin is not None)
