"""Back-fills as the program runs them: deciding a history, and starting an installation from one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from events import codec
from events.arrival import Arrival
from events.types import Decision
from ringwatch.wiring import Wiring
from scoring import Scorer
from streaming.backfill import Backfill
from streaming.decide import Decider


def decide_history(
    driver: Backfill,
    arrivals: Iterable[Arrival],
    scorer: Scorer,
    out: Path | None,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """Decide every authorisation as of its moment; decisions go to `out`, one JSON object a line.

    `decided_at` is the transaction's own time, so that two runs give the same bytes. Returns counts by action.
    """
    decider = Decider(driver.fold.catalogue, lane="backfill")
    actions: Counter[str] = Counter()
    with decision_lines(out) as write:
        for served in driver.rows(arrivals, progress=progress):
            decisions = decider.decide(served, scorer, None)
            actions.update(decision.action for decision in decisions)
            write(decisions)
    return {"decisions": sum(actions.values()), **dict(sorted(actions.items()))}


@contextmanager
def decision_lines(out: Path | None) -> Iterator[Callable[[Sequence[Decision]], None]]:
    """Writes decisions to `out`, one JSON object a line; without a path nowhere."""
    if out is None:
        yield lambda _: None
        return
    with out.open("wb") as file:
        yield lambda decisions: file.writelines(codec.encode(decision) + b"\n" for decision in decisions)


def seed_installation(parts: Wiring, driver: Backfill, release: str, progress: Callable[[int], None]) -> None:
    """The history becomes the live parts' first state: scorer, label join, graph."""
    from streaming.seed import seed_graph, seed_labels, seed_scorer
    from streaming.write_graph import WriteGraph

    seed_scorer(driver, parts.state_folder, parts.log, release, parts.clock, parts.state_store)
    sink = parts.label_sink()
    seed_labels(driver, sink, parts.log)
    sink.close()
    seed_graph(driver, parts.graph_writer(), parts.log, WriteGraph.topics, progress)
