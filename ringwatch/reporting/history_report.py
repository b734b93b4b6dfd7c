"""A history of one's own, from replay to report."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from msgspec import structs

from console.report.data import AblationStep, Dossier, Report, RingFigures, TypeFigures
from events.arrival import Arrival
from events.errors import NotFoundError
from events.types import Decision, Transaction
from graph.graph_features import GraphFeatures
from lake.history import History
from ringwatch.paired_rows import Beside, Keyless, side_by_side
from ringwatch.reporting import evidence, money
from ringwatch.reporting.dossiers import dossier, most_telling
from ringwatch.reporting.importance import importance
from ringwatch.reporting.kept import Kept
from ringwatch.reporting.lake_facts import lake_facts, look_alike
from ringwatch.reporting.look_alikes import signatures
from ringwatch.reporting.start import Start
from ringwatch.reporting.trial import Trial
from ringwatch.reporting.unknown import Circumstances, moment, sentences
from ringwatch.reporting.verdicts import Verdicts
from ringwatch.wiring import Wiring
from scoring import COLD, Registry, RuleSet, Scorer
from scoring.ablation import Cut, ablate
from storage.blob import BlobStore
from streaming.backfill import Backfill, BackfillSettings
from streaming.decide import Decider
from streaming.training import Gathered, Lesson, learn, store

MOST_RINGS = 200
"""Rings, by score, whose payments are read: the dossiers are the most telling of them."""

Stage = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Shows a stage (with its total, if there is one) while the block runs; gives what tells its progress."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is to be made of.

    Args:
        history: a file and its map.
        start: what decides.
        every_ms: event time between two runs over the graph; 0 leaves it out.
        ablation: whether to say what each kind of evidence adds, where something was learnt.
        write: gets the decisions as they fall.
    """

    history: History
    start: Start
    every_ms: int
    ablation: bool = True
    write: Callable[[Sequence[Decision]], None] = lambda _: None


@dataclass(slots=True)
class Workshop:
    """What the making of one report takes, and what is learnt on the way.

    `blobs` is an empty store that is thrown away behind it; `release` decided (by rules alone where `is_cold`);
    `payments` went by.
    """

    parts: Wiring
    driver: Backfill
    blobs: BlobStore
    stage: Stage
    verdicts: Verdicts = field(default_factory=Verdicts)
    payments: int = 0
    release: str = ""
    is_cold: bool = False

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Pass `arrivals` on, counting payments and noting labels."""
        for arrival in self.verdicts.watch(arrivals):
            self.payments += isinstance(arrival.message, Transaction)
            yield arrival


def report_on(
    shop: Workshop, asked: Asked, arrivals: Iterable[Arrival], *, refused: Callable[[], int]
) -> Report:
    """Replay `arrivals` (the history's), learn where that is asked for, decide, and say what came of it.

    `refused` tells at the end how many rows the door refused. The same history, settings and token keys give the same
    report. `NotFoundError` where nothing is to be decided, or nothing lies before a moment to learn by that was named.
    """
    trial = _trial(shop, asked)
    scorer = trial.run(_rows(shop, asked, trial, arrivals))
    shop.release, shop.is_cold = scorer.release, scorer.model.is_cold
    first, last = trial.ledger.span
    features = shop.driver.refresh(last)
    steps, why_not = _evidence(shop, asked, trial, features)
    decided = trial.ledger.decided(shop.verdicts.fraud)
    costs, labelled = shop.parts.costs, len(shop.verdicts) > 0
    figures = money.money(decided, costs) if labelled else None
    of = Circumstances(
        start=asked.start,
        release=scorer.release,
        is_cold=shop.is_cold,
        labelled=labelled,
        refused=refused(),
        limit=asked.history.limit,
        graph=asked.every_ms > 0,
        costs=costs,
        per_day=len(decided) / max(1, len(set(decided.days.tolist()))),
        without=why_not,
    )
    return Report(
        title=f"What ringwatch would have done with {asked.history.path.name}",
        source=f"{asked.history.path.name}, {shop.payments:,} payments",
        release=_named(scorer.release, asked.start),
        currency=trial.ledger.currency,
        since=first,
        until=last,
        decisions=len(decided),
        by_action=money.by_action(decided.severity),
        reviews_per_day=costs.reviews_per_day,
        money=figures,
        curve=money.capacity_points(decided, costs) if labelled and not shop.is_cold else (),
        quality=money.quality(decided),
        by_type=_by_reason(shop, trial, decided),
        ablation=steps,
        latency=(),
        whole_latency=None,
        per_second=None,
        importance=importance(scorer.model, shop.parts.columns, trial.recent),
        rings=RingFigures(reported=len(features.rings)),
        dossiers=_dossiers(shop, features),
        unknown=sentences(of),
        curve_note=money.CURVE_NOTE,
        ablation_note=_ablation_note(asked.start, trial) if steps else "",
    )


def _named(release: str, start: Start) -> str:
    if release == COLD:
        return "none: rules alone"
    return release if start.until_ms is None else f"{release}, learnt from the file"


def _trial(shop: Workshop, asked: Asked) -> Trial:
    start, parts = asked.start, shop.parts
    learns = start.until_ms is not None
    sample = None
    if learns and asked.ablation:
        sample = evidence.Sample(min(1.0, evidence.MOST_ROWS / max(1, asked.history.count())))
    return Trial(
        decider=Decider(shop.driver.fold.catalogue, lane="backfill"),
        kept=Kept(shop.blobs),
        scorer=None if learns else parts.load_scorer(start.release),
        until_ms=start.until_ms or 0,
        learn=(lambda rows: _learnt(shop, start, rows)) if learns else None,
        sample=sample,
        write=asked.write,
    )


def _rows(shop: Workshop, asked: Asked, trial: Trial, arrivals: Iterable[Arrival]) -> Iterator[Beside]:
    twin = None
    if trial.sample is not None and _has_addresses(asked.history):
        settings = BackfillSettings(asked.every_ms, seed=shop.parts.settings.communities.seed)
        twin = Backfill(shop.parts.catalogue, Keyless(shop.parts.parser), settings)
    return side_by_side(shop.driver, twin, trial.kept.watch(shop.watch(arrivals)))


def _learnt(shop: Workshop, start: Start, rows: Gathered) -> Scorer:
    """The scorer of a release trained on `rows`, of the id that `ringwatch train` would give it.

    A moment that nobody named may have nothing before it; then rules alone decide.
    """
    parts = shop.parts
    active = parts.registry.active()
    rules = RuleSet.load(parts.registry.get(active.rules)) if active else RuleSet()
    lesson = Lesson(start.until_ms or 0, start.delay_ms, seed=parts.settings.communities.seed)
    with shop.stage("learning from what was known by then", None):
        try:
            trained = learn(rows, shop.verdicts.known, lesson, parts.columns, parts.costs)
        except NotFoundError:
            if not start.chosen:
                raise
            return Scorer.cold(parts.columns, rules=rules)
        registry = Registry(shop.blobs, parts.clock)
        release = store(
            trained,
            registry,
            rules=rules,
            parser=parts.parser.version,
            columns=parts.columns,
            actor="backfill",
            reason="for a report",
            clock=parts.clock,
        )
    return Scorer.load(registry, release.id, parts.columns, parser=parts.parser.version)


def _evidence(
    shop: Workshop, asked: Asked, trial: Trial, features: GraphFeatures
) -> tuple[tuple[AblationStep, ...], tuple[str, ...]]:
    """The steps; or none, and why."""
    sample, parts, start = trial.sample, shop.parts, asked.start
    if sample is None or start.until_ms is None:
        return (), ()
    cut = Cut(start.until_ms, start.delay_ms)
    rows = sample.history(shop.verdicts, cut, features)
    known, later = evidence.frauds_on_either_side(rows, cut)
    if min(known, later) < evidence.FEWEST_FRAUDS:
        too_few = (
            f"What each kind of evidence adds is left out: {known:,} known frauds to learn from and {later:,} to "
            f"test on are too few ({evidence.FEWEST_FRAUDS} of each are needed)."
        )
        return (), (too_few,)
    steps = evidence.steps_with(
        parts.columns, addresses=_has_addresses(asked.history), graph=asked.every_ms > 0
    )
    with shop.stage("what each kind of evidence adds: models", len(steps.each)) as advance:
        found = ablate(
            rows,
            cut,
            parts.columns,
            parts.costs,
            seed=parts.settings.communities.seed,
            steps=steps,
            progress=lambda _: advance(1),
        )
    return evidence.told(found), ()


def _dossiers(shop: Workshop, features: GraphFeatures) -> tuple[Dossier, ...]:
    reported = {ring.id: ring for ring in features.rings[:MOST_RINGS]}
    if not reported:
        return ()
    facts_of = lake_facts(shop.blobs, features, lambda text: shop.parts.local_addresses.get(text)[0])
    with shop.stage("dossiers", None):
        facts = facts_of(token for ring in reported.values() for token in ring.members)
        made = most_telling(dossier(ring, facts) for ring in reported.values())
        known = signatures(features)
        return tuple(
            structs.replace(each, look_alike=look_alike(reported[each.id], features, known, facts_of))
            for each in made
        )


def _by_reason(shop: Workshop, trial: Trial, decided: money.Decided) -> tuple[TypeFigures, ...]:
    """Frauds by the reason codes of their labels, where these say more than one thing."""
    kinds = [shop.verdicts.reason(name).replace("-", " ") for name in trial.ledger.transactions]
    several = len({kind for kind in kinds if kind}) > 1
    return money.type_figures(decided, kinds, shop.parts.costs) if several else ()


def _ablation_note(start: Start, trial: Trial) -> str:
    share = trial.sample.share if trial.sample is not None else 1.0
    on = "" if share >= 1 else f" A sample of {share:.0%} of the customers stands for all."
    return (
        f"Trained on what was known by {moment(start.until_ms or 0)}, tested on the decisions above, against labels; "
        f"resampled by community of the graph and customer.{on}"
    )


def _has_addresses(history: History) -> bool:
    return any(history.map.take(name) is not None for name in ("shipping_address", "billing_address"))
