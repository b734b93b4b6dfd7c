"""Kill what runs, again and again, at random moments: nothing is lost, doubled or decided differently.

Scorer, graph writer, label join, lake, and the servers of log and graph themselves, are killed (SIGKILL) while
payments flow. What stands in log, graph and lake afterwards must be what one uninterrupted fold gives that
meets the same inputs in the same order.
"""

import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bench._course import STREAMS, Sent, activate, review_large, settle
from bench._stations import read_topic
from events import codec, topics
from events.arrival import Arrival
from events.errors import UnavailableError
from events.types import AccountEvent, Alert, Decision, FeatureVector, Input, JoinedLabel, Transaction
from graph.communities import compute
from graph.edges import EdgeTable
from graph.fold import EdgeFold
from graph.publish import publish
from ringwatch.demo.parts import Parts, running
from ringwatch.sending import Sender
from ringwatch.services import RunningStack, StackKind, start_stack
from ringwatch.services.process import send_signal
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from scoring import COLD
from simulator import World, preset
from streaming.addresses import address_keys
from streaming.decide import Decider, sent_name
from streaming.disk_journal import DiskJournal
from streaming.files import FolderFiles
from streaming.fold import Fold
from streaming.inputs import starts
from streaming.replay import Refetch, identity
from streaming.score import INPUTS
from streaming.seed import seed_scorer
from tests.support.journalled import journalled_keys

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

WORLD = preset("small").change(customers=520, days=45)
PAST = 0.4  # of the world: what the graph features that are served are computed from
LARGE = 20_000
DAY = 86_400_000
LOG, GRAPH = "the log's server", "the graph's server"
SERVICES: Mapping[StackKind, Mapping[str, str]] = {
    "embedded": {LOG: "redis-log", GRAPH: "arcadedb"},
    "jvm": {LOG: "kafka", GRAPH: "neo4j"},
}
ROUNDS: Sequence[tuple[str, ...]] = (
    ("score",),
    ("graph", "labels"),
    (LOG,),
    ("score", "lake"),
    STREAMS,
    (GRAPH,),
    (LOG,),
    ("score", "graph"),
    ("labels",),
    (GRAPH,),
    ("score",),
)
ENVIRONMENT = {
    "RINGWATCH_SCORE__BATCH": "16",
    "RINGWATCH_SCORE__CHECKPOINT_EVENTS": "500",
    "RINGWATCH_SCORE__KEEP_CHECKPOINTS": "10000",  # so that the journal stays whole from the first event
    "RINGWATCH_SCORE__FEATURE_SAMPLE": "1",
    "RINGWATCH_LAKE__ROWS": "300",
    "RINGWATCH_LAKE__WAIT_MS": "300",
}


@dataclass(frozen=True)
class Installation:
    """A stack that is looked after, and its services by what they do."""

    stack: RunningStack
    parts: Wiring
    services: Mapping[str, str]

    def kill(self, service: str) -> None:
        (process,) = (it.process for it in self.stack.status() if it.name == self.services[service])
        assert process is not None
        assert send_signal(process, signal.SIGKILL)

    def whole(self) -> bool:
        self.stack.tend()
        return all(service.state == "ready" for service in self.stack.status())


@pytest.fixture
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    kind: StackKind = request.param
    if kind == "jvm":
        request.getfixturevalue("jvm")
    with start_stack(kind, tmp_path / STACK, progress=print) as stack:
        parts = Wiring(load_settings({"var": tmp_path}))
        yield Installation(stack, parts, SERVICES[kind])
        parts.close()


@pytest.mark.parametrize(
    ("installation", "seed"),
    [("embedded", 1), ("embedded", 2), pytest.param("jvm", 1, marks=pytest.mark.jvm)],
    indirect=["installation"],
)
def test_kills_leave_no_trace(seed: int, installation: Installation) -> None:
    parts = installation.parts
    arrivals = list(World(WORLD, seed).arrivals(parts.door))
    prepare(parts, arrivals)
    folder = parts.settings.var
    with running(STREAMS, folder / "logs", {"RINGWATCH_VAR": str(folder), **ENVIRONMENT}) as live:
        activate(parts, live, review_large(parts, LARGE).id)
        sent = Sent()
        rng = random.Random(seed)  # noqa: S311 - of moments, not of secrets
        kill_on_the_way(installation, live, sent.watch(arrivals), -(-len(arrivals) // (len(ROUNDS) + 1)), rng)
        outcome = settle(parts, live, sent, tend=installation.stack.tend)
    replayed = [
        int(n) for n in re.findall(r"(\d+) inputs replayed", (folder / "logs" / "score.log").read_text())
    ]
    print(f"inputs replayed by each recovery of the scorer: {replayed}")
    for name, figures in outcome.figures().items():
        print(f"{name:>14}  {figures}")
    assert not outcome.faults
    assert sent.to_decide >= 2_500
    assert sum(replayed)
    same_messages(parts)
    same_graph(parts)


def prepare(parts: Wiring, arrivals: Sequence[Arrival]) -> None:
    """Graph features to be served, and a first checkpoint, from which on the journal is kept."""
    fold = EdgeFold()
    past = [a.message for a in arrivals[: int(PAST * len(arrivals))]]
    inputs = [event for event in past if isinstance(event, Transaction | AccountEvent)]
    for event, key in zip(inputs, address_keys(parts.local_addresses, inputs).keys, strict=True):
        fold.add(event, key)
    publish(compute(fold.table(), inputs[-1].time), parts.cache, parts.blobs, now_ms=parts.clock.now_ms())
    seed_scorer(parts.backfill(communities_every_ms=DAY), parts.state_folder, parts.log, COLD, parts.clock)


def kill_on_the_way(
    installation: Installation, live: Parts, arrivals: Iterator[Arrival], piece: int, rng: random.Random
) -> None:
    """Kill somebody at work, send the next piece meanwhile, and kill again while that is caught up with."""
    with Sender(installation.parts.log, batch=1_000_000) as sender:
        for victims in (*ROUNDS, ()):
            for arrival in islice(arrivals, piece):
                sender.send(arrival)
            until(installation, live, lambda: flushed(sender))
            until(installation, live, lambda: all(live.ready(name) for name in STREAMS))
            time.sleep(rng.uniform(0.0, 0.25))
            for name in victims:
                if name in STREAMS:
                    live.kill(name)
                else:
                    until(installation, live, installation.whole)
                    installation.kill(name)
            live.launch(*(name for name in victims if name in STREAMS))


def until(installation: Installation, live: Parts, done: Callable[[], bool]) -> None:
    """Wait, with the services looked after; no part may end by itself meanwhile."""
    deadline = time.monotonic() + 180
    while not done():
        installation.stack.tend()
        assert not live.ended()
        assert time.monotonic() < deadline, "nothing moves any more"
        time.sleep(0.02)


def flushed(sender: Sender) -> bool:
    try:
        sender.flush()
    except UnavailableError:
        return False
    return True


def same_messages(parts: Wiring) -> None:
    """Decisions, alerts and vectors are, byte for byte, those of one fold from first to last without any of it."""
    fold, decider = Fold(parts.catalogue), Decider(parts.catalogue, sample=1.0)
    entries = list(DiskJournal(FolderFiles(parts.state_folder / "journal"), repair=False).entries(0, {}))
    wanted: dict[str, bytes] = {}
    with closing(Refetch(parts.log, starts(parts.log, [topic.name for topic in INPUTS], {}))) as inputs:
        for entry in entries:
            events = inputs.events(entry)
            if not events:  # a command was obeyed
                continue
            addresses = journalled_keys(entry, events, parts.local_addresses)
            served = fold.fold(events, addresses, parts.graph_features)
            decisions = decider.decide(served, parts.load_scorer(entry.release), entry.clock_ms)
            wanted |= {name: it.value for name, it in decider.outgoing(served, decisions)}
    found: dict[str, bytes] = {}
    for topic in (topics.DECISIONS, topics.ALERTS, topics.FEATURES):
        for value in values(parts, topic):
            message = codec.decode(value)
            assert isinstance(message, Decision | Alert | FeatureVector)
            about = message.decision if isinstance(message, FeatureVector) else message.id
            name = sent_name(topic.name, about)
            assert name not in found, "sent twice"
            found[name] = value
    print(f"{len(found)} messages in {len(entries)} batches")
    assert found.keys() == wanted.keys()
    assert [name for name in found if found[name] != wanted[name]] == []


def same_graph(parts: Wiring) -> None:
    """What the database holds is what one fold over the same events holds."""
    events: dict[tuple[str, str], Input] = {}
    for topic in (topics.TRANSACTIONS, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED):
        for value in values(parts, topic):
            event = codec.decode(value)
            assert isinstance(event, Transaction | AccountEvent | JoinedLabel)
            events.setdefault(identity(event), event)
    inputs = list(events.values())
    fold = EdgeFold()
    for event, key in zip(inputs, address_keys(parts.local_addresses, inputs).keys, strict=True):
        fold.add(event, key)
    found, wanted = parts.graph.read_edges(), fold.table()
    print(f"{len(found.tokens)} entities")
    assert found.tokens == wanted.tokens
    for name in EdgeTable.__dataclass_fields__:
        if name != "tokens":
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)


def values(parts: Wiring, topic: topics.Topic) -> list[bytes]:
    found: list[bytes] = []
    read_topic(parts.log, topic.name, found.append)
    return found
