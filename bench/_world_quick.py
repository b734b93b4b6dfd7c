"""One world, as a table for whoever tunes it."""

import time

import numpy as np

from bench._report import progress
from bench._world_gates import (
    EXCUSED,
    full_scores,
    least_precision,
    model_gates,
    reviews_a_day,
    single_gates,
)
from bench._world_told import told_rows
from ringwatch.world_rows import WorldRows
from scoring import Costs, columns_of
from scoring.ablation import measured
from scoring.columns import Scores
from scoring.intervals import top_of_days
from scoring.metrics import average_precision
from scoring.simple import single_aucs
from simulator import World, preset

_SHOWN = 15


def quick(name: str, seed: int, customers: int | None, days: int | None, cut: float, every: float) -> None:
    """What single columns tell, a depth-3 tree, the full model, each fraud type; all for one seed."""
    spec = preset(name)
    spec = spec.change(customers=customers or spec.customers, days=days or spec.days)
    began = time.monotonic()
    rows = told_rows(World(spec, seed), cut_share=cut, every_days=every, paired=False)
    seconds = time.monotonic() - began
    progress(f"folded in {seconds:.0f} s, {rows.arrivals / seconds:,.0f} arrivals/s")
    a_day = reviews_a_day(rows, spec.labels.reviews_share)
    _sizes(rows)
    _columns(rows)
    columns = columns_of(rows.catalogue)
    full = full_scores(rows, columns)
    _types(rows, full, a_day)
    fraud = rows.history.truth.fraud[rows.cut.test(rows.history.time)]
    told = average_precision(fraud, full_scores(rows, columns, told=True))
    print(f"\nhad it learnt from true labels instead of those known: AP {told:.3f}")
    print("\ngates")
    for gate in (
        *single_gates(rows, columns, EXCUSED.get(name, {})),
        *model_gates(rows, full, least=least_precision(name)),
    ):
        print(f"  {gate}")


def _sizes(rows: WorldRows) -> None:
    history, cut = rows.history, rows.cut
    truth, test, train = history.truth, cut.test(history.time), cut.train(history.time)
    fraud = truth.fraud
    by_value = truth.amount[fraud].sum() / truth.amount.sum()
    print(
        f"{len(fraud):,} payments, {fraud.sum():,} frauds ({fraud.mean():.3%}, {by_value:.3%} of value); "
        f"training {len(train):,} rows, {fraud[train].sum()} frauds, {history.known[train].sum()} known "
        f"({(history.known & ~fraud)[train].sum()} of them wrongly); "
        f"test {len(test):,} rows, {fraud[test].sum()} frauds, {rows.held_out_rings} held-out rings"
    )


def _columns(rows: WorldRows) -> None:
    warm, names = rows.warm, rows.catalogue.names
    fraud, kind = rows.history.truth.fraud[warm], rows.kind[warm]
    kinds = sorted({*kind.tolist()} - {""})
    aucs = single_aucs(rows.history.x[warm], fraud)
    print(
        f"\nsingle columns by AUC behind the longest window, {'':13s} all {' '.join(f'{k[:8]:>8s}' for k in kinds)}"
    )
    order = np.argsort(-aucs)[:_SHOWN]
    by_kind = [
        single_aucs(rows.history.x[np.ix_(warm[(kind == k) | ~fraud], order)], fraud[(kind == k) | ~fraud])
        for k in kinds
    ]
    for at, column in enumerate(order.tolist()):
        parts = " ".join(f"{each[at]:8.3f}" for each in by_kind)
        print(f"  {names[column]:56s} {aucs[column]:.3f} {parts}")


def _types(rows: WorldRows, full: Scores, a_day: float) -> None:
    history, cut = rows.history, rows.cut
    test, truth = cut.test(history.time), history.truth
    drawn = measured(history, cut, [full], Costs(reviews_per_day=a_day), resamples=0)
    by_value = top_of_days(full * truth.amount[test], truth.day[test], a_day, truth.weight[test])
    by_score = top_of_days(full, truth.day[test], a_day, truth.weight[test])
    found = drawn[""][0, 0]
    print(
        f"\nfull model: AP {found[0]:.3f}, AUC {found[1]:.3f}, "
        f"fraud value caught at {a_day:.1f} reviews a day {found[2]:.3f}"
    )
    print(f"{'type':24s} frauds    AP among genuine   recall at capacity by value, by score")
    for name, subset in history.subsets.items():
        mine = subset[test]
        if mine.any():
            print(
                f"  {name:22s} {mine.sum():6d}    {drawn[name][0, 0, 0]:.3f}              "
                f"{by_value[mine].mean():.3f}                 {by_score[mine].mean():.3f}"
            )
