"""How the console's threads wait for services, and stop."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from events.errors import UnavailableError
from storage.metrics import Metrics

T = TypeVar("T")

_LONGEST_S = 5.0


class StoppedError(Exception):
    """The console stops while a thread waits."""


def until_available(action: Callable[[], T], stop: Event, metrics: Metrics, service: str) -> T:
    """What `action` returns, tried again with growing pauses while `service` does not answer.

    There is no last try: meanwhile requests are told that the service is away. Raises `StoppedError` on `stop`.
    """
    pause = 0.1
    while True:
        try:
            return action()
        except UnavailableError:
            metrics.count("retries_total", service=service)
        if stop.wait(pause):
            raise StoppedError
        pause = min(_LONGEST_S, 2 * pause)
