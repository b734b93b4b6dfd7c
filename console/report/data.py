"""What a report says, as data: pages are drawn from it and nothing else, and `report.json` holds it.

Money is in minor units of `currency`, times are epoch ms. What can't be known (no truth, no latency of a replay) is
None, and `Report.unknown` says why in a sentence each.
"""

from msgspec import Struct


class Node(Struct, frozen=True, kw_only=True):
    """An entity of a drawn graph. `label` is short enough to print; `customers` share it; `fraud` is known fraud."""

    token: str
    kind: str
    label: str
    customers: int = 0
    fraud: bool = False


class Link(Struct, frozen=True, kw_only=True):
    """Between nodes `a` and `b` (indices), `count` payments strong."""

    a: int
    b: int
    count: int = 1


class Graph(Struct, frozen=True, kw_only=True):
    """`left_out` nodes did not fit."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: int = 0


class Spelling(Struct, frozen=True, kw_only=True):
    text: str
    count: int


class Drop(Struct, frozen=True, kw_only=True):
    """An address that customers share: its one key and every spelling that led to it, most frequent first."""

    key: str
    customers: int
    spellings: tuple[Spelling, ...]


class Payment(Struct, frozen=True, kw_only=True):
    """`fraud` is None where nobody knows. `stopped`: our decision was anything but approve. `reasons` are codes."""

    id: str
    time: int
    amount: int
    customer: str
    action: str
    stopped: bool
    fraud: bool | None = None
    reasons: tuple[str, ...] = ()


class LookAlike(Struct, frozen=True, kw_only=True):
    """Innocents nearest to a ring that were left alone; `why` says what told them apart.

    `decided` of the payments were decided on (None: all), the others were made before that.
    """

    title: str
    score: float
    why: tuple[str, ...]
    graph: Graph
    customers: int
    payments: int
    approved: int
    decided: int | None = None


class Dossier(Struct, frozen=True, kw_only=True):
    """One ring. `first_stopped` counts payments from 1; None where none was stopped.

    `lost`: fraud approved (where truth is unknown: labelled fraud); `saved`: fraud stopped; None where unknown.
    """

    id: str
    score: float
    customers: int
    why: str
    graph: Graph
    drops: tuple[Drop, ...]
    payments: tuple[Payment, ...]
    first_stopped: int | None
    value: int
    lost: int | None
    saved: int | None
    known_fraud: int
    look_alike: LookAlike | None = None
    truth: str | None = None


class Money(Struct, frozen=True, kw_only=True):
    """Worth of what was decided against approving everything, for `days` days."""

    saved: int
    fraud: int
    fraud_stopped: int
    lost_to_fraud: int
    good_held: int
    good_declined: int
    good_declined_per_fraud: float
    approval_rate: float
    days: float


class CapacityPoint(Struct, frozen=True, kw_only=True):
    """The best policy where analysts do `reviews_per_day`: what it saves, and what it costs good customers."""

    reviews_per_day: float
    used: float
    saved: int
    fraud_stopped: int
    good_declined_per_fraud: float
    approval_rate: float


class TypeFigures(Struct, frozen=True, kw_only=True):
    name: str
    frauds: int
    stopped: int
    amount: int
    amount_stopped: int


class Quality(Struct, frozen=True, kw_only=True):
    """Of what was stopped (anything but approve), and of the ranking by score."""

    precision: float
    recall: float
    average_precision: float
    auc: float
    frauds: int
    base_rate: float


class AblationStep(Struct, frozen=True, kw_only=True):
    """Average precision and fraud value caught at capacity with these feature groups; 95 % intervals.

    Steps build up in order; one with `without` has all groups but the one its name says.
    """

    name: str
    features: int
    average_precision: float
    low: float
    high: float
    value_share: float
    value_low: float
    value_high: float
    without: bool = False


class StageLatency(Struct, frozen=True, kw_only=True):
    """Milliseconds."""

    name: str
    mean: float
    p50: float
    p99: float


class Importance(Struct, frozen=True, kw_only=True):
    """Mean absolute contribution (log-odds) of a feature to the scores decided on; `share` of the total."""

    name: str
    meaning: str
    group: str
    share: float


class RingFigures(Struct, frozen=True, kw_only=True):
    """Truth is None for real data."""

    reported: int
    true: int | None = None
    found: int | None = None
    precision: float | None = None
    recall: float | None = None
    of_fraud: float | None = None  # share of the reported whose customers are mostly frauds, ring or not
    innocents_per_ring: float | None = None


class Report(Struct, frozen=True, kw_only=True):
    title: str
    source: str
    release: str
    currency: str
    since: int
    until: int
    decisions: int
    by_action: dict[str, int]
    reviews_per_day: float
    money: Money | None
    curve: tuple[CapacityPoint, ...]
    quality: Quality | None
    by_type: tuple[TypeFigures, ...]
    ablation: tuple[AblationStep, ...]
    latency: tuple[StageLatency, ...]
    whole_latency: StageLatency | None
    per_second: float | None
    importance: tuple[Importance, ...]
    rings: RingFigures
    dossiers: tuple[Dossier, ...]
    unknown: tuple[str, ...] = ()
    curve_note: str = ""  # a sentence: on what the curve's policies were chosen
    ablation_note: str = ""  # a sentence: on which data the steps were measured
