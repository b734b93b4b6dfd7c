"""Scoring: predict, decide and explain by batch size, beside the plain way to call xgboost (its peer).

`make -s bench-score` prints one JSON object. Rows have the default catalogue's width; one in fifty is decided
against, the share that costs contributions. Times in milliseconds a call.
"""

import time
from collections.abc import Callable
from functools import partial

import msgspec
import numpy as np
import xgboost

from bench._report import progress, quantiles, report
from events.types import Card, Money, Transaction
from features.catalogue import default_catalogue
from scoring import Model, Params, Policy, Rule, RuleSet, Scorer, columns_of
from scoring.columns import Matrix
from scoring.rules import All, Feature, Not
from scoring.trees import train

BATCHES = (1, 64, 512)
ROWS = 20_000
REPEATS = 300


def timed(call: Callable[[], object], repeats: int = REPEATS) -> dict[str, float]:
    for _ in range(10):
        call()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return quantiles(found)


def transactions(n: int) -> list[Transaction]:
    money = Money(minor=1, currency="USD", base_minor=1, base_currency="USD", rate_version="r")
    return [
        Transaction(id=f"t{i}", time=i, amount=money, card=Card(token=f"card.1.{i:032x}")) for i in range(n)
    ]


def rules(names: tuple[str, ...]) -> RuleSet:
    """Twenty that never fire, of three comparisons each."""
    when = [All((Feature(names[i], ">", 90), Not(Feature(names[i + 1], "<", -90)), Feature(names[i + 2], "<", 90)))
            for i in range(20)]  # fmt: skip
    return RuleSet(
        rules=tuple(Rule(code=f"r{i}", title="t", action="review", when=w) for i, w in enumerate(when))
    )


def plainly(booster: xgboost.Booster, rows: Matrix) -> object:
    return booster.predict(xgboost.DMatrix(rows, nthread=1))


def main() -> None:
    columns = columns_of(default_catalogue())
    rng = np.random.default_rng(1)
    x = rng.normal(size=(ROWS, len(columns.names))).astype(np.float32)
    x[rng.random(x.shape) < 0.3] = np.nan
    risk = np.nan_to_num(x[:, 0] + x[:, 1] * x[:, 2] + x[:, 30])
    y = (risk + rng.normal(size=ROWS) > 3.5).astype(np.int8)
    progress(f"training 300 trees on {x.shape}, {y.mean():.2%} fraud")
    start = time.perf_counter()
    data = train(x, y, columns=columns, seed=1, params=Params())
    trained = time.perf_counter() - start
    start = time.perf_counter()
    model = Model.load(data)
    loaded = time.perf_counter() - start
    peer = xgboost.Booster()
    peer.load_model(bytearray(msgspec.msgpack.decode(data)["booster"]))
    peer.set_param({"nthread": 1})

    scores = model.predict(x)
    cut = float(np.quantile(scores, 0.98))
    scorer = Scorer(
        release="bench",
        model=model,
        rules=rules(columns.names),
        columns=columns,
        policy=Policy(review=cut, challenge=cut),
    )
    figures: dict[str, object] = {
        "columns": len(columns.names), "trees": model.facts["trees"], "artefact_bytes": len(data),
        "train_s": round(trained, 2), "train_rows": ROWS, "load_ms": round(loaded * 1000, 2),
    }  # fmt: skip
    quick = np.flatnonzero(scores < cut)
    for n in BATCHES:
        progress(f"batches of {n}")
        rows, payments = x[:n], transactions(n)
        status = np.zeros(rows.shape, np.uint8)
        figures[f"predict_{n}"] = timed(partial(model.predict, rows))
        figures[f"peer_dmatrix_predict_{n}"] = timed(partial(plainly, peer, rows))
        figures[f"decide_{n}"] = timed(partial(scorer.decide, rows, status, payments))
        calm = x[quick[:n]]
        figures[f"decide_all_approved_{n}"] = timed(partial(scorer.decide, calm, status, payments))
        for exact in (True, False):
            name = f"contributions_{'exact' if exact else 'quick'}_{n}"
            figures[name] = timed(partial(model.contributions, rows, exact=exact), 20)
    report("score", figures)


if __name__ == "__main__":
    main()
