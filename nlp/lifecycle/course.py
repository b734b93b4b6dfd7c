"""One training from end to end: corpus, tagger, evaluation beside the present one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from events.errors import NotFoundError
from nlp.countries import country_of_text
from nlp.example import Example
from nlp.lifecycle.corpus import Corpus, make_corpus
from nlp.lifecycle.corrections import Corrections, Sample
from nlp.lifecycle.evaluation import Evaluation, ExampleSet, evaluate
from nlp.lifecycle.taggers import Trainer, crf_trainer, reader_of, readers_of, train_tagger
from nlp.tagger.build import COUNTS, SEED, made_examples
from nlp.text import legible
from storage.blob import BlobStore
from storage.clock import Clock

FIXED_SEED = 20_260_101
"""Of the made addresses that taggers are measured on. No training may use it."""
FIXED = 1_500
UNSURE = 0.5
"""A text is worth a look where the least sure of its fields is below this."""
_KEEP = 200


@dataclass(frozen=True)
class Course:
    """What a training works with.

    `current` names the tagger in force ("": the package's), `models` are its models by country, `put` stores a new one
    with facts about it and gives its name. `base(country, seed, count)` gives made examples to learn beside,
    `beside` more by country; `files` are sets to measure on beside the made and the held-out ones.
    """

    blobs: BlobStore
    current: str
    models: Mapping[str, bytes]
    put: Callable[[bytes, dict[str, str | int | float | bool]], str]
    clock: Clock
    base: Callable[[str, int, int], Sequence[Example]] = made_examples
    trainer: Trainer = crf_trainer
    beside: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    files: Sequence[ExampleSet] = field(default_factory=tuple)


def doubtful(course: Course, texts: Iterable[str], *, at_most: int = _KEEP) -> int:
    """Keep the texts that the current tagger is least sure of, for somebody to correct; how many are new."""
    reader = reader_of(course.models)
    found: list[Sample] = []
    for text in dict.fromkeys(map(legible, texts)):
        country = country_of_text(text)
        sure = min((piece.chance for piece in reader.read(text, country)), default=1.0)
        if sure < UNSURE:
            found.append(Sample(text=text, country=country, confidence=round(sure, 4), tagger=course.current))
    found.sort(key=lambda it: (it.confidence, it.text))
    return Corrections(course.blobs).put_samples(found[:at_most])


def run_course(
    course: Course,
    *,
    seed: int = SEED,
    base: int | None = None,
    fence: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Train on what is corrected, `base` made examples of each of its countries beside it; measure; store.

    With `base` None and `SEED` those are the examples that the package's tagger learnt from.

    The same corrections, base and seed give the same tagger. `fence` raises where the caller may no longer write.
    `NotFoundError` where nothing was corrected.
    """
    corrections = Corrections(course.blobs)
    corpus = make_corpus(corrections.all(), corrections.waiting())
    if not corpus.examples:
        raise NotFoundError("nothing was corrected yet; `ringwatch address correct` says what is right")
    learnt = {country: corpus.training(country) for country in corpus.countries}
    data = train_tagger(
        learnt, partial(_beside, course, seed, base), course.models, course.trainer, seed=seed
    )
    fence()
    name = corpus.save(course.blobs)
    tagger = course.put(
        data, {"corpus": name, "seed": seed, "base": base or 0, "corrections": len(corpus.examples)}
    )
    found = measure_tagger(course, tagger, data, corpus)
    return {
        "tagger": tagger,
        "corpus": name,
        "corrections": len(corpus.examples),
        "waiting": len(corpus.samples),
        "passed": found.passed,
        "why_not": found.why_not,
    }


def _beside(course: Course, seed: int, base: int | None, country: str) -> Sequence[Example]:
    count = COUNTS.get(country, 0) if base is None else base
    return [*course.base(country, seed, count), *course.beside.get(country, ())]


def measure_tagger(course: Course, tagger: str, data: bytes, corpus: Corpus) -> Evaluation:
    """Measure a tagger beside the current one on the fixed, the recent and the given sets; stores the evaluation."""
    from nlp.lifecycle.taggers import unpack

    models = unpack(data)
    found = evaluate(
        (tagger, readers_of(models)),
        (course.current, readers_of(course.models)),
        [*sets_of(course, models, corpus), *course.files],
        now_ms=course.clock.now_ms(),
    )
    found.save(course.blobs)
    return found


def sets_of(course: Course, models: Mapping[str, bytes], corpus: Corpus) -> list[ExampleSet]:
    """Made addresses of every country that there is a model of, and corrections that were held out."""
    countries = sorted({*models, *course.models})
    fixed = [ExampleSet("fixed", country, _fixed(course.base, country)) for country in countries]
    recent = [ExampleSet("recent", country, corpus.recent(country)) for country in countries]
    return [*fixed, *(it for it in recent if it.examples)]


@cache
def _fixed(base: Callable[[str, int, int], Sequence[Example]], country: str) -> Sequence[Example]:
    return base(country, FIXED_SEED, FIXED)
