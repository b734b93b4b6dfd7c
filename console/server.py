"""The console as a process."""

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from console.desk import Desk
from events.errors import SettingsError

_DRAIN_S = 10


def serve(app: FastAPI, host: str, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve `app` (of `make_app`) until SIGTERM or SIGINT, then answer what is under way and return.

    Args:
        port: 0 for any free one.
        ready: told the URL once requests are taken; by default it is written to stderr.

    Raises `SettingsError` where it can't listen there, and the error that ended the app's work (`FencedError`: a
    newer console has taken over).
    """
    desk: Desk = app.state.desk
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # paths hold what senders put there
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_DRAIN_S,
    )
    server = _Server(config, desk, lambda: (ready or _say)(url))
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    if desk.failure is not None:
        raise desk.failure


class _Server(uvicorn.Server):
    """Ends when the desk does, and leaves signals to whoever held them before."""

    def __init__(self, config: uvicorn.Config, desk: Desk, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._desk = desk
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._desk.failure is not None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The base class raises the signal again afterwards, which would end the process before it has closed its parts.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        held = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in held.items():
                signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the socket names its protocol, which
    # socket.create_server leaves out: every answer would then wait 40 ms for the peer's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(f"[api] can't listen on {host} port {port}: {error.strerror or error}") from error
    return listener


def _say(url: str) -> None:
    sys.stderr.write(f"console: running on {url}\n")
    sys.stderr.flush()
