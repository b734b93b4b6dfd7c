"""What the scorer tells its metrics of a batch."""

from collections import Counter
from collections.abc import Sequence

from events.types import Decision, Transaction
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.inputs import Taken
from streaming.score_parts import PART


def measure(metrics: Metrics, clock: Clock, taken: Sequence[Taken], decisions: Sequence[Decision]) -> None:
    """Count a batch that is in the log as of now."""
    metrics.observe("batch_size", len(taken), part=PART)
    for (action, lane), number in Counter((it.action, it.lane) for it in decisions).items():
        metrics.count("decisions_total", number, action=action, lane=lane)
    degraded = Counter(item for it in decisions for item in it.statuses.items())
    for (group, status), number in degraded.items():
        metrics.count("features_degraded_total", number, group=group, status=status)
    now_ms = clock.now_ms()
    waited = Counter(
        max(0, now_ms - item.append_time) for item in taken if isinstance(item.event, Transaction)
    )
    metrics.observe_many(
        "decision_latency_seconds", {ms / 1000: number for ms, number in waited.items()}, lane="live"
    )
