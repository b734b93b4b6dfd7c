"""Back-fills as the program runs them: deciding a history, and starting an installation from one."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from events import codec
from events.arrival import Arrival
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
    with ExitStack() as stack:
        file = stack.enter_context(out.open("wb")) if out is not None else None
        for served in driver.rows(arrivals, progress=progress):
            for decision in decider.decide(served, scorer, None):
                actions[decision.action] += 1
                if file is not None:
                    file.write(codec.encode(decision) + b"\n")
    return {"decisions": sum(actions.values()), **dict(sorted(actions.items()))}


def seed_installation(parts: Wiring, driver: Backfill, release: str, progress: Callable[[int], None]) -> None:
    """The history becomes the live parts' first state: scorer, label join, graph."""
    from streaming.seed import seed_graph, seed_labels, seed_scorer
    from streaming.write_graph import WriteGraph

    seed_scorer(driver, parts.state_folder, parts.log, release, parts.clock)
    sink = parts.label_sink()
    seed_labels(driver, sink, parts.log)
    sink.close()
    seed_graph(driver, parts.graph_writer(), parts.log, WriteGraph.topics, progress)
