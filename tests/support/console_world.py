"""A console on the memory log, with a stand-in for the scorer at the other end of the log."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self

import anyio.from_thread
import httpx

from console import ConsoleParts, ConsoleSettings, make_app
from events import codec, topics
from events.door import Door
from events.entities import entities_of, partition_key
from events.errors import UnavailableError
from events.identity import decision_id
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Decision, Reason, Transaction
from storage import BlobStore, KeyValue, MemoryKeyValue, SystemClock
from storage.metrics import Metrics
from streaming.log import Log, Outgoing, Producer, Record
from streaming.log.memory import MemoryLog

TOKEN = "a-token-that-is-long-enough"
VISA = "4111111111111111"
PAYMENT: Mapping[str, Any] = {
    "id": "t-1",
    "time": "2026-01-20T10:00:00Z",
    "amount": "49.90",
    "currency": "USD",
    "card": "card-ref-1",
    "device": "d-77",
    "shipping_address": "Flat 4, 12 Mill Road, Springfield IL 62704",
}


def decide(transaction: Transaction, action: str = "review") -> Decision:
    """What the stand-in decides."""
    return Decision(
        id=decision_id(topics.TRANSACTIONS.name, transaction.id, "live"),
        transaction=transaction.id,
        time=transaction.time,
        action="review" if action == "review" else "approve",
        score=0.75,
        reasons=(Reason(code="ring", weight=0.5, detail="shares a device"),),
        release="r-1",
        graph_version="g-1",
        statuses={"graph": "stale"},
        seq=1,
        decided_at=1_768_903_200_500,
        amount=transaction.amount,
        entities=entities_of(transaction),
    )


class FakeScorer:
    """Reads transactions from the beginning and decides each id once, from a thread of its own."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        producer = self._log.open_producer("score", [topics.DECISIONS.name])
        reader = self._log.open_reader(self._log.begin(topics.TRANSACTIONS.name))
        seen: set[str] = set()
        while not self._stop.is_set():
            for record in reader.poll(100, 0.01):
                transaction = codec.decode(record.value, Transaction)
                if transaction.id not in seen:
                    seen.add(transaction.id)
                    send_decision(producer, decide(transaction))


def send_decision(producer: Producer, decision: Decision) -> None:
    key = partition_key(decision.entities, decision.transaction)
    producer.send([Outgoing(topics.DECISIONS.name, key, codec.encode(decision))])


class StubbornLog(MemoryLog):
    """A memory log that refuses payments while `down`."""

    def __init__(self) -> None:
        super().__init__()
        self.down = threading.Event()

    def open_producer(self, name: str, topics: Sequence[str]) -> Any:
        return _StubbornProducer(super().open_producer(name, topics), self.down)


class _StubbornProducer:
    def __init__(self, producer: Producer, down: threading.Event) -> None:
        self._producer = producer
        self._down = down

    @property
    def epoch(self) -> int:
        return self._producer.epoch

    def send(self, records: Sequence[Outgoing]) -> None:
        if self._down.is_set():
            raise UnavailableError("the log is away")
        self._producer.send(records)

    def close(self) -> None:
        self._producer.close()


class DeadKeyValue(MemoryKeyValue):
    """A store that never answers a look-up. `asked` counts them."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.asked = 0

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        self.asked += 1
        raise UnavailableError(f"the cache is away ({len(keys)} keys)")

    def get(self, key: str) -> bytes | None:
        raise UnavailableError(f"the cache is away ({key})")


def make_parts(
    blobs: BlobStore, *, log: Log | None = None, kv: KeyValue | None = None, **settings: Any
) -> ConsoleParts:
    """Parts of a console; whatever outlives it may be given."""
    clock = SystemClock()
    log = log or MemoryLog(clock)
    log.ensure_topics(topics.ALL, 2)
    return ConsoleParts(
        log=log,
        kv=kv or MemoryKeyValue(clock),
        blobs=blobs,
        door=Door(Tokeniser({1: b"k" * 32}, 1), default_rates(), check_free_text=True),
        clock=clock,
        metrics=Metrics(),
        token=TOKEN,
        settings=ConsoleSettings(**({"deadline_ms": 20_000} | settings)),
    )


def again(parts: ConsoleParts, **settings: Any) -> ConsoleParts:
    """The parts of a restarted console: same services, other process."""
    wanted = ConsoleSettings(**({"deadline_ms": 20_000} | settings))
    return replace(parts, metrics=Metrics(), settings=wanted)


class Api:
    """A running console and a client of it; threads may share it."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._app = make_app(parts)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        lifespan = self._app.router.lifespan_context(self._app)
        self._stack.enter_context(self._portal.wrap_async_context_manager(lifespan))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://console")
        self._client = self._stack.enter_context(self._portal.wrap_async_context_manager(client))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = TOKEN,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """A request with `token` (None: none), or with `headers` in its place."""
        if headers is None and token is not None:
            more["headers"] = {"Authorization": f"Bearer {token}".encode("latin-1")}
        else:
            more["headers"] = headers
        call = partial(self._client.request, method, path, **more)
        answer: httpx.Response = self._portal.call(call)
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def score(self, **fields: Any) -> httpx.Response:
        return self.ask("POST", "/v1/score", json={**PAYMENT, **fields})


def appended(log: Log) -> list[Record]:
    """The payments in the log."""
    begin, end = log.begin(topics.TRANSACTIONS.name), log.end(topics.TRANSACTIONS.name)
    reader = log.open_reader(begin)
    records: list[Record] = []
    # Not until they are equal: what is appended meanwhile may be read too, and takes the reader past `end`.
    while any(at < end[source] for source, at in reader.positions().items()):
        records += reader.poll(1_000, 0.0)
    reader.close()
    return records
