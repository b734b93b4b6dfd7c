import re

import pytest

from storage.metrics import METRICS, Metric, Metrics


def read(metrics: Metrics) -> dict[str, float]:
    lines = metrics.exposition().decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")
    }


def test_counts_observations_and_gauges_are_exposed() -> None:
    metrics = Metrics()
    metrics.count("decisions_total", action="approve", lane="live")
    metrics.count("decisions_total", 2, action="approve", lane="live")
    metrics.count("duplicates_total", 5, part="score")
    metrics.observe("decision_latency_seconds", 0.004, lane="live")
    metrics.gauge("state_bytes", 7, part="score", state="velocity")
    metrics.gauge("state_bytes", 5, part="score", state="velocity")
    seen = read(metrics)
    assert seen['ringwatch_decisions_total{action="approve",lane="live"}'] == 3
    assert seen['ringwatch_duplicates_total{part="score"}'] == 5
    assert seen['ringwatch_decision_latency_seconds_bucket{lane="live",le="0.005"}'] == 1
    assert seen['ringwatch_decision_latency_seconds_bucket{lane="live",le="0.0025"}'] == 0
    assert seen['ringwatch_state_bytes{part="score",state="velocity"}'] == 5


def test_parts_do_not_share_numbers() -> None:
    one, two = Metrics(), Metrics()
    one.count("duplicates_total", part="score")
    assert 'ringwatch_duplicates_total{part="score"}' not in read(two)


def test_what_is_not_declared_is_refused() -> None:
    metrics = Metrics()
    with pytest.raises(KeyError):
        metrics.count("made_up_total")
    with pytest.raises(KeyError):
        metrics.gauge("decisions_total", 1)
    with pytest.raises(ValueError, match="label"):
        metrics.count("decisions_total", action="approve")
    with pytest.raises(ValueError, match="label"):
        metrics.count("decisions_total")


def test_own_declarations() -> None:
    metrics = Metrics([Metric("rows_total", "counter", "rows", "nothing", ("table",))])
    metrics.count("rows_total", table="t")
    assert read(metrics)['ringwatch_rows_total{table="t"}'] == 1


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_declared_well(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", metric.name)
    assert metric.name.endswith("_total") is (metric.kind == "counter")
    assert metric.meaning
    assert metric.action
    assert tuple(sorted(metric.buckets)) == metric.buckets


def test_names_are_unique() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def test_many_observations_at_once_are_as_many_one_by_one() -> None:
    values = {0.0005: 2, 0.0007: 1, 0.2: 3, 11.0: 1}
    one, all_ = Metrics(), Metrics()
    for value, number in values.items():
        for _ in range(number):
            one.observe("decision_latency_seconds", value, lane="live")
    all_.observe_many("decision_latency_seconds", values, lane="live")
    wanted, found = read(one), read(all_)
    created = 'ringwatch_decision_latency_seconds_created{lane="live"}'
    assert {**found, created: 0.0} == pytest.approx({**wanted, created: 0.0})
