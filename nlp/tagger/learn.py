"""Labelled texts into a model: the shipped ones, those of a benchmark in its own labels, those with corrections."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nlp.tagger.model import TaggerModel
from nlp.tagger.reader import see
from nlp.tagger.tokens import label_names, label_tokens, tokens
from nlp.tagger.train import train

if TYPE_CHECKING:
    from nlp.directory import Directory


class Recipe(NamedTuple):
    """How a model is trained. `passes`, `rate`, `keep` and `least_seen` as in `nlp.tagger.train.train`."""

    passes: int
    rate: float
    keep: float
    least_seen: int


MANY: Final = {
    "IN": Recipe(passes=3, rate=0.1, keep=0.6, least_seen=5),
    "US": Recipe(passes=4, rate=0.1, keep=0.7, least_seen=3),
}
"""For tens of thousands of made addresses: what is rare among them is chance."""
FEW: Final = {
    "IN": Recipe(passes=14, rate=0.1, keep=0.6, least_seen=2),
    "US": Recipe(passes=20, rate=0.07, keep=0.95, least_seen=1),
}
"""For a few thousand real ones."""
_FEW: Final = 8_000


def recipe_for(country: str, texts: int) -> Recipe:
    """The recipe for so many texts of a country; one without its own is trained like India."""
    recipes = MANY if texts > _FEW else FEW
    return recipes.get(country, recipes["IN"])


def learn(
    texts: Iterable[tuple[str, Sequence[tuple[int, int, str]]]],
    fields: Sequence[str],
    country: str,
    directory: "Directory",
    *,
    recipe: Recipe,
    seed: int,
    about: dict[str, object] | None = None,
    progress: Callable[[int, float], None] = lambda _pass, _loss: None,
) -> TaggerModel:
    """Train on legible texts with their spans (start, end in characters, one of `fields`).

    Takes some 3 ms a text (14 passes, 35 labels). The same arguments give the same bytes.
    """
    names = label_names(fields)
    seen, labels = [], []
    for text, spans in texts:
        found = tokens(text, country)
        if found:
            seen.append(see(found, country, directory))
            labels.append(label_tokens(found, spans, names))
    return train(
        seen, labels, names, country=country, seed=seed, about=about, passes=recipe.passes, rate=recipe.rate,
        keep=recipe.keep, least_seen=recipe.least_seen, progress=progress,
    )  # fmt: skip
