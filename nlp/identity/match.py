"""Whether two texts are one place: a probability, the answer at the operating point, and why."""

from typing import NamedTuple

from nlp.identity.compare import compare
from nlp.identity.model import Model, contributions, load_model, log_odds, probability
from nlp.identity.view import ParsedText


class Why(NamedTuple):
    """One reason: the feature, its share of the log-odds, and the words it came from."""

    feature: str
    share: float
    words: str


class Match(NamedTuple):
    """`score`: probability 0..1, at even odds beforehand; `same`: at the operating point; `why`: largest first."""

    score: float
    same: bool
    why: list[Why]


def match(a: ParsedText, b: ParsedText, model: Model | None = None) -> Match:
    """Compare two texts; symmetric but for the order of words in `why`.

    The score is logistic over `nlp.identity.compare` (Fellegi and Sunter's agreement weights, learned together).
    """
    model = load_model() if model is None else model
    values, words = compare(a, b)
    score = probability(log_odds(model.base, model.row(), values))
    why = [
        Why(name, round(share, 2), words.get(name, ""))
        for name, share in contributions(model.weights, values)
    ]
    return Match(score, score >= model.threshold, why)
