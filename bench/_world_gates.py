"""Gates against a toy world: what one column or one small tree can tell, any model can."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from bench._world_told import told_rows
from ringwatch.world_rows import WorldRows
from scoring import Costs, columns_of
from scoring.ablation import Step, measured, score_step
from scoring.columns import Columns, Scores
from scoring.intervals import interval
from scoring.simple import shallow_scores, single_aucs
from simulator import World, WorldSpec, preset

SINGLE_MOST = 0.80
PAIR_MOST = (
    0.85  # that two were never seen together is what issuers ask first, and tells more than any one's past
)
SHAPE_MOST = 0.75  # component size and cards a device: what a toy's rings stand out by
SHALLOW_MOST = 0.60  # of the full model's average precision
FULL_LEAST, FULL_MOST = 0.35, 0.80
SHAPES = ("graph.max.component_size", "device.cards.distinct.")
EVERY_DAYS = 5.0
CUT_SHARE = 0.6
_LACKING = 0.5  # columns absent from more than this share of payments at tills


@dataclass(frozen=True, slots=True)
class Sized:
    """A preset at the size it is judged at. `boost`: fraud's share is raised so many times.

    Where fraud is so rare that a world of bearable size has none to test on, more of it is made and each genuine
    payment then counts for `boost` ones, so that precision refers to the preset's own prevalence. What that can't
    mend: entities that genuine and fraudulent payments share (merchants, carriers, kiosks) see `boost` times the fraud,
    and the model has that many more frauds to learn from, as it would in a world `boost` times the size.
    """

    customers: int
    days: int = 120
    boost: float = 1.0


# Size of the runs by five seeds, and of the tests' single one.
FULL_SIZE: Mapping[str, Sized] = MappingProxyType(
    {
        "issuer": Sized(5_000, boost=25.0),
        "gateway-cnp": Sized(22_000),
        "stress": Sized(12_000),
    }
)
TEST_SIZE: Mapping[str, Sized] = MappingProxyType(
    {
        "issuer": Sized(3_000, boost=25.0),
        "gateway-cnp": Sized(10_000, boost=2.0),
        "stress": Sized(8_000),
    }
)


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a figure may pass a gate up to `bound`: published figures do."""

    bound: float
    reason: str
    source: str


EXCUSED: Mapping[str, Mapping[str, Excuse]] = MappingProxyType({})
"""By preset and column."""


FULL_LEAST_OF: Mapping[str, Excuse] = MappingProxyType(
    {
        "issuer": Excuse(
            bound=0.065,
            reason="a model of an issuer's payments ranks far worse than a gateway's: most of them are genuine by far",
            source="Le Borgne et al., Fraud Detection Handbook, chapter 7: 400,000 online payments a day with Belgian "
            "cards, .25 % fraud, by Worldline: average precision .095 +- .03 (XGBoost), .054 to .105 (eight models)",
        )
    }
)
"""By preset: the least average precision of the full model, where published figures lie below the gate."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure that must lie in `low`..`high`; its 95 % interval where it has one."""

    name: str
    value: float
    low: float
    high: float
    interval: tuple[float, float] | None = None

    @property
    def holds(self) -> bool:
        return self.low <= self.value <= self.high

    def __str__(self) -> str:
        ends = f" [{self.interval[0]:.3f}, {self.interval[1]:.3f}]" if self.interval else ""
        held = "ok  " if self.holds else "FAIL"
        return f"{held} {self.name:55s} {self.value:.3f}{ends} in {self.low:.2f}..{self.high:.2f}"


def boosted(spec: WorldSpec, boost: float) -> tuple[WorldSpec, float]:
    """The world with `boost` times the share of fraud, and how many payments each genuine one then stands for."""
    share = spec.fraud.share
    raised = share * boost
    # Genuine rows weigh odds(raised) / odds(share), so that weighted fraud is `share` of all.
    return spec.change(fraud={"share": raised}), (raised / (1 - raised)) / (share / (1 - share))


def sized_rows(name: str, size: Sized, seed: int, *, paired: bool = False, label: str = "") -> WorldRows:
    """The preset's world at that size, folded (and without addresses too, where `paired`)."""
    spec = preset(name).change(customers=size.customers, days=size.days)
    raised, weight = boosted(spec, size.boost)
    return told_rows(
        World(raised, seed),
        cut_share=CUT_SHARE,
        every_days=EVERY_DAYS,
        genuine_weight=weight,
        paired=paired,
        label=label,
    )


def single_gates(rows: WorldRows, columns: Columns, excused: Mapping[str, Excuse]) -> Iterator[Gate]:
    """Every column's own AUC on the rows behind the longest window: the worst, and those that watch a toy's marks.

    Where tills are part of the world, columns that tills lack (devices, e-mail addresses ...) are judged among payments
    online: that such a value is there at all says only that the payment was made online, and how much that tells is
    judged by the channel's own columns, on all payments.
    """
    aucs = _aucs(rows, columns)
    plain = np.array([name not in excused for name in columns.names])
    pair = np.array(["+" in name for name in columns.names])
    for what, judged, most in (("column", ~pair, SINGLE_MOST), ("pair", pair, PAIR_MOST)):
        worst = int(np.argmax(np.where(plain & judged, aucs, 0.0)))
        yield Gate(f"single {what}: {columns.names[worst]}", float(aucs[worst]), 0.0, most)
    for name, excuse in excused.items():
        yield Gate(f"excused column: {name}", float(aucs[columns.positions[name]]), 0.0, excuse.bound)
    for shape in SHAPES:
        at = [i for i, name in enumerate(columns.names) if name.startswith(shape) and plain[i]]
        worst = max(at, key=lambda i: float(aucs[i]))
        yield Gate(f"shape: {columns.names[worst]}", float(aucs[worst]), 0.0, SHAPE_MOST)


def _aucs(rows: WorldRows, columns: Columns) -> npt.NDArray[np.float64]:
    warm, fraud = rows.warm, rows.history.truth.fraud
    x = rows.history.x[warm]
    aucs = single_aucs(x, fraud[warm])
    till = x[:, columns.positions["txn.channel.card_present"]] > 0
    if till.any():
        lacking = np.flatnonzero(np.isnan(x[till]).mean(axis=0) > _LACKING)
        aucs[lacking] = single_aucs(x[np.ix_(~till, lacking)], fraud[warm][~till])
    return aucs


def full_scores(rows: WorldRows, columns: Columns, *, told: bool = False) -> Scores:
    """Of the test rows, by a model of all columns, trained on labels known at the cut; `told`: on the truth."""
    step, history = Step("all", np.arange(len(columns.names)), addresses=True), rows.history
    if told:
        history = replace(history, known=history.truth.fraud)
    return score_step(history, rows.cut, columns, Costs(), step, seed=7)


def model_gates(
    rows: WorldRows, full: Scores, *, least: float = FULL_LEAST, resamples: int = 300
) -> Iterator[Gate]:
    """The average precision of `full`, `least` to `FULL_MOST`, and a depth-3 tree's beside it.

    The tree is the better of one that learnt from labels known at the cut and one that learnt from the truth.
    """
    history, cut = rows.history, rows.cut
    train, test = cut.train(history.time), cut.test(history.time)
    trees = [
        shallow_scores(history.x[train], labels[train], history.x[test])
        for labels in (history.known, history.truth.fraud)
        if labels[train].any()
    ]
    drawn = measured(history, cut, [full, *trees], Costs(), resamples=resamples)[""]
    ap = interval(drawn[:, 0, 0])
    yield Gate("full model's average precision", ap.value, least, FULL_MOST, interval=(ap.low, ap.high))
    tree = max(range(1, len(trees) + 1), key=lambda at: float(drawn[0, at, 0]))
    share = interval(drawn[:, tree, 0] / drawn[:, 0, 0])
    yield Gate("depth-3 tree's share of it", share.value, 0.0, SHALLOW_MOST, interval=(share.low, share.high))


def least_precision(name: str) -> float:
    """The least average precision that the full model of a preset's world must reach."""
    return FULL_LEAST_OF[name].bound if name in FULL_LEAST_OF else FULL_LEAST


def gates(name: str, size: Sized, seed: int, *, label: str = "") -> tuple[list[Gate], dict[str, float]]:
    """All gates of one preset and seed, and what they were measured on."""
    rows = sized_rows(name, size, seed, label=label)
    columns, history = columns_of(rows.catalogue), rows.history
    test = rows.cut.test(history.time)
    found = [
        *single_gates(rows, columns, EXCUSED.get(name, {})),
        *model_gates(rows, full_scores(rows, columns), least=least_precision(name)),
    ]
    return found, {
        "payments": len(history.time),
        "frauds": int(history.truth.fraud.sum()),
        "test_frauds": int(history.truth.fraud[test].sum()),
        "known_frauds": int(history.known[rows.cut.train(history.time)].sum()),
        "boost": size.boost,
    }


def reviews_a_day(rows: WorldRows, share: float) -> float:
    """What the world's analysts have time for, in payments as weighted."""
    test = rows.cut.test(rows.history.time)
    days = len(np.unique(rows.history.truth.day[test]))
    return float(rows.history.truth.weight[test].sum()) / max(1, days) * share
