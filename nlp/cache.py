"""Keys remembered: in the process, then in the key-value store, then parsed."""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Final

import msgspec

from events.errors import UnavailableError
from events.identity import content_hash
from events.types import AddressKey, Status
from nlp.parser import AddressParser
from nlp.pool import ParserPool
from nlp.pool_port import Answer
from storage.kv import KeyValue
from storage.metrics import Metrics

LONGEST: Final = 10_000
"""Characters of a text; a longer one is no address and has no key. (Messages take 512.)"""

_NO_KEY: Final = b"-"  # "this text has no key" is worth remembering too
_LONGEST_PAUSE: Final = 256
_MOST_WRITES: Final = 64  # under way behind the caller's back
_GIVEN_UP_MS: Final = 86_400_000  # for how long others believe that a text can't be parsed

_Keys = Mapping[str, AddressKey | None]


class KeyCache:
    """Keys of address texts through a bounded LRU, then `kv`, then `parser`. Never raises for a dead `kv`.

    A key is a pure function of its text and the parser's version, so it is never stale and needs no expiry; `ttl_ms`
    bounds what the store holds. While `kv` does not answer it is left alone for 1, 2, 4 ... 256 batches, so that an
    outage costs a time-out now and then, not one a batch.

    `parser` is one that parses in place, or a pool of processes. With a pool, a caller may give a budget: texts whose
    keys are not there in time are PENDING, and in the LRU and in `kv` by the next call after they are parsed. Without a
    budget, answers are the same whatever parses; but for a text that the processes of a pool end on, which has no key.

    `behind` (a thread) writes to `kv` while the caller goes on: a round trip less on its way.
    """

    def __init__(
        self,
        parser: AddressParser | ParserPool,
        kv: KeyValue | None = None,
        *,
        size: int = 100_000,
        ttl_ms: int = 30 * 86_400_000,
        metrics: Metrics | None = None,
        behind: Executor | None = None,
    ) -> None:
        self._parser = parser
        self._kv = kv
        self._size = size
        self._ttl_ms = ttl_ms
        self._metrics = metrics
        self._behind = behind
        self._writes: deque[Future[None]] = deque()
        self._known: OrderedDict[str, AddressKey | None] = OrderedDict()
        self._pause = 0
        self._skip = 0
        self._prefix = f"addr:{parser.version}:"

    @property
    def version(self) -> str:
        """The parser's version."""
        return self._parser.version

    def get(self, text: str | None) -> tuple[AddressKey | None, Status]:
        """Key and status of one text."""
        return self.get_many((text,))[0]

    def get_many(
        self, texts: Sequence[str | None], *, budget_ms: float | None = None
    ) -> list[tuple[AddressKey | None, Status]]:
        """Key and status of each text, in order: FRESH with a key, ABSENT without (no text, or too little in it).

        With a `budget_ms`, and a pool, also PENDING: not parsed within so many milliseconds of being asked for. Without
        one, `UnavailableError` where the pool's processes don't start.
        """
        self.land()
        wanted = list(dict.fromkeys(text for text in texts if text is not None))
        keys = {text: self._known[text] for text in wanted if text in self._known}
        for text in keys:
            self._known.move_to_end(text)
        self._count("memory", len(keys))
        missing = [text for text in wanted if text not in keys]
        if missing:
            keys |= self._look_up(missing, budget_ms)
        return [_with_status(text, keys) for text in texts]

    def land(self) -> None:
        """Keep what was parsed since the last call; a look-up does so, too, but there may be none for a while."""
        if isinstance(self._parser, ParserPool) and self._parser.owed:
            self._keep(self._parser.answers())

    def _look_up(self, texts: list[str], budget_ms: float | None) -> dict[str, AddressKey | None]:
        self._settle()
        keys: dict[str, AddressKey | None] = {text: None for text in texts if len(text) > LONGEST}
        stored = self._read([text for text in texts if text not in keys])
        self._remember(stored)
        keys |= stored
        unknown = [text for text in texts if text not in keys]
        parsed = self._parse(unknown, budget_ms) if unknown else {}
        keys |= parsed
        self._count("store", len(stored))
        self._count("parsed", len(parsed))
        self._count("pending", len(texts) - len(keys))
        return keys

    def _parse(self, texts: list[str], budget_ms: float | None) -> dict[str, AddressKey | None]:
        if isinstance(self._parser, ParserPool):
            answers = self._parser.answers(texts, budget_ms)
        else:
            keys = self._parser.keys(texts)
            answers = {text: Answer(key) for text, key in zip(texts, keys, strict=True)}
        self._keep(answers)
        return {text: answers[text].key for text in texts if text in answers}

    def _keep(self, answers: Mapping[str, Answer]) -> None:
        """Whoever asked for them."""
        self._remember({text: answer.key for text, answer in answers.items()})
        self._write({text: answer.key for text, answer in answers.items() if answer.parsed}, self._ttl_ms)
        given_up = {text: answer.key for text, answer in answers.items() if not answer.parsed}
        self._write(given_up, min(_GIVEN_UP_MS, self._ttl_ms))

    def _remember(self, keys: _Keys) -> None:
        self._known.update(keys)
        while len(self._known) > self._size:
            self._known.popitem(last=False)

    def _name(self, text: str) -> str:
        return self._prefix + content_hash(text)

    def _read(self, texts: list[str]) -> dict[str, AddressKey | None]:
        if self._kv is None or not texts:
            return {}
        if self._skip:
            self._skip -= 1
            return {}
        try:
            values = self._kv.mget([self._name(text) for text in texts])
        except UnavailableError:
            self._back_off()
            return {}
        self._pause = 0
        found: dict[str, AddressKey | None] = {}
        for text, value in zip(texts, values, strict=True):
            if value == _NO_KEY:
                found[text] = None
            elif value is not None:
                try:
                    found[text] = msgspec.msgpack.decode(value, type=AddressKey)
                except msgspec.DecodeError:
                    continue  # somebody else's bytes: parse again and overwrite
        return found

    def _write(self, parsed: _Keys, ttl_ms: int) -> None:
        if self._kv is None or self._pause or not parsed:
            return
        items = {
            self._name(text): _NO_KEY if key is None else msgspec.msgpack.encode(key)
            for text, key in parsed.items()
        }
        if self._behind is not None:
            if len(self._writes) < _MOST_WRITES:  # else the store is slow: others will parse these once more
                self._writes.append(self._behind.submit(self._kv.set_many, items, ttl_ms=ttl_ms))
            return
        try:
            self._kv.set_many(items, ttl_ms=ttl_ms)
        except UnavailableError:
            self._back_off()

    def _settle(self) -> None:
        """Hear what became of writes behind."""
        while self._writes and self._writes[0].done():
            try:
                self._writes.popleft().result()
            except UnavailableError:
                self._back_off()

    def _back_off(self) -> None:
        self._pause = min(max(2 * self._pause, 1), _LONGEST_PAUSE)
        self._skip = self._pause

    def _count(self, tier: str, number: int) -> None:
        if self._metrics is not None and number:
            self._metrics.count("address_texts_total", number, tier=tier)


def _with_status(text: str | None, keys: _Keys) -> tuple[AddressKey | None, Status]:
    if text is None:
        return None, Status.ABSENT
    if text not in keys:
        return None, Status.PENDING
    key = keys[text]
    return key, Status.ABSENT if key is None else Status.FRESH
