"""What people said is right, and texts the parser was unsure of: both kept for ever, each a blob of its own.

addresses/corrections/<time, 15 digits>-<hash>.json
addresses/samples/<hash of country and text>.json
"""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from events.errors import CorruptError
from events.identity import content_hash
from nlp.example import Example
from storage.blob import BlobStore

_CORRECTIONS = "addresses/corrections/"
_SAMPLES = "addresses/samples/"
T = TypeVar("T")
_json = msgspec.json.Encoder(order="deterministic")


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What `actor` said of a text, when (epoch ms) and why; `tagger` is the one that had read it ("": the package's).

    `example.text` is cleaned (`nlp.text.legible`), as taggers read it.
    """

    example: Example
    actor: str
    reason: str
    time: int
    tagger: str = ""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A legible text that was read with little confidence (that of its least sure field), and by which tagger."""

    text: str
    country: str
    confidence: float
    tagger: str = ""


class Corrections:
    """The store of both. Puts are idempotent; nothing is ever changed: a later correction of a text overrules."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def put(self, correction: Correction) -> str:
        """Keep a correction; returns its id."""
        data = _json.encode(correction)
        name = f"{correction.time:015d}-{content_hash(data)}"
        self._blobs.put(f"{_CORRECTIONS}{name}.json", data)
        return name

    def all(self) -> list[Correction]:
        """Every correction, oldest first. `CorruptError` where one can't be read."""
        return [self._read(key, Correction) for key in self._blobs.list(_CORRECTIONS)]

    def put_samples(self, samples: Iterable[Sample]) -> int:
        """Keep samples whose text is not there yet; how many those were."""
        kept = 0
        for sample in samples:
            key = f"{_SAMPLES}{content_hash(sample.country, sample.text)}.json"
            if not self._blobs.exists(key):
                self._blobs.put(key, _json.encode(sample))
                kept += 1
        return kept

    def waiting(self) -> list[Sample]:
        """Samples that nobody has corrected, the least sure first."""
        done = {(it.example.country, it.example.text) for it in self.all()}
        samples = [self._read(key, Sample) for key in self._blobs.list(_SAMPLES)]
        left = [it for it in samples if (it.country, it.text) not in done]
        return sorted(left, key=lambda it: (it.confidence, it.text))

    def _read(self, key: str, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(self._blobs.get(key), type=kind)
        except msgspec.MsgspecError as error:
            raise CorruptError(f"{key} can't be read: {error}") from error
