"""What is done about an address that has no key yet: who says so, who waits, and that nothing is lost meanwhile."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pytest

from events import codec, topics
from events.errors import UnavailableError
from events.types import Status, Transaction
from features.catalogue import default_catalogue
from graph.writer import GraphWriter, Sourced
from nlp import KeyCache
from nlp.pool import ParserPool
from nlp.pool_port import PoolSettings
from storage import ManualClock
from storage.metrics import Metrics
from streaming.addresses import address_keys
from streaming.consume import Consumer
from streaming.decide import group_statuses
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from streaming.write_graph import WriteGraph
from tests.support.fake_crew import FakeCrew, HandClock, key_of
from tests.support.made import T0, payment


class FakeWriter:
    """Keeps what it is given; does not answer the first `away` times."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.written: list[Sourced] = []

    def positions(self) -> dict[tuple[str, int], int]:
        return {}

    def apply(self, events: Sequence[Sourced], positions: Mapping[tuple[str, int], int]) -> None:
        del positions
        if self.away:
            self.away -= 1
            raise UnavailableError("the graph is away")
        self.written += events


class Setup:
    """A graph writer over a pool whose processes do as they are told."""

    def __init__(self, writer: FakeWriter) -> None:
        self.clock = HandClock()
        self.crew = FakeCrew(self.clock)
        self.crew.meanwhile = self.crew.work
        pool = ParserPool("v", self.crew, self.clock, Metrics(), PoolSettings(processes=1))
        self.cache = KeyCache(pool)
        self.log = MemoryLog(ManualClock(T0))
        self.log.ensure_topics(topics.ALL, partitions=1)
        sink = WriteGraph(cast("GraphWriter", writer), self.cache)
        producer = self.log.open_producer("graph", [topics.DLQ.name])
        self.consumer = Consumer(self.log, sink, producer, ManualClock(T0), Metrics(), linger_s=0.0)

    def send(self, *payments: Transaction) -> None:
        with_keys = [Outgoing(topics.TRANSACTIONS.name, b"k", codec.encode(it)) for it in payments]
        self.log.open_producer("test", [topics.TRANSACTIONS.name]).send(with_keys)


def test_the_graph_has_the_key_that_a_decision_went_without() -> None:
    writer = FakeWriter()
    setup = Setup(writer)
    events = [payment(1), payment(2)]
    late = address_keys(setup.cache, events, budget_ms=0)
    assert late.keys == (None, None)
    assert (late.status == Status.PENDING).all()
    setup.send(*events)
    setup.consumer.step()
    assert [it.address for it in writer.written] == [key_of(it.addresses[0].text) for it in events]
    known = address_keys(setup.cache, events, budget_ms=0)
    assert (known.status == Status.FRESH).all()
    setup.consumer.close()


@pytest.mark.parametrize("what", ["the graph", "the parser"])
def test_a_batch_that_can_not_be_written_comes_again_whole(what: str) -> None:
    writer = FakeWriter(away=2 if what == "the graph" else 0)
    setup = Setup(writer)
    setup.crew.refuses = what == "the parser"
    tries = 0

    def meanwhile() -> None:
        nonlocal tries
        tries += 1
        setup.clock.pass_ms(1_000)
        setup.crew.refuses = setup.crew.refuses and tries < 10
        setup.crew.work()

    setup.crew.meanwhile = meanwhile
    setup.send(*(payment(n) for n in range(5)))
    assert setup.consumer.step() == 5
    assert [it.event.id for it in writer.written if isinstance(it.event, Transaction)] == [
        f"t{n}" for n in range(5)
    ]
    assert all(it.address is not None for it in writer.written)
    setup.consumer.close()


def test_a_group_is_told_by_its_worst_column() -> None:
    catalogue = default_catalogue()
    at = catalogue.groups["velocity"].start
    worst_last = (Status.STALE, Status.WARMING, Status.CAPPED, Status.PENDING, Status.FAILED)
    for worse in range(len(worst_last)):
        status = np.full((1, len(catalogue.names)), Status.FRESH, np.uint8)
        status[0, at] = Status.ABSENT
        status[0, at + 1 : at + 2 + worse] = worst_last[: worse + 1]
        assert group_statuses(catalogue, status) == [{"velocity": worst_last[worse].name.lower()}]
