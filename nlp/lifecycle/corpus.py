"""A corpus: what was corrected by a moment, under a name that is the hash of its lines.

addresses/corpora/<name>.jsonl           the examples, one `nlp.example.Example` a line
addresses/corpora/<name>-samples.jsonl   texts that wait to be labelled
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from events.errors import CorruptError, NotFoundError
from events.identity import content_hash
from nlp.example import Example
from nlp.lifecycle.corrections import Correction, Sample
from storage.blob import BlobStore

T = TypeVar("T")
_FOLDER = "addresses/corpora/"
HELD_OUT = 4
"""One in so many corrections is never trained on: by its text, so that it stays so in every later corpus."""


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """Examples sorted by country and text, one a text; and texts without labels, the least sure first."""

    examples: tuple[Example, ...]
    samples: tuple[Sample, ...] = ()

    @property
    def name(self) -> str:
        return "corpus-" + content_hash(_lines(self.examples), _lines(self.samples))

    def training(self, country: str) -> list[Example]:
        """What a tagger of `country` may learn from."""
        return [it for it in self.examples if it.country == country and not held_out(it)]

    def recent(self, country: str) -> list[Example]:
        """What it is measured on: corrections that no training sees."""
        return [it for it in self.examples if it.country == country and held_out(it)]

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(sorted({it.country for it in self.examples}))

    def save(self, blobs: BlobStore) -> str:
        """Store it; its name."""
        name = self.name
        blobs.put(f"{_FOLDER}{name}.jsonl", _lines(self.examples))
        blobs.put(f"{_FOLDER}{name}-samples.jsonl", _lines(self.samples))
        return name

    @classmethod
    def load(cls, blobs: BlobStore, name: str) -> "Corpus":
        """The corpus of that name. `NotFoundError` where there is none, `CorruptError` on other bytes."""
        corpus = cls(
            examples=tuple(_decoded(blobs, f"{name}.jsonl", Example)),
            samples=tuple(_decoded(blobs, f"{name}-samples.jsonl", Sample)),
        )
        if corpus.name != name:
            raise CorruptError(f"{name} has other lines than its name says")
        return corpus


def make_corpus(corrections: Iterable[Correction], samples: Iterable[Sample] = ()) -> Corpus:
    """The newest word on every text, and what waits for one."""
    newest: dict[tuple[str, str], Example] = {}
    for correction in sorted(corrections, key=lambda it: (it.time, it.actor)):
        newest[correction.example.country, correction.example.text] = correction.example
    return Corpus(examples=tuple(newest[at] for at in sorted(newest)), samples=tuple(samples))


def held_out(example: Example) -> bool:
    """Whether an example is kept for measuring."""
    return int(content_hash("held out", example.text)[:8], 16) % HELD_OUT == 0


def _lines(rows: Iterable[msgspec.Struct]) -> bytes:
    encoder = msgspec.json.Encoder(order="deterministic")
    return b"".join(encoder.encode(row) + b"\n" for row in rows)


def _decoded(blobs: BlobStore, name: str, kind: type[T]) -> Iterator[T]:
    try:
        data = blobs.get(_FOLDER + name)
    except (NotFoundError, ValueError):
        raise NotFoundError(f"there is no corpus {name}") from None
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(data.splitlines(), 1):
        try:
            yield decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise CorruptError(f"{name}, line {number}: {error}") from None
