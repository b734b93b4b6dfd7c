"""A candidate beside the current tagger, on every set of every country; stored, because a deployment asks for it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from events.errors import CorruptError, NotFoundError
from events.identity import content_hash
from nlp.example import Example
from nlp.lifecycle.gate import Finding, Gate
from nlp.lifecycle.measure import FieldScore, Measured, Read, measure
from storage.blob import BlobStore

__all__ = ["Evaluation", "ExampleSet", "Read", "evaluate"]

_FOLDER = "addresses/evaluations/"
PACKAGE = ""
"""Names the tagger of the package."""


class ExampleSet(NamedTuple):
    """Examples of one country that no training sees. `name` is `fixed` or `recent`, or that of a file."""

    name: str
    country: str
    examples: Sequence[Example]


class SetScore(msgspec.Struct, frozen=True, kw_only=True):
    """The candidate on one set: share of addresses that are right, and its fields."""

    set: str
    country: str
    addresses: int
    lenient: float
    strict: float
    fields: dict[str, FieldScore]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of `candidate` beside `current`; `why_not` says what stops it, and is empty where it may pass."""

    candidate: str
    current: str
    sets: dict[str, str]
    scores: tuple[SetScore, ...]
    findings: tuple[Finding, ...]
    time: int

    @property
    def why_not(self) -> list[str]:
        worse = [str(it) for it in self.findings if it.worse]
        return worse if self.findings else ["nothing was measured: there is no set of its countries"]

    @property
    def passed(self) -> bool:
        return not self.why_not

    def save(self, blobs: BlobStore) -> None:
        """Store it as the last word on the two."""
        blobs.put(_key(self.candidate, self.current), msgspec.json.encode(self))

    @staticmethod
    def load(blobs: BlobStore, candidate: str, current: str) -> "Evaluation":
        """The last evaluation of `candidate` beside `current`; `NotFoundError` where there was none."""
        try:
            return msgspec.json.decode(blobs.get(_key(candidate, current)), type=Evaluation)
        except NotFoundError:
            raise NotFoundError(
                f"{candidate} was never measured beside {current or 'the tagger of the package'}"
            ) from None
        except msgspec.MsgspecError as error:
            raise CorruptError(f"the evaluation of {candidate} can't be read: {error}") from error


def evaluate(
    candidate: tuple[str, Callable[[str], Read]],
    current: tuple[str, Callable[[str], Read]],
    sets: Sequence[ExampleSet],
    *,
    now_ms: int,
    gate: Gate | None = None,
) -> Evaluation:
    """Measure both, each given as its name and what reads the texts of a country."""
    gate = gate or Gate()
    scores: list[SetScore] = []
    findings: list[Finding] = []
    for it in sets:
        if not it.examples:
            continue
        after = measure(candidate[1](it.country), it.examples)
        before = measure(current[1](it.country), it.examples)
        scores.append(_score(it, after))
        findings += gate.compare(it.name, it.country, before, after)
    return Evaluation(
        candidate=candidate[0],
        current=current[0],
        sets={f"{it.name} {it.country}": _digest(it.examples) for it in sets},
        scores=tuple(scores),
        findings=tuple(findings),
        time=now_ms,
    )


def _score(of: ExampleSet, found: Measured) -> SetScore:
    return SetScore(
        set=of.name,
        country=of.country,
        addresses=len(of.examples),
        lenient=float(found.lenient.mean()),
        strict=float(found.strict.mean()),
        fields=found.fields(),
    )


def _digest(examples: Sequence[Example]) -> str:
    return content_hash(*(msgspec.json.encode(it) for it in examples))


def _key(candidate: str, current: str) -> str:
    return f"{_FOLDER}{candidate}/{current or 'package'}.json"
