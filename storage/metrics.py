"""Metrics: every one declared once in `METRICS`, with its meaning and what to do about it.

Parts take a `Metrics` and name metrics by string; a name that is not declared raises at once, so that a
dashboard and an alert can rely on this list (docs and the exposition both come from it).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

Kind = Literal["counter", "histogram", "gauge"]

_PREFIX = "ringwatch_"
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
_SIZES = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """A declaration. `labels` name its dimensions; `buckets` are upper bounds, for histograms.

    Names follow Prometheus: base units, counters end in `_total`.
    """

    name: str
    kind: Kind
    meaning: str
    action: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = _SECONDS


METRICS: tuple[Metric, ...] = (
    Metric(
        "records_read_total", "counter", "records read from the log",
        "a rate of zero while producers write: look at the part's log and at `ringwatch status`", ("part", "topic"),
    ),
    Metric(
        "records_sent_total", "counter", "records appended to the log",
        "compare with records read: the pipeline's gain or loss", ("part", "topic"),
    ),
    Metric(
        "decisions_total", "counter", "transactions decided",
        "a jump in decline or review: compare with the release history", ("action", "lane"),
    ),
    Metric(
        "decision_latency_seconds", "histogram", "from the append of a transaction to its decision being in the log",
        "a 99th percentile above 0.2: see which stage_seconds grew", ("lane",),
    ),
    Metric(
        "stage_seconds", "histogram", "time a micro-batch spends in one stage",
        "the stage that grew names the part to look at", ("part", "stage"),
    ),
    Metric(
        "batch_size", "histogram", "records in a micro-batch",
        "always at its maximum: the part does not keep up", ("part",), _SIZES,
    ),
    Metric(
        "dead_letters_total", "counter", "records refused",
        "read the reasons with `ringwatch dlq list`, mend, then `ringwatch dlq replay`", ("part", "code"),
    ),
    Metric(
        "duplicates_total", "counter", "transactions dropped because their id was decided before",
        "a few after a restart are normal; many mean a sender repeats itself", ("part",),
    ),
    Metric(
        "features_degraded_total", "counter", "decisions with a feature group that was stale, pending or failed",
        "failed: the cache or graph does not answer; stale: the publishing job is late; pending: see address_owed",
        ("group", "status"),
    ),
    Metric(
        "address_texts_total", "counter", "address texts looked up, by where keys came from, or pending",
        "pending grows: raise [addresses] processes, or budget_ms where latency has room", ("tier",),
    ),
    Metric(
        "address_owed", "gauge", "address texts that the parser's processes were asked for and have not answered",
        "does not come down: more new addresses than [addresses] processes can parse",
    ),
    Metric(
        "address_parse_seconds", "histogram", "time to parse one address text, by the clock of the process",
        "grows with the machine's load: the processes are niced",
    ),
    Metric(
        "address_pending_seconds", "histogram", "from a new address text to its key, where a decision went on without",
        "above a few: see address_owed and address_workers_lost_total",
    ),
    Metric(
        "address_workers_lost_total", "counter", "processes of the parser that died or were killed as hung",
        "more than a few: read the part's log; memory, another version on disk, or slow texts", ("cause",),
    ),
    Metric(
        "address_unparsable_total", "counter", "address texts given up: the parser failed, or took too long each time",
        "any: the parser has a fault; such a text has no key for a day",
    ),
    Metric(
        "retries_total", "counter", "calls repeated because a service did not answer or conflicted",
        "a steady rate: the service is overloaded or flapping", ("service",),
    ),
    Metric(
        "unavailable_total", "counter", "calls given up because a service did not answer",
        "look at the service; decisions go on without it", ("service",),
    ),
    Metric(
        "checkpoint_seconds", "histogram", "time to write a checkpoint",
        "near the checkpoint interval: the blob store is slow or the state too large", ("part",),
    ),
    Metric(
        "checkpoint_pause_seconds", "histogram", "time that a checkpoint keeps the stream waiting",
        "above 0.01: the log is slow to say where its topics end", ("part",),
    ),
    Metric(
        "take_over_seconds", "histogram", "from a standby's decision to lead to its being ready",
        "above a few: the standby follows slowly; look at its log", ("part",),
    ),
    Metric(
        "state_bytes", "gauge", "memory held by a part's state",
        "above its published bound: eviction does not keep up", ("part", "state"),
    ),
    Metric(
        "requests_total", "counter", "HTTP requests answered",
        "5xx: see the console's log", ("route", "status"),
    ),
    Metric(
        "request_seconds", "histogram", "time to answer an HTTP request",
        "slow queries over large neighbourhoods: lower their hop limit", ("route",),
    ),
)  # fmt: skip


class Metrics:
    """Counts, observes and gauges the declared metrics in one Prometheus registry of its own.

    Args:
        declared: the metrics there are.
        registry: where they are collected (None: a fresh one, so that tests and parts don't share numbers).

    Every method takes the metric's labels by name; `KeyError` for a metric that is not declared as that kind,
    `ValueError` for labels that are not the declared ones.
    """

    def __init__(
        self, declared: Sequence[Metric] = METRICS, registry: "CollectorRegistry | None" = None
    ) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = registry if registry is not None else CollectorRegistry()
        makers = {"counter": Counter, "gauge": Gauge}
        self._metrics: dict[tuple[Kind, str], Any] = {}
        # Finding a labelled child costs more than counting with it.
        self._children: dict[tuple[Kind, str, tuple[tuple[str, str], ...]], Any] = {}
        for metric in declared:
            name = f"{_PREFIX}{metric.name}"
            text = f"{metric.meaning}. {metric.action}"
            if metric.kind == "histogram":
                made: Any = Histogram(
                    name, text, metric.labels, buckets=metric.buckets, registry=self.registry
                )
            else:
                made = makers[metric.kind](name, text, metric.labels, registry=self.registry)
            self._metrics[metric.kind, metric.name] = made

    def count(self, name: str, number: float = 1, **labels: str) -> None:
        """Add `number` (not negative) to a counter."""
        self._child("counter", name, labels).inc(number)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Put `value` into a histogram."""
        self._child("histogram", name, labels).observe(value)

    def observe_many(self, name: str, values: Mapping[float, int], **labels: str) -> None:
        """Put values into a histogram, each as often as `values` says."""
        child = self._child("histogram", name, labels)
        for value, number in values.items():
            # prometheus_client has no call for many, and one by one they cost more than a velocity window.
            child._sum.inc(value * number)  # noqa: SLF001
            child._buckets[bisect_left(child._upper_bounds, value)].inc(number)  # noqa: SLF001

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        self._child("gauge", name, labels).set(value)

    def serve(self, port: int) -> None:
        """Serve `exposition` at http://127.0.0.1:port/metrics from a daemon thread until the process ends."""
        from prometheus_client import start_http_server

        start_http_server(port, "127.0.0.1", self.registry)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format: the body of `/metrics`."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)

    def _child(self, kind: Kind, name: str, labels: dict[str, str]) -> Any:
        key = (kind, name, tuple(labels.items()))
        child = self._children.get(key)
        if child is None:
            metric = self._metrics[kind, name]
            # Without labels this is the metric itself, which prometheus_client refuses to use if it needs some.
            child = self._children[key] = metric.labels(**labels) if labels else metric
        return child
