"""Latency as the scorer's own metrics tell it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.request import urlopen

_SAMPLE = re.compile(r"^(\w+?)_(bucket|sum|count)\{([^}]*)\} ([0-9.e+-]+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')

Buckets = dict[float, float]


def read_histograms(url: str, name: str, by: str) -> dict[str, dict[str, Any]]:
    """The histogram `name` from a Prometheus text page: for each value of label `by` its buckets, sum and count."""
    with urlopen(url, timeout=5) as answer:  # noqa: S310 - a loopback address of our own
        text = answer.read().decode()
    found: dict[str, dict[str, Any]] = {}
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match is None or match[1] != name:
            continue
        labels = dict(_LABEL.findall(match[3]))
        one = found.setdefault(labels.get(by, ""), {"buckets": {}, "sum": 0.0, "count": 0.0})
        if match[2] == "bucket":
            one["buckets"][float(labels["le"].replace("+Inf", "inf"))] = float(match[4])
        else:
            one[match[2]] = float(match[4])
    return found


def since(now: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, float]:
    """Mean and quantiles in ms of what was observed between two readings of one histogram."""
    earlier: Mapping[str, Any] = before or {"buckets": {}, "sum": 0.0, "count": 0.0}
    buckets = {le: count - earlier["buckets"].get(le, 0.0) for le, count in now["buckets"].items()}
    count = now["count"] - earlier["count"]
    mean = 1000 * (now["sum"] - earlier["sum"]) / count if count else 0.0
    return {"count": count, "mean": mean, "p50": _quantile(buckets, 0.5), "p99": _quantile(buckets, 0.99)}


def _quantile(buckets: Buckets, share: float) -> float:
    """By linear interpolation inside a bucket, as Prometheus' histogram_quantile does; ms."""
    bounds = sorted(buckets)
    if not bounds or buckets[bounds[-1]] == 0:
        return 0.0
    rank = share * buckets[bounds[-1]]
    below, floor = 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if bound == float("inf"):
                return 1000 * floor
            inside = buckets[bound] - below
            return 1000 * (floor + (bound - floor) * ((rank - below) / inside if inside else 1.0))
        below, floor = buckets[bound], bound
    return 1000 * floor
