"""Checkpoints: small manifests that name immutable segments. A checkpoint is there, whole, or it is not.

A manifest is two lines: the BLAKE2b digest of the second, and the checkpoint as JSON. Where several processes may own
the state one after the other, each owner has a *term*, stored before it changes anything: manifests that an older owner
wrote behind the seq at which a newer one began are no part of the history.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from events.errors import ConflictError, CorruptError, FencedError, NotFoundError
from storage.blob import BlobStore
from streaming.segments import FOLDER as SEGMENTS
from streaming.segments import Segment

FOLDER = "checkpoints/"
_TERMS = "terms/"
_KEEP_TERMS = 16
_DIGEST = 16


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """State behind `next_seq` events.

    `positions` is where input goes on, `outputs` where the tail of what was sent begins, `journal` that of the journal,
    where it is a topic (as `replay.format_positions`). `watermark_ms`, `since_ms` and `horizon_ms` are the fold's. The
    digests of the last `seen_horizon` inputs are in the segments. `settled` says that nothing was journalled behind it:
    the process ended in good order.
    """

    next_seq: int
    clock_ms: int
    term: int
    release: str
    catalogue: str
    positions: dict[str, int]
    outputs: dict[str, int]
    journal: dict[str, int]
    watermark_ms: int
    since_ms: int
    horizon_ms: int
    seen_horizon: int
    segments: tuple[Segment, ...]
    settled: bool = False


class CheckpointStore:
    """The manifests below `prefix` of a blob store, and what they name."""

    def __init__(self, blobs: BlobStore, prefix: str = "") -> None:
        self.blobs = blobs
        self.prefix = prefix

    def save(self, checkpoint: Checkpoint) -> str:
        """Write a manifest; its key. `FencedError` where a newer owner has begun."""
        newest = max(self.terms(), default=0)
        if newest > checkpoint.term:
            raise FencedError(f"the scorer's state belongs to term {newest}, this is {checkpoint.term}")
        body = msgspec.json.encode(checkpoint)
        key = f"{self.prefix}{FOLDER}{checkpoint.next_seq:020d}-{checkpoint.term:010d}.json"
        self.blobs.put(key, _digest(body) + b"\n" + body)
        return key

    def load(self, key: str) -> Checkpoint:
        """One manifest; `CorruptError` where its checksum does not hold."""
        digest, _, body = self.blobs.get(key).partition(b"\n")
        try:
            if _digest(body) == digest:
                return msgspec.json.decode(body, type=Checkpoint)
        except msgspec.MsgspecError as error:
            raise CorruptError(f"checkpoint {key} can't be read: {error}") from error
        raise CorruptError(f"checkpoint {key} fails its checksum; delete it, and the one before it counts")

    def keys(self) -> list[str]:
        """Manifests that are part of the history, the newest first."""
        terms = self.terms()
        return [key for key in reversed(self._manifests()) if not _superseded(key, terms)]

    def _manifests(self) -> list[str]:
        return [key for key in self.blobs.list(self.prefix + FOLDER) if key.endswith(".json")]

    def whole(self) -> Iterator[tuple[str, Checkpoint]]:
        """Checkpoints whose manifests hold, the newest first; damaged ones are passed over."""
        for key in self.keys():
            try:
                yield key, self.load(key)
            except (CorruptError, NotFoundError):  # a running owner may delete one meanwhile
                continue

    def terms(self) -> dict[int, int]:
        """Where each owner began: its first seq by term."""
        terms: dict[int, int] = {}
        for key in self.blobs.list(self.prefix + _TERMS):
            term, _, seq = key.rpartition("/")[2].removesuffix(".term").partition("-")
            terms[int(term)] = int(seq)
        return terms

    def begin_term(self, term: int, from_seq: int) -> None:
        """Note that owner `term` goes on from `from_seq`. `FencedError` where a newer one did."""
        terms = self.terms()
        if any(known > term for known in terms):
            raise FencedError(f"the scorer's state belongs to term {max(terms)}, this is {term}")
        try:
            self.blobs.put(f"{self.prefix}{_TERMS}{term:010d}-{from_seq:020d}.term", b"", if_absent=True)
        except ConflictError:
            raise FencedError(f"term {term} is taken") from None

    def keep(self, number: int) -> Checkpoint:
        """Delete what the newest `number` whole manifests don't need; the oldest of those.

        A segment goes only where a manifest that is deleted named it, so one that another owner is just about to name
        stays.
        """
        listed = (
            self._manifests()
        )  # before anything is read: what another owner adds meanwhile is not ours to delete
        whole = list(self.whole())
        kept, spare = whole[:number], whole[number:]
        named = {segment.key for _, held in kept for segment in held.segments}
        dropped = {segment.key for _, held in spare for segment in held.segments} - named
        stays = {key for key, _ in kept}
        for key in (key for key in listed if key not in stays):
            self.blobs.delete(key)
        for key in sorted(dropped):
            self.blobs.delete(key)
        for key in list(self.blobs.list(self.prefix + _TERMS))[:-_KEEP_TERMS]:
            self.blobs.delete(key)
        return kept[-1][1]

    def sweep(self) -> int:
        """Delete segments that no manifest names (a crash came between the two); how many. For the state's owner."""
        written = list(self.blobs.list(self.prefix + SEGMENTS))
        named = {segment.key for _, held in self.whole() for segment in held.segments}
        orphans = [key for key in written if key not in named]
        for key in orphans:
            self.blobs.delete(key)
        return len(orphans)


def _superseded(key: str, terms: dict[int, int]) -> bool:
    next_seq, _, term = key.rpartition("/")[2].removesuffix(".json").partition("-")
    return any(int(term) < newer and int(next_seq) > begin for newer, begin in terms.items())


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST).hexdigest().encode()
