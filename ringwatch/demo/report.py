"""The demo's report: what was decided in its present, against the truth of its world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.report import AblationStep, Dossier, Importance, Report, RingFigures, StageLatency, words
from events.types import Decision
from graph.graph_features import GraphFeatures
from ringwatch.reporting import money
from ringwatch.reporting.dossiers import Facts, dossier, most_telling
from ringwatch.reporting.look_alikes import nearest, signatures
from ringwatch.ring_truth import FoundRing
from scoring import Costs
from simulator import Truth

_UNKNOWN = (
    "Truth here is the simulator's. On your own data `ringwatch backfill --report` knows labels alone.",
    "Decisions do not come back to the simulated customers and crooks: nobody leaves, and nobody learns.",
)
_ABLATION_NOTE = (
    "Trained on the same past, tested on the same present as the decisions above; resampled by ring."
)


@dataclass(frozen=True, slots=True)
class Lived:
    """What the demo has seen, for the report to be made of."""

    decisions: Sequence[Decision]
    truth: Truth
    costs: Costs
    facts: Facts
    found: Sequence[FoundRing]
    rings: frozenset[str]  # true ones that could be found (`RingCards.there`)
    ablation: tuple[AblationStep, ...]
    stages: Mapping[str, Mapping[str, float]]
    paced: Mapping[str, float]
    per_second: float
    importance: tuple[Importance, ...]
    source: str


def make_report(lived: Lived) -> Report:
    """The report; `decisions` must not be empty."""
    truth, costs = lived.truth, lived.costs
    decided = money.decided_of(lived.decisions, lambda name: name in truth.frauds)
    kinds = {name: fraud.type.replace("_", " ") for name, fraud in truth.frauds.items()}
    times = [decision.time for decision in lived.decisions]
    return Report(
        title="ringwatch demo",
        source=lived.source,
        release=lived.decisions[-1].release,
        currency=lived.decisions[0].amount.base_currency,
        since=min(times),
        until=max(times),
        decisions=len(decided),
        by_action=money.by_action(decided.severity),
        reviews_per_day=costs.reviews_per_day,
        money=money.money(decided, costs),
        curve=money.capacity_points(decided, costs),
        quality=money.quality(decided),
        by_type=money.type_figures(
            decided, money.kinds_of([d.transaction for d in lived.decisions], kinds), costs
        ),
        ablation=lived.ablation,
        latency=tuple(_stage(name, figures) for name, figures in lived.stages.items()),
        whole_latency=_stage("whole", lived.paced),
        per_second=lived.per_second,
        importance=lived.importance,
        rings=ring_figures(lived.found, lived.rings),
        dossiers=_dossiers(lived),
        unknown=_UNKNOWN,
        curve_note=money.CURVE_NOTE,
        ablation_note=_ABLATION_NOTE
        if lived.ablation
        else "The ablation had not ended when the report was made.",
    )


def ring_figures(found: Sequence[FoundRing], rings: frozenset[str]) -> RingFigures:
    """Reported rings against the true ones."""
    true = rings & {ring.true_ring for ring in found}
    innocents = sum(ring.innocents for ring in found)
    return RingFigures(
        reported=len(found),
        true=len(rings),
        found=len(true),
        precision=sum(ring.true_ring is not None for ring in found) / max(1, len(found)),
        of_fraud=sum(ring.is_fraud for ring in found) / max(1, len(found)),
        recall=len(true) / max(1, len(rings)),
        innocents_per_ring=innocents / max(1, len(true)),
    )


def _stage(name: str, figures: Mapping[str, Any]) -> StageLatency:
    return StageLatency(name=name, mean=figures["mean"], p50=figures["p50"], p99=figures["p99"])


def _dossiers(lived: Lived) -> tuple[Dossier, ...]:
    """Of the reported rings that ringwatch stopped most of, first."""
    from msgspec import structs

    facts, features = lived.facts, lived.facts.features
    true = {ring.id: ring for ring in lived.found}
    made = [dossier(ring, facts, truth=_told(true[ring.id])) for ring in features.rings]
    known, rings = signatures(features), _by_id(features)
    return tuple(
        structs.replace(each, look_alike=nearest(rings[each.id], facts, known)) for each in most_telling(made)
    )


def _by_id(features: GraphFeatures) -> dict[str, Any]:
    return {ring.id: ring for ring in features.rings}


def _told(found: FoundRing) -> str:
    innocent = words.plural(found.innocents, "innocent card")
    if found.true_ring is not None:
        return f"{found.true_ring}, {found.true_cards} of its {found.ring_size} cards, {innocent}"
    if found.is_fraud:
        return f"no ring, but {found.cards - found.innocents} of its {found.cards} cards paid for other fraud"
    return f"no ring: {innocent} of {found.cards}"
