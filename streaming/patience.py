"""Waiting for a service that is away for a moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

from events.errors import RingwatchError, UnavailableError
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.log.port import Outgoing, Producer

TRIES = 30


class ServiceLostError(RingwatchError):
    """A service stayed away for longer than a part waits. The process ends, and recovers when started again."""

    code = "service_lost"


def retry_unavailable(action: Callable[[], None], clock: Clock, metrics: Metrics, service: str) -> None:
    """Run `action`, waiting 0.1 s, 0.2 s ... up to 5 s between tries while its service does not answer.

    The log keeps what is not consumed, so waiting loses nothing. After `TRIES` (about two minutes) it raises
    `ServiceLostError`, which nothing catches: the process ends and, started again, recovers what it had not finished.
    """
    for attempt in range(TRIES):
        try:
            action()
        except UnavailableError as error:
            if attempt == TRIES - 1:
                metrics.count("unavailable_total", service=service)
                raise ServiceLostError(f"{service} does not answer: {error}") from error
            metrics.count("retries_total", service=service)
            clock.sleep(min(5.0, 0.1 * 2**attempt))
        else:
            return


class PatientProducer:
    """A producer that sends the same records again until the log has them.

    What a part has journalled or stored it must send, and after a failed send the port asks for the same records
    first: so no other send may come between, and waiting in place is the only right answer. `behind` (a single thread)
    does that waiting where the caller has better things to do; without it everything is sent in place.
    """

    def __init__(
        self, producer: Producer, clock: Clock, metrics: Metrics, behind: Executor | None = None
    ) -> None:
        self._producer = producer
        self._clock = clock
        self._metrics = metrics
        self._behind = behind
        self._under_way: Future[None] | None = None

    @property
    def epoch(self) -> int:
        return self._producer.epoch

    def send(self, records: Sequence[Outgoing]) -> None:
        """Send `records`, and all that is under way before them."""
        self.settle()
        self._send(records)

    def send_behind(self, records: Sequence[Outgoing], done: Callable[[], None]) -> None:
        """Have `records` sent, then `done` called, while the caller goes on: until the next send, or `settle`."""
        self.settle()
        if self._behind is None:
            self._send(records, done)
        else:
            self._under_way = self._behind.submit(self._send, records, done)

    def settle(self) -> None:
        """Wait until nothing is under way. Raises what that ended with."""
        task, self._under_way = self._under_way, None
        if task is not None:
            task.result()

    def _send(self, records: Sequence[Outgoing], done: Callable[[], None] = lambda: None) -> None:
        if records:
            retry_unavailable(lambda: self._producer.send(records), self._clock, self._metrics, "log")
        done()

    def close(self) -> None:
        self.settle()
        self._producer.close()
