"""How fast the log's backends are: records a second appended and read, and the latency of a small append.

Figures, by backend: `append_per_s` and `read_per_s` (medians of the rounds, records of 400 bytes over 4
partitions, 500 a send, 1000 a poll), `client_us_per_append` and `client_us_per_read` (this process' processor
time), `send_ms` (10 records, acknowledged), `send_to_poll_ms` (from before the send until a reader in the same
process has it), `takeover_ms` (`open_producer`).
"""

import tempfile
import time
import uuid
from contextlib import ExitStack, closing
from pathlib import Path

from bench._report import median, progress, quantiles, report
from events.topics import Topic
from ringwatch.services import jvm_missing, start_stack
from streaming.log import Log, Outgoing, Record, open_log

_TOPIC = Topic("bench", partitions=4)
_ROUNDS = 5
_RECORDS = 40_000
_BATCH = 500
_SMALL = 10
_SENDS = 300


def _records(count: int) -> list[Outgoing]:
    value = b'{"type":"transaction","schema":1,"id":"' + b"x" * 361
    return [Outgoing(_TOPIC.name, f"card.1.{n:032x}".encode(), value) for n in range(count)]


def _append(log: Log) -> tuple[float, float]:
    """Seconds by the wall clock and of this process' processor time."""
    producer = log.open_producer("bench", [_TOPIC.name])
    records = _records(_RECORDS)
    wall, used = time.perf_counter(), time.process_time()
    for at in range(0, _RECORDS, _BATCH):
        producer.send(records[at : at + _BATCH])
    took = time.perf_counter() - wall, time.process_time() - used
    producer.close()
    return took


def _read(log: Log, count: int) -> tuple[float, float]:
    reader = log.open_reader(log.begin(_TOPIC.name))
    wall, used = time.perf_counter(), time.process_time()
    seen = 0
    while seen < count:
        seen += len(reader.poll(1000, 5.0))
    took = time.perf_counter() - wall, time.process_time() - used
    reader.close()
    assert seen == count
    return took


def _latencies(log: Log) -> dict[str, object]:
    reader = log.open_reader(log.end(_TOPIC.name))
    started = time.perf_counter()
    producer = log.open_producer("bench", [_TOPIC.name])
    takeover = time.perf_counter() - started
    records = _records(_SMALL)
    sends: list[float] = []
    polls: list[float] = []
    for _ in range(_SENDS):
        sent = time.perf_counter()
        producer.send(records)
        sends.append((time.perf_counter() - sent) * 1000)
        got: list[Record] = []
        while len(got) < _SMALL:
            got += reader.poll(100, 5.0)
        polls.append((time.perf_counter() - sent) * 1000)
    producer.close()
    reader.close()
    return {
        "send_ms": quantiles(sends),
        "send_to_poll_ms": quantiles(polls),
        "takeover_ms": round(takeover * 1000, 1),
    }


def _fresh(url: str) -> Log:
    """Topics of its own for each round; memory is a log of its own anyway."""
    log = open_log(url if url.startswith("memory") else f"{url}?namespace=bench-{uuid.uuid4().hex[:8]}")
    log.ensure_topics([_TOPIC], 4)
    return log


def _measure(url: str) -> dict[str, object]:
    rounds: list[tuple[float, float, float, float]] = []
    for _ in range(_ROUNDS):
        with closing(_fresh(url)) as log:
            rounds.append((*_append(log), *_read(log, _RECORDS)))
        append, _, read, _ = rounds[-1]
        progress(f"  {_RECORDS / append:,.0f} appended/s, {_RECORDS / read:,.0f} read/s")
    append, append_used, read, read_used = (median(row, 6) for row in zip(*rounds, strict=True))
    with closing(_fresh(url)) as log:
        latencies = _latencies(log)
    return {
        "append_per_s": round(_RECORDS / append),
        "read_per_s": round(_RECORDS / read),
        "client_us_per_append": round(append_used / _RECORDS * 1e6, 1),
        "client_us_per_read": round(read_used / _RECORDS * 1e6, 1),
        **latencies,
    }


def main() -> None:
    figures: dict[str, object] = {"records": _RECORDS, "rounds": _ROUNDS, "bytes": 400}
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ringwatch-bench-")))
        progress("memory")
        figures["memory"] = _measure("memory://")
        embedded = stack.enter_context(
            start_stack("embedded", directory / "embedded", progress=progress, only={"redis-log"})
        )
        progress("redis")
        figures["redis"] = _measure(embedded.endpoints.log_url)
        if missing := jvm_missing():
            progress(f"kafka: left out: {missing}")
        else:
            jvm = stack.enter_context(
                start_stack("jvm", directory / "jvm", progress=progress, only={"kafka"})
            )
            progress("kafka")
            figures["kafka"] = _measure(jvm.endpoints.log_url)
    report("log", figures)


if __name__ == "__main__":
    main()
