"""Runs in Quix Streams' own environment, not in ringwatch's: sliding windows of one key over events from Kafka.

Call: `python -I _velocity_quix_driver.py JOB.json`. The file holds `broker`, `state` (a folder), `windows` (name -> ms)
and `events`, rows of [key, epoch ms, amount] in the order of time. They are sent to a topic first. Written to `result`:
`seconds` and `cpu_seconds` of this process from the first event's start to the last one's end, and `values`: a list a
window, a row an event of [its end, count, sum, mean].
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from quixstreams import Application  # type: ignore[import-not-found]
from quixstreams.dataframe.windows.aggregations import Count, Mean, Sum  # type: ignore[import-not-found]
from quixstreams.models import TopicConfig  # type: ignore[import-not-found]

_CONFIG = {"retention.ms": "-1", "message.timestamp.after.max.ms": str(1 << 50)}


class Clock:
    """Starts with the first event that is taken up, stops the application when the last one is through."""

    def __init__(self, events: int) -> None:
        self.left = events
        self.application: Any = None
        self.began: tuple[float, float] | None = None
        self.ended = (0.0, 0.0)

    def start(self, _value: Any) -> None:
        if self.began is None:
            self.began = time.perf_counter(), time.process_time()

    def count(self, _topic: str, _partition: int, _offset: int) -> None:
        self.left -= 1
        if not self.left:
            self.ended = time.perf_counter(), time.process_time()
            self.application.stop()


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    clock = Clock(len(job["events"]))
    application = Application(
        broker_address=job["broker"], consumer_group="bench", auto_offset_reset="earliest", loglevel="WARNING",
        state_dir=job["state"], use_changelog_topics=False, on_message_processed=clock.count,
    )  # fmt: skip
    clock.application = application
    topic = application.topic("payments", key_deserializer="str", config=TopicConfig(1, 1, _CONFIG))
    with application.get_producer() as producer:
        for key, at, amount in job["events"]:
            producer.produce(topic.name, json.dumps({"amount": amount}).encode(), key.encode(), timestamp=at)
    values: list[list[list[float]]] = []
    payments = application.dataframe(topic).update(clock.start)
    for name, duration in job["windows"].items():
        values.append([])
        _window(payments, name, duration, values[-1])
    application.run()
    assert clock.began is not None
    seconds, cpu = (end - start for end, start in zip(clock.ended, clock.began, strict=True))
    result = {"seconds": seconds, "cpu_seconds": cpu, "values": values}
    Path(job["result"]).write_text(json.dumps(result), encoding="utf-8")


def _window(payments: Any, name: str, duration: int, found: list[list[float]]) -> None:
    made = payments.sliding_window(duration_ms=duration, name=name).agg(
        count=Count(), sum=Sum("amount"), mean=Mean("amount")
    )
    made.current().update(lambda it: found.append([it["end"], it["count"], it["sum"], it["mean"]]))


if __name__ == "__main__":
    main()
