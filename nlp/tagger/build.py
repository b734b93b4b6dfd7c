"""The shipped models, made anew: `python -m nlp.tagger.build [PUBLIC]`.

Learns from the generator's addresses and, for the United States, from usaddress's training file in the folder PUBLIC
(docs/data.md) where it is given. The same release and the same files give the same bytes.
"""

import argparse
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from nlp.directory import load_directory
from nlp.example import Example
from nlp.fields import FIELDS
from nlp.generate import examples
from nlp.tagger.learn import MANY, learn
from nlp.tagger.public import US_FIELDS, as_fields, usaddress
from nlp.tagger.shipped import COUNTRIES, MODELS
from nlp.text import legible

SEED: Final = 11
COUNTS: Final = {"IN": 36_000, "US": 12_000}
_US_TRAINING: Final = "addresses/us/train_labeled.xml"
_TIMES: Final = 2  # how often each public address is read in a pass


def made_examples(country: str, seed: int, count: int) -> list[Example]:
    """The generator's addresses, but for those that change when made legible: their spans would be out of place."""
    return [each for each in examples(country, seed, count) if legible(each.text) == each.text]


def public_examples(folder: Path) -> list[Example]:
    """Labelled addresses of the United States, as often as they are read in a pass, from `folder` (docs/data.md)."""
    real = (as_fields(each, US_FIELDS) for each in usaddress(folder / _US_TRAINING))
    return _TIMES * [Example(each.text, "US", each.spans) for each in real]


def build(country: str, public: Path | None) -> bytes:
    """A shipped model as it lies in the package. Takes some two minutes for India, half of one for the States."""
    known = made_examples(country, SEED, COUNTS[country])
    about: dict[str, object] = {"seed": SEED, "generated": len(known), "recipe": MANY[country]._asdict()}
    if country == "US" and public is not None:
        known += public_examples(public)
        about["public"] = {_US_TRAINING: sha256((public / _US_TRAINING).read_bytes()).hexdigest()}
    model = learn(
        ((each.text, each.spans) for each in known), FIELDS, country, load_directory(), recipe=MANY[country],
        seed=SEED, about=about,
        progress=lambda turn, loss: _say(f"{country}: pass {turn} of {MANY[country].passes}, loss {loss:.4f}"),
    )  # fmt: skip
    return model.dump()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress for whoever waits


def main(arguments: Iterable[str] | None = None) -> None:
    """Build both models into `nlp/data/`, or only that of the country named."""
    parser = argparse.ArgumentParser(description="Make the shipped address models anew.")
    parser.add_argument("public", nargs="?", type=Path, help="folder of public data sets (docs/data.md)")
    parser.add_argument("--country", choices=COUNTRIES, help="only this country's")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder to write to")
    given = parser.parse_args(None if arguments is None else list(arguments))
    for country in [given.country] if given.country else COUNTRIES:
        data = build(country, given.public)
        path = given.into / f"tagger-{country}.bin"
        path.write_bytes(data)
        _say(f"{path}: {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
