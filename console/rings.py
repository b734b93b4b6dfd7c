"""The rings of the graph features being served."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from events.errors import NotFoundError, UnavailableError
from events.tokens import kind_of
from graph import Ring, current, load, newest
from storage import BlobStore, KeyValue


@dataclass(frozen=True, slots=True)
class RingsOf:
    """The rings of one version, by falling score, and by member."""

    version: str
    cut_ms: int
    rings: tuple[Ring, ...]
    by_member: Mapping[str, Ring]


class Rings:
    """Reads blobs, which takes a moment for a new version: call it from a worker thread. Threads share it."""

    def __init__(self, kv: KeyValue, blobs: BlobStore) -> None:
        self._kv = kv
        self._blobs = blobs
        self._lock = Lock()
        self._held: RingsOf | None = None

    def now(self) -> RingsOf:
        """The version being served, else the newest; `NotFoundError` before the first."""
        version = self._version()
        with self._lock:
            if self._held is None or self._held.version != version:
                features = load(self._blobs, version)
                by_member = {token: ring for ring in features.rings for token in ring.members}
                self._held = RingsOf(version, features.cut_ms, features.rings, by_member)
            return self._held

    def of(self, token: str) -> tuple[RingsOf, Ring]:
        """The ring of an entity. `InvalidFieldError` for what is no token, `NotFoundError` where it is in none."""
        kind_of(token)
        held = self.now()
        ring = held.by_member.get(token)
        if ring is None:
            raise NotFoundError(f"this entity is in no ring of version {held.version}")
        return held, ring

    def _version(self) -> str:
        try:
            version = current(self._kv)
        except UnavailableError:
            version = None
        return version or newest(self._blobs)
