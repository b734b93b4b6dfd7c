"""The lake holds every record once, over restarts, and gives the history back in order."""

from pathlib import Path

import pytest

from events import codec, topics
from lake import files
from storage import FolderBlobs, ManualClock
from storage.metrics import Metrics
from streaming.consume import Consumer
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from streaming.write_lake import WriteLake
from tests.support.made import DAY, T0, payment


class Setup:
    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(T0 + 30 * DAY)
        self.log = MemoryLog(self.clock)
        self.log.ensure_topics(topics.ALL, partitions=2)
        self.blobs = FolderBlobs(folder)

    def consumer(self, rows: int = 10) -> Consumer:
        producer = self.log.open_producer("lake", [topics.DLQ.name])
        sink = WriteLake(self.blobs, self.clock, rows=rows)
        return Consumer(self.log, sink, producer, self.clock, Metrics(), batch=7, linger_s=0.0)

    def pay(self, *numbers: int) -> None:
        producer = self.log.open_producer("test", [topics.TRANSACTIONS.name])
        records = [
            Outgoing(topics.TRANSACTIONS.name, f"c{n % 5}".encode(), codec.encode(payment(n)))
            for n in numbers
        ]
        producer.send(records)

    def ids(self) -> list[str]:
        return sorted(files.read(self.blobs, "transactions", ("id",))["id"].to_pylist())


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def drain(consumer: Consumer) -> None:
    while consumer.step():
        pass


def test_every_record_is_written_once_whenever_the_writer_dies(setup: Setup) -> None:
    numbers = list(range(40))
    setup.pay(*numbers)
    dying = setup.consumer()
    dying.step()
    dying.step()  # ten rows are down, the rest is lost with it: no close
    whole = setup.consumer()
    drain(whole)
    whole.close()
    again = setup.consumer()
    drain(again)
    again.close()
    assert setup.ids() == sorted(f"t{n}" for n in numbers)


def test_history_comes_back_in_order_of_time(setup: Setup) -> None:
    setup.pay(5, 1, 9, 3)
    consumer = setup.consumer()
    drain(consumer)
    consumer.close()
    arrivals = list(files.arrivals(setup.blobs))
    assert [arrival.message for arrival in arrivals] == [payment(n) for n in (1, 3, 5, 9)]
    assert [a.message.id for a in files.arrivals(setup.blobs, until=payment(5).time)] == ["t1", "t3"]


def test_what_waits_is_written_after_a_while(setup: Setup) -> None:
    setup.pay(1)
    consumer = setup.consumer()
    drain(consumer)
    assert setup.ids() == []
    setup.clock.sleep(60)
    consumer.step()
    assert setup.ids() == ["t1"]
