"""What taking velocity from Flink adds to a decision: from a payment's send to the arrival of its row in `velocity`.

`.venv/bin/python -m bench._velocity_flink_latency [EVENTS/S]`: real Kafka, one slot, 24 columns; events in order in
one partition without a wait, then in four partitions with the two seconds that stragglers are given.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

import numpy as np

from bench._report import progress, quantiles, report
from bench._velocity_flink import catalogue
from events import codec, topics
from events.tokens import Tokeniser
from events.topics import Topic
from events.types import Card, Device, Merchant, Money, Transaction
from ringwatch.flink.environment import find_flink, flink_missing
from ringwatch.flink.job import JobOptions, State, kafka_job, started
from ringwatch.flink.rows import decode_row
from ringwatch.flink.tables import VELOCITY_TOPIC, KafkaTables
from ringwatch.services.kinds import start_stack
from streaming.log.kafka import KafkaLog
from streaming.log.kafka_client import KafkaSettings, parse_url
from streaming.log.port import Outgoing

RATE = 200
RUNS: tuple[tuple[int, int, State], ...] = ((1, 0, "heap"), (4, 2_000, "heap"), (1, 0, "rocksdb"))
WARM_S, MEASURED_S = 20.0, 30.0
_tokens = Tokeniser({1: b"k" * 32}, 1)


def payment(random: np.random.Generator, number: int, now_ms: int) -> Transaction:
    card, device, merchant = map(str, random.integers(500, size=3))
    minor = int(random.integers(100, 100_000))
    money = Money(minor=minor, currency="USD", base_minor=minor, base_currency="USD", rate_version="rates-1")
    return Transaction(
        id=f"t{number}",
        time=now_ms,
        amount=money,
        card=Card(token=_tokens.token("card", card)),
        device=Device(token=_tokens.token("device", device)),
        merchant=Merchant(token=_tokens.token("merchant", merchant)),
    )


def feed(log: KafkaLog, rate: int, sent: dict[str, float], stop: threading.Event) -> None:
    """Payments at an even pace, each stamped with the moment it was meant to leave."""
    producer = log.open_producer("bench", [topics.TRANSACTIONS.name])
    random = np.random.default_rng(3)
    start, number = time.time(), 0
    while not stop.is_set():
        due = start + number / rate
        time.sleep(max(0.0, due - time.time()))
        event = payment(random, number, int(due * 1000))
        key = str(number % 16).encode()
        sent[event.id] = due
        producer.send([Outgoing(topics.TRANSACTIONS.name, key, codec.encode(event))])
        number += 1
    producer.close()


def measure(
    bootstrap: str, place: Path, rate: int, partitions: int, out_of_order_ms: int, state: State
) -> dict[str, float]:
    """Milliseconds from the intended send to the row's arrival: p50, p90, p99, max."""
    namespace = f"b{uuid4().hex[:8]}"
    log = KafkaLog(KafkaSettings(bootstrap, namespace=namespace))
    log.ensure_topics([topics.TRANSACTIONS, Topic(VELOCITY_TOPIC)], partitions)
    tables = KafkaTables(bootstrap, namespace=namespace, out_of_order_ms=out_of_order_ms)
    options = JobOptions(state=state, checkpoints=(place / namespace).as_uri())
    job, _ = kafka_job(catalogue(), tables, options, wait=True)
    sent: dict[str, float] = {}
    samples: list[float] = []
    stop = threading.Event()
    feeder = threading.Thread(target=feed, args=(log, rate, sent, stop))
    with started(job, find_flink(progress), options, place / f"{namespace}-run"):
        feeder.start()
        reader = log.open_reader(log.begin(VELOCITY_TOPIC))
        first = 0.0
        while not first or time.time() - first < WARM_S + MEASURED_S:
            records = reader.poll(1_000, 0.01)
            now = time.time()
            first = first or (now if records else 0.0)
            if first and now - first > WARM_S:
                samples += [(now - sent[decode_row(record.value).id]) * 1000 for record in records]
        stop.set()
        feeder.join()
        reader.close()
    log.close()
    return quantiles(samples)


def main() -> None:
    missing = flink_missing()
    if missing:
        sys.exit(missing)
    rate = int(sys.argv[1]) if len(sys.argv) > 1 else RATE
    figures: dict[str, object] = {"events_per_s": rate}
    with tempfile.TemporaryDirectory(prefix="ringwatch-flink-") as name:
        place = Path(name)
        with start_stack("jvm", place / "stack", progress=progress, only=["kafka"]) as stack:
            bootstrap = parse_url(stack.endpoints.log_url).bootstrap
            for partitions, wait, state in RUNS:
                found = measure(bootstrap, place, rate, partitions, wait, state)
                figures[f"{state}_{partitions}_partitions_wait_{wait}_ms"] = found
                progress(f"{state}, {partitions} partitions, wait {wait} ms: {found}")
    report("velocity_flink_latency", figures)


if __name__ == "__main__":
    main()
