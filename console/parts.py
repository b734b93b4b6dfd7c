"""What the console is made of; `ringwatch.wiring` builds it."""

from dataclasses import dataclass, field

from events.door import Door
from events.errors import SettingsError
from storage import BlobStore, Clock, KeyValue
from storage.metrics import Metrics
from streaming.log import Log

PART = "console"
_SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """How the console behaves.

    Args:
        deadline_ms: how long a request waits for its decision.
        docs: serve `/docs` and `/openapi.json`, to anybody: for loopback only.
        remember: newest decisions kept in the process.
        keep_ms: how long the key-value store keeps what was asked and answered.
        max_waiting: payments that may wait for a decision at once.
        max_body: bytes of a submission.
    """

    deadline_ms: int = 2_000
    docs: bool = False
    remember: int = 20_000
    keep_ms: int = 86_400_000
    max_waiting: int = 10_000
    max_body: int = 65_536


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """Ports and secrets. `kv` may evict: it only saves repeating work. `token` is the bearer token of the API.

    `name` is the producer's: of two consoles of one name the log accepts the newer one's payments alone.
    """

    log: Log
    kv: KeyValue
    blobs: BlobStore
    door: Door
    clock: Clock
    metrics: Metrics
    token: str = field(repr=False)
    settings: ConsoleSettings = ConsoleSettings()
    name: str = PART

    def __post_init__(self) -> None:
        if len(self.token) < _SHORTEST_TOKEN:
            raise SettingsError(
                f"[api] token is shorter than {_SHORTEST_TOKEN} characters (RINGWATCH_API__TOKEN_FILE)"
            )
