"""Around every request: the bearer token, metrics, and the last resort for errors nobody expected."""

import hashlib
import hmac
import logging
import traceback
from pathlib import PurePath

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.faults import UnauthorizedError, fault
from events.errors import RingwatchError
from storage import Clock
from storage.metrics import Metrics

_log = logging.getLogger(__name__)


class Guard:
    """ASGI middleware. Every path needs the token but those in `public`, so that a new route is closed by default."""

    def __init__(
        self, app: ASGIApp, *, token: str, public: frozenset[str], clock: Clock, metrics: Metrics
    ) -> None:
        self._app = app
        self._token = _digest(token.encode())
        self._public = public
        self._clock = clock
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = self._clock.perf_us()
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if scope["path"] in self._public or self._knows(scope):
                await self._app(scope, receive, note)
            else:
                remedy = "send the header `Authorization: Bearer <token>`"
                await fault(UnauthorizedError(f"the bearer token is missing or wrong: {remedy}"))(
                    scope, receive, note
                )
        except Exception as error:  # noqa: BLE001 - the border of the process: logged here without its values
            _log.error("%s in %s", type(error).__name__, _where(error))
            if status == 0:
                await fault(RingwatchError())(scope, receive, note)
        finally:
            # Not the path: it holds ids, and there is no end of them.
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.count("requests_total", route=route, status=str(status))
            self._metrics.observe("request_seconds", (self._clock.perf_us() - begun) / 1e6, route=route)

    def _knows(self, scope: Scope) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = given.partition(b" ")
        # Of equal length whatever was sent, so that comparing takes as long.
        return hmac.compare_digest(_digest(token.strip()), self._token) and scheme.lower() == b"bearer"


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(
        f"{frame.name} ({PurePath(frame.filename).name}:{frame.lineno})" for frame in reversed(frames)
    )
