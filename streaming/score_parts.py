"""What the scorer is made of, and its settings."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from events import topics
from events.errors import NotFoundError
from features.catalogue import Catalogue
from features.places import NO_MAP, Places
from nlp import KeyCache
from scoring import Scorer
from storage import FolderBlobs
from storage.blob import BlobStore
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.checkpoint import CheckpointStore
from streaming.files import Files, FolderFiles
from streaming.fold import GraphFeatures
from streaming.journal import JournalKind
from streaming.log.port import Log
from streaming.seen import SEEN_HORIZON

INPUTS = (topics.TRANSACTIONS, topics.OUTCOMES, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED, topics.CONTROL)
OUTPUTS = (topics.DECISIONS, topics.ALERTS, topics.FEATURES, topics.DLQ, topics.CONTROL_ACKS)
PART = "score"


@dataclass(frozen=True)
class ScoreParts:
    """The scorer's surroundings.

    `load_scorer` maps a release id (or COLD) to a ready `Scorer`, whose columns name the catalogue that it needs;
    `load_catalogue` finds one that is not `catalogue` by its version, `load_places` the alias map that a release names.
    Checkpoints and segments go to `blobs` (None:
    into `folder`) below `prefix`, the journal on disk to `files` (None: `folder`/journal). `background` (None: a thread
    of one's own) writes checkpoints and makes the windows of a new catalogue; it does one thing at a time. So does
    `sender` (None: the stream itself), which sends what a batch came to while the next one is decided.
    """

    log: Log
    catalogue: Catalogue
    addresses: KeyCache
    graph: GraphFeatures
    load_scorer: Callable[[str], Scorer]
    clock: Clock
    metrics: Metrics
    folder: Path
    blobs: BlobStore | None = None
    prefix: str = ""
    files: Files | None = None
    background: Executor | None = None
    sender: Executor | None = None
    load_catalogue: Callable[[str], Catalogue] | None = None
    load_places: Callable[[str], Places] | None = None

    @cached_property
    def store(self) -> CheckpointStore:
        """Where checkpoints are."""
        return CheckpointStore(self.blobs or FolderBlobs(self.folder), self.prefix)

    @cached_property
    def journal_files(self) -> Files:
        return self.files or FolderFiles(self.folder / "journal")

    @cached_property
    def executor(self) -> Executor:
        return self.background or ThreadPoolExecutor(1, thread_name_prefix="score-background")

    def catalogue_of(self, version: str) -> Catalogue:
        """The catalogue of that version; `NotFoundError` where it is not stored."""
        if version == self.catalogue.version:
            return self.catalogue
        if self.load_catalogue is None:
            raise NotFoundError(f"catalogue {version} is not stored, {self.catalogue.version} is running")
        return self.load_catalogue(version)

    def places_of(self, alias_map: str) -> Places:
        """The places of an alias map by its name; `NotFoundError` where it is not stored."""
        if alias_map == NO_MAP:
            return Places()
        if self.load_places is None:
            raise NotFoundError(f"alias map {alias_map} is not stored")
        return self.load_places(alias_map)


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """`batch` events at most a step; a checkpoint every `checkpoint_events`; `sync` fsyncs the journal on disk.

    A batch waits `address_ms` at most for the keys of new address texts (None: until it has them).
    """

    batch: int = 512
    linger_s: float = 0.02
    checkpoint_events: int = 200_000
    keep_checkpoints: int = 3
    journal: JournalKind = "disk"
    sync: bool = False
    sample: float = 0.01
    seen_horizon: int = SEEN_HORIZON
    merge_wait_ms: int = 2_000
    dead_letter_limit: int = 1_000
    address_ms: float | None = None
