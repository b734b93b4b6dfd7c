"""Keys remembered: in the process, then in the key-value store, then parsed."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import msgspec

from events.errors import UnavailableError
from events.identity import content_hash
from events.types import AddressKey, Status
from nlp.parser import AddressParser
from storage.kv import KeyValue

_NO_KEY: Final = b"-"  # "this text has no key" is worth remembering too
_LONGEST_PAUSE: Final = 256


class KeyCache:
    """Keys of address texts through a bounded LRU, then `kv`, then the parser. Never raises for a dead `kv`.

    A key is a pure function of its text and the parser's version, so it is never stale and needs no expiry; `ttl_ms`
    bounds what the store holds. While `kv` does not answer it is left alone for 1, 2, 4 ... 256 batches, so that an
    outage costs a time-out now and then, not one a batch.
    """

    def __init__(
        self,
        parser: AddressParser,
        kv: KeyValue | None = None,
        *,
        size: int = 100_000,
        ttl_ms: int = 30 * 86_400_000,
    ) -> None:
        self._parser = parser
        self._kv = kv
        self._size = size
        self._ttl_ms = ttl_ms
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

    def get_many(self, texts: Sequence[str | None]) -> list[tuple[AddressKey | None, Status]]:
        """Key and status of each text, in order: FRESH with a key, ABSENT without (no text, or too little in it)."""
        wanted = list(dict.fromkeys(text for text in texts if text is not None))
        keys = {text: self._known[text] for text in wanted if text in self._known}
        for text in keys:
            self._known.move_to_end(text)
        missing = [text for text in wanted if text not in keys]
        if missing:
            keys |= self._look_up(missing)
        found = [keys[text] if text is not None else None for text in texts]
        return [(key, Status.ABSENT if key is None else Status.FRESH) for key in found]

    def _look_up(self, texts: list[str]) -> dict[str, AddressKey | None]:
        stored = self._read(texts)
        unknown = [text for text in texts if text not in stored]
        parsed = dict(zip(unknown, self._parser.keys(unknown), strict=True))
        self._write(parsed)
        keys = stored | parsed
        self._known.update(keys)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return keys

    def _name(self, text: str) -> str:
        return self._prefix + content_hash(text)

    def _read(self, texts: list[str]) -> dict[str, AddressKey | None]:
        if self._kv is None:
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

    def _write(self, parsed: dict[str, AddressKey | None]) -> None:
        if self._kv is None or self._pause or not parsed:
            return
        items = {
            self._name(text): _NO_KEY if key is None else msgspec.msgpack.encode(key)
            for text, key in parsed.items()
        }
        try:
            self._kv.set_many(items, ttl_ms=self._ttl_ms)
        except UnavailableError:
            self._back_off()

    def _back_off(self) -> None:
        self._pause = min(max(2 * self._pause, 1), _LONGEST_PAUSE)
        self._skip = self._pause
