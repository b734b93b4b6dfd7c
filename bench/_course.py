"""A course through the running pipeline: arrivals are sent, parts decide and write them, and everything is counted."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import msgspec

from bench._stations import InLog, Positions, faults, in_graph, in_lake, lake_positions
from events import topics
from events.arrival import Arrival
from events.errors import UnavailableError
from events.types import Transaction
from graph.writer import GraphWriter
from ringwatch.cli.release import put_in_force
from ringwatch.demo.parts import Parts
from ringwatch.sending import Sender
from ringwatch.wiring import Wiring
from scoring import Model, Policy, Release, Rule, RuleSet, make_release
from scoring.rules import Feature
from streaming.log.port import Log, TopicPartition

STREAMS = ("labels", "graph", "lake", "score")
PATIENCE_S = 120.0
_GRAPH_TOPICS = frozenset(
    topic.name for topic in (topics.TRANSACTIONS, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED, topics.ALERTS)
)
_LAKE_TOPICS = frozenset(
    topic.name for topic in (topics.TRANSACTIONS, topics.LABELS, topics.DECISIONS, topics.ALERTS)
)


@dataclass(slots=True)
class Sent:
    """Counts what goes by on its way into the log: records by topic, and the payments that want a decision."""

    by_topic: Counter[str] = field(default_factory=Counter)
    to_decide: int = 0

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        for arrival in arrivals:
            self.by_topic[arrival.topic] += 1
            message = arrival.message
            self.to_decide += isinstance(message, Transaction) and message.kind == "authorisation"
            yield arrival

    def send(self, log: Log, arrivals: Iterable[Arrival], *, name: str = "ingest") -> None:
        """Send them all, as `ringwatch ingest` does."""
        with Sender(log, name=name) as sender:
            for arrival in self.watch(arrivals):
                sender.send(arrival)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found at every station, and what does not add up."""

    log: InLog
    graph: Mapping[str, int]
    lake: Mapping[str, Mapping[str, int]]
    faults: list[str]

    def figures(self) -> dict[str, object]:
        held = self.log
        return {
            "transactions": held.transactions.figures(),
            "to_decide": held.authorised.figures(),
            "decisions": held.decisions.figures(),
            "alerts": held.alerts.figures(),
            "labels": held.labels.figures(),
            "labels_joined": held.joined.figures(),
            "dead_letters": held.dead,
            "graph": dict(self.graph),
            "lake": {name: dict(table) for name, table in self.lake.items()},
        }


class _Head(msgspec.Struct):
    """The id of a decision, or of the label in a joined one."""

    id: str = ""
    label: "_Head | None" = None


class Ids:
    """The distinct ids of a topic's messages, so far."""

    def __init__(self, log: Log, topic: str) -> None:
        self._reader = log.open_reader(log.begin(topic))
        self._ids: set[str] = set()

    def count(self) -> int:
        """Take in what has come, and say how many there are."""
        while records := self._reader.poll(20_000, 0.0):
            for record in records:
                head = msgspec.json.decode(record.value, type=_Head)
                self._ids.add(head.label.id if head.label else head.id)
        return len(self._ids)

    def close(self) -> None:
        self._reader.close()


def graph_positions(parts: Wiring) -> Positions:
    """The next offset of each partition that the graph writer has in the graph."""
    held = GraphWriter(parts.graph, "graph").positions()
    return {TopicPartition(*source): at for source, at in held.items()}


def settle(
    parts: Wiring, live: Parts, sent: Sent, *, shared: bool = False, tend: Callable[[], None] = lambda: None
) -> Outcome:
    """Wait until all that was sent is decided and written, stop the parts, count.

    A `shared` graph database holds what others have written, too.
    `UnavailableError` where nothing moves any more or a part has ended by itself.
    """
    with (
        closing(Ids(parts.log, topics.DECISIONS.name)) as decided,
        closing(Ids(parts.log, topics.LABELS_JOINED.name)) as joined,
    ):
        wait("payments undecided", lambda: sent.to_decide - decided.count(), live, tend)
        wait("labels not joined", lambda: sent.by_topic[topics.LABELS.name] - joined.count(), live, tend)
    exits = live.stop("score", "labels")
    log = InLog.read(parts.log)
    wait("records not in the graph", lambda: _missing(log, _GRAPH_TOPICS, graph_positions(parts)), live, tend)
    wait("records not in the lake", lambda: _missing(log, _LAKE_TOPICS, lake_positions(parts)), live, tend)
    exits |= live.stop()
    graph, lake = in_graph(parts.graph, log, shared=shared), in_lake(parts)
    found = faults(sent.by_topic, log, graph, lake)
    found += [f"{name} ended with exit code {code}" for name, code in exits.items() if code]
    return Outcome(log, graph, lake, found)


def wait(what: str, left: Callable[[], int], live: Parts, tend: Callable[[], None]) -> None:
    """Until nothing is `left`. `UnavailableError` after two minutes in which nothing moved."""
    fewest, deadline = left(), time.monotonic() + PATIENCE_S
    while fewest > 0:
        tend()
        for name, said in live.ended().items():
            raise UnavailableError(f"{name} has ended by itself:\n{said}")
        time.sleep(0.2)
        now = left()
        if now < fewest:
            fewest, deadline = now, time.monotonic() + PATIENCE_S
        elif time.monotonic() > deadline:
            raise UnavailableError(f"{fewest} {what}, and nothing moves; see {live.folder}")


def _missing(log: InLog, names: frozenset[str], held: Positions) -> int:
    """Records behind what is held; a partition without records has none."""
    return sum(
        max(0, behind - held.get(source, 0)) for source, behind in log.behind.items() if source.topic in names
    )


def review_large(parts: Wiring, minor: int, *, model: bytes | None = None) -> Release:
    """A release that reviews every payment of `minor` base units and more, whatever its `model` (None: cold) says."""
    rule = Rule(
        code="large", title="A large amount", action="review", when=Feature("txn.amount", ">=", minor)
    )
    return parts.registry.put_release(
        make_release(
            model=parts.registry.put("model", model or Model.cold().to_bytes()),
            rules=parts.registry.put("rules", RuleSet(rules=(rule,)).to_bytes()),
            policy=parts.registry.put("policy", Policy().to_bytes()),
            parser=parts.parser.version,
            catalogue=parts.columns.version,
            actor="course",
            reason="alerts to count",
            clock=parts.clock,
        )
    )


def activate(parts: Wiring, live: Parts, release: str) -> None:
    """Put a release in force and wait until the scorer says that it works by it."""
    start = parts.log.end(topics.CONTROL_ACKS.name)
    put_in_force(parts, release, "course", "alerts to count")
    with closing(parts.log.open_reader(start)) as acks:
        wait("releases not in force", lambda: 1 - len(acks.poll(1, 0.1)), live, lambda: None)
