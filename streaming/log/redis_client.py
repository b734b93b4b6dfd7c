"""redis-py, opened for the log: timeouts, retries, and its errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from events.errors import FencedError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from redis import Redis

DEFAULT_NAMESPACE = "rw"


def split_namespace(url: str, default: str) -> tuple[str, str]:
    """`url` without its `namespace` query parameter, and that parameter."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    namespace = query.pop("namespace", default)
    return urlunsplit(parts._replace(query=urlencode(query))), namespace


def connect(url: str, timeout_s: float) -> "Redis":
    """A client whose every command may be repeated, because each of the log's commands may.

    XREAD gives raw replies: redis-py's own shape costs a dict an entry.
    """
    from redis import Redis
    from redis.backoff import ExponentialBackoff
    from redis.retry import Retry

    client = Redis.from_url(
        url,
        protocol=2,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.02), 3),
    )
    client.set_response_callback("XREAD", lambda reply, **_: reply)
    return client


@contextmanager
def our_errors() -> Iterator[None]:
    """Redis' errors as the port's."""
    from redis.exceptions import ConnectionError as NoConnectionError
    from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError
    from redis.exceptions import TimeoutError as TooLateError

    try:
        yield
    except (NoConnectionError, TooLateError, ReadOnlyError, OutOfMemoryError) as error:
        raise UnavailableError(f"redis: {error}") from error
    except ResponseError as error:
        word = str(error).partition(" ")[0]
        if word == "FENCED":
            raise FencedError(str(error)) from error
        if word == "NOTOPIC":
            raise NotFoundError(str(error)) from error
        if word in {"OOM", "MISCONF", "READONLY", "GAP"}:
            raise UnavailableError(f"redis: {error}") from error
        raise
