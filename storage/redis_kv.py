"""The key-value port on Redis 7 and later."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from events.errors import UnavailableError

_PIPELINED = 1_000
"""Keys a round trip of `set_many`: large enough to hide the network, small enough not to hold up other clients."""

# KEYS[1]; ARGV: has expected, expected, has value, value, ttl ms (0: none).
_COMPARE_AND_SET = """
local now = redis.call('GET', KEYS[1])
if ARGV[1] == '1' then
  if now ~= ARGV[2] then return 0 end
elseif now then
  return 0
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
elseif ARGV[5] == '0' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
"""


class RedisKeyValue:
    """`storage.kv.KeyValue` on one Redis.

    Args:
        url: `redis://[:password@]host:port/db`, or `rediss://` for TLS.
        timeout_s: how long a call waits for connection or answer before it is an `UnavailableError`.

    Nothing is retried: a caller that must decide in milliseconds goes on without, and a compare-and-set sent
    twice would deny its own success. Keys expire by the server's clock. Connect after forking, not before.
    """

    def __init__(self, url: str, *, timeout_s: float = 1.0) -> None:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
        )
        self._compare_and_set: Any = self._redis.register_script(_COMPARE_AND_SET)

    def get(self, key: str) -> bytes | None:
        with _answers():
            value: bytes | None = self._redis.get(key)
            return value

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        if not keys:
            return []
        with _answers():
            return list(self._redis.mget(keys))

    def set(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> None:
        with _answers():
            self._redis.set(key, value, px=_checked(ttl_ms))

    def set_many(self, items: Mapping[str, bytes], *, ttl_ms: int | None = None) -> None:
        remaining = iter(items.items())
        with _answers():
            while chunk := list(islice(remaining, _PIPELINED)):
                pipeline = self._redis.pipeline(transaction=False)
                for key, value in chunk:
                    pipeline.set(key, value, px=_checked(ttl_ms))
                pipeline.execute()

    def set_if_absent(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> bool:
        with _answers():
            return bool(self._redis.set(key, value, px=_checked(ttl_ms), nx=True))

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        arguments = [
            int(expected is not None), expected or b"", int(value is not None), value or b"", _checked(ttl_ms) or 0,
        ]  # fmt: skip
        with _answers():
            return bool(self._compare_and_set(keys=[key], args=arguments))

    def increment(self, key: str) -> int:
        with _answers():
            return int(self._redis.incr(key))

    def delete(self, *keys: str) -> None:
        if keys:
            with _answers():
                self._redis.delete(*keys)

    def close(self) -> None:
        """Give back the connections."""
        self._redis.close()


def _checked(ttl_ms: int | None) -> int | None:
    if ttl_ms is not None and ttl_ms <= 0:
        raise ValueError(f"a key can't expire after {ttl_ms} ms")
    return ttl_ms


@contextmanager
def _answers() -> Iterator[None]:
    """A server that is away, loading, read-only or full is unavailable; any other answer is a fault of ours."""
    from redis import exceptions

    away = (
        exceptions.ConnectionError,
        exceptions.TimeoutError,
        exceptions.BusyLoadingError,
        exceptions.ReadOnlyError,
        exceptions.OutOfMemoryError,
    )
    try:
        yield
    except exceptions.AuthenticationError:  # a ConnectionError too, but no second try will mend it
        raise
    except away as error:
        raise UnavailableError(f"Redis does not answer: {error}") from error
