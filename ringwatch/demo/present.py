"""The demo's present: arrivals into the log, with so many undecided at most, and communities refreshed on the way."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from events import codec, topics
from events.arrival import Arrival
from events.errors import UnavailableError
from events.types import Decision, Transaction
from ringwatch.sending import Sender
from streaming.log.port import Log, Reader, TopicPartition

_PATIENCE_S = 60.0


@dataclass(slots=True)
class Watch:
    """Reads `decisions` as they come."""

    reader: Reader
    decisions: dict[str, Decision] = field(default_factory=dict)

    def poll(self, timeout_s: float) -> int:
        """Take what is there; how many decisions are known now."""
        for record in self.reader.poll(5_000, timeout_s):
            decision = codec.decode(record.value, Decision)
            self.decisions.setdefault(decision.transaction, decision)
        return len(self.decisions)


def watch(log: Log) -> Watch:
    """A watch over `decisions` from now on."""
    return Watch(log.open_reader(log.end(topics.DECISIONS.name)))


@dataclass(slots=True)
class Streamer:
    """Sends arrivals and keeps count of what is still undecided."""

    sender: Sender
    watch: Watch
    asked: int = 0

    def stream(self, arrivals: Iterable[Arrival], in_flight: int) -> None:
        """Send everything; never more than `in_flight` payments are undecided."""
        for arrival in arrivals:
            self._send(arrival)
            if self.asked - len(self.watch.decisions) >= in_flight:
                self.settle(in_flight // 2)
        self.settle(0)

    def pace(self, arrivals: Iterable[Arrival], per_second: float, progress: Callable[[int], None]) -> None:
        """Send one by one at a steady rate, as a payment page would."""
        start = time.monotonic()
        for sent, arrival in enumerate(arrivals, 1):
            self._send(arrival)
            self.sender.flush()
            progress(1)
            self.watch.poll(0.0)
            time.sleep(max(0.0, start + sent / per_second - time.monotonic()))
        self.settle(0)

    def settle(self, undecided: int) -> None:
        """Wait until at most so many payments are undecided. `UnavailableError` where nothing moves."""
        self.sender.flush()
        deadline, known = time.monotonic() + _PATIENCE_S, len(self.watch.decisions)
        while self.asked - len(self.watch.decisions) > undecided:
            if self.watch.poll(0.05) > known:
                deadline, known = time.monotonic() + _PATIENCE_S, len(self.watch.decisions)
            elif time.monotonic() > deadline:
                missing = self.asked - len(self.watch.decisions)
                raise UnavailableError(f"{missing} payments stay undecided; see var/demo/logs/score.log")

    def _send(self, arrival: Arrival) -> None:
        self.sender.send(arrival)
        if isinstance(arrival.message, Transaction) and arrival.message.kind == "authorisation":
            self.asked += 1


def wait_for(positions: Callable[[], Mapping[TopicPartition, int]], log: Log, names: Iterable[str]) -> None:
    """Wait until a consumer's stored positions reach the present ends of its topics."""
    ends = {source: at for name in names for source, at in log.end(name).items()}
    deadline = time.monotonic() + _PATIENCE_S
    while any(positions().get(source, 0) < at for source, at in ends.items() if at):
        if time.monotonic() > deadline:
            raise UnavailableError("the graph writer does not catch up; see var/demo/logs/graph.log")
        time.sleep(0.2)
