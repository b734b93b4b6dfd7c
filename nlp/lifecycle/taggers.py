"""A tagger as an artefact: the models of its countries in one msgpack map; and how one is trained."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from events.errors import CorruptError
from nlp.example import Example, Span
from nlp.fields import FIELDS
from nlp.lifecycle.measure import Read

if TYPE_CHECKING:
    from nlp.tagger.reader import Reader

_SCHEMA = 1
REPEATS = 4
"""How often a correction is shown for once that an example of the base is: people's words are few and right."""


class Trainer(Protocol):
    """Makes the model of a country. The same examples and seed give the same bytes."""

    def __call__(self, examples: Sequence[Example], country: str, seed: int) -> bytes: ...


class _Artefact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    models: dict[str, bytes]


def pack(models: Mapping[str, bytes]) -> bytes:
    """The artefact of the models (bytes by country)."""
    return msgspec.msgpack.encode(_Artefact(_SCHEMA, dict(sorted(models.items()))))


def unpack(data: bytes) -> dict[str, bytes]:
    """The inverse of `pack`; `CorruptError` on other bytes."""
    try:
        found = msgspec.msgpack.decode(data, type=_Artefact)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"not a tagger artefact: {error}") from error
    if found.schema != _SCHEMA:
        raise CorruptError(f"tagger schema {found.schema}; this release reads {_SCHEMA}")
    return found.models


def train_tagger(
    corrections: Mapping[str, Sequence[Example]],
    base: Callable[[str], Sequence[Example]],
    current: Mapping[str, bytes],
    trainer: Trainer,
    *,
    seed: int,
) -> bytes:
    """The artefact of a tagger that learnt from `corrections` by country, beside the `base` of each.

    Countries without corrections keep their model of `current`.
    """
    models = dict(current)
    for country, examples in sorted(corrections.items()):
        if examples:
            models[country] = trainer([*base(country), *list(examples) * REPEATS], country, seed)
    return pack(models)


def crf_trainer(examples: Sequence[Example], country: str, seed: int) -> bytes:
    """`Trainer` of this package: the CRF, by its country's recipe."""
    from nlp.directory import load_directory
    from nlp.tagger.learn import learn, recipe_for

    model = learn(
        ((it.text, it.spans) for it in examples),
        FIELDS,
        country,
        load_directory(),
        recipe=recipe_for(country, len(examples)),
        seed=seed,
    )
    return model.dump()


def shipped() -> dict[str, bytes]:
    """The models of the package, by country."""
    from nlp.tagger.shipped import COUNTRIES, shipped_bytes

    return {country: shipped_bytes(country) for country in COUNTRIES}


def reader_of(models: Mapping[str, bytes]) -> "Reader":
    """What reads texts by these models."""
    from nlp.directory import load_directory
    from nlp.tagger.model import read
    from nlp.tagger.reader import Reader

    return Reader({country: read(data) for country, data in models.items()}, load_directory())


def spans_of(reader: "Reader", text: str, country: str) -> tuple[Span, ...]:
    """What is read of a cleaned text, as examples have it."""
    return tuple((it.start, it.end, it.field) for it in reader.read(text, country))


def readers_of(models: Mapping[str, bytes]) -> Callable[[str], Read]:
    """Country -> what gives the fields of its texts, for `evaluate`."""
    reader = reader_of(models)

    def of_country(country: str) -> Read:
        def read(text: str) -> dict[str, str]:
            return Example(text, country, spans_of(reader, text, country)).values()

        return read

    return of_country
