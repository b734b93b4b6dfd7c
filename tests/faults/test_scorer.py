"""The scorer on real Kafka, killed at a hundred moments, and put to sleep while another takes over."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import uuid4

import msgspec
import numpy as np
import pytest

from events import codec, topics
from events.arrival import Arrival
from events.entities import partition_key
from events.types import Decision, Label, Transaction
from ringwatch.sending import Sender
from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring
from scoring import COLD
from simulator import World, preset
from streaming.decide import Decider, sent_name
from streaming.disk_journal import DiskJournal
from streaming.files import FolderFiles
from streaming.fold import Fold
from streaming.join_labels import Joinable, join, joinable
from streaming.journal import Entry
from streaming.log.port import Outgoing
from streaming.recovery import input_starts, restore
from streaming.replay import SENT, Refetch
from streaming.seed import seed_scorer
from streaming.topic_journal import TopicReader
from tests.support.journalled import journalled_keys
from tests.support.nursery import Nursery

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_500)]

KILLS = int(os.environ.get("KILLS", "100"))
WORLD = preset("small").change(customers=700, days=45)  # 50 arrivals a kill
FED = (topics.TRANSACTIONS.name, topics.OUTCOMES.name, topics.ACCOUNT_EVENTS.name, topics.LABELS.name)


@dataclass(frozen=True)
class Installation:
    """One Kafka namespace with a scorer's folder, and what will be sent."""

    parts: Wiring
    nursery: Nursery
    folder: Path
    arrivals: Sequence[Arrival]

    def start(self, name: str = "score") -> int:
        return self.nursery.start(self.folder / f"{name}.log")

    def said(self, name: str = "score") -> str:
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def decided(self) -> int:
        return len(self.sent(topics.DECISIONS.name))

    def sent(self, *names: str) -> dict[str, bytes]:
        """What readers see, by name; nothing may be there twice."""
        found: dict[str, bytes] = {}
        begins = {source: at for name in names or SENT for source, at in self.parts.log.begin(name).items()}
        ends = {source: at for name in names or SENT for source, at in self.parts.log.end(name).items()}
        with closing(self.parts.log.open_reader(begins)) as reader:
            while any(reader.positions()[source] < end for source, end in ends.items()):
                for record in reader.poll(10_000, 0.1):
                    head = msgspec.json.decode(record.value, type=_Head)
                    name = sent_name(record.topic, head.id or head.decision)
                    assert name not in found, "sent twice"
                    found[name] = record.value
        return found


class Feed:
    """Sends arrivals, labels as the joiner would."""

    def __init__(self, parts: Wiring) -> None:
        self._sender = Sender(parts.log)
        self._addresses = parts.local_addresses
        self._joiner = parts.log.open_producer("feed", [topics.LABELS_JOINED.name])
        self._known: dict[str, Joinable] = {}
        self._labels: list[Outgoing] = []
        self.labels = 0

    def send(self, arrivals: Iterable[Arrival]) -> None:
        """Send them and wait for the log."""
        for arrival in arrivals:
            message = arrival.message
            if isinstance(message, Label):
                joined = join(message, self._known.get(message.subject.id))
                key = partition_key(joined.entities, message.id)
                self._labels.append(Outgoing(topics.LABELS_JOINED.name, key, codec.encode(joined)))
                continue
            if isinstance(message, Transaction):
                self._known[message.id] = joinable(message, self._addresses)
            self._sender.send(arrival)
        self._sender.flush()
        self._joiner.send(self._labels)
        self.labels += len(self._labels)
        self._labels.clear()

    def close(self) -> None:
        self._sender.flush()
        self._joiner.close()


class _Head(msgspec.Struct):
    id: str = ""
    decision: str = ""


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, kafka_bootstrap: str, redis_url: str, tmp_path: Path
) -> Iterator[Installation]:
    journal = request.param
    environment = {
        "RINGWATCH_VAR": str(tmp_path),
        "RINGWATCH_LOG__URL": f"kafka://{kafka_bootstrap}?namespace={uuid4().hex[:8]}",
        "RINGWATCH_LOG__PARTITIONS": "3",
        "RINGWATCH_CACHE__URL": redis_url,
        "RINGWATCH_BROKER__URL": redis_url,
        "RINGWATCH_SCORE__JOURNAL": journal,
        "RINGWATCH_SCORE__LEASE_MS": "1000",
        "RINGWATCH_SCORE__BATCH": "16",
        "RINGWATCH_SCORE__CHECKPOINT_EVENTS": "150",
        "RINGWATCH_SCORE__KEEP_CHECKPOINTS": "100000",  # so that the journal stays whole from the first event
        "RINGWATCH_SCORE__FEATURE_SAMPLE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        parts = Wiring(load_settings())
        arrivals = [a for a in World(WORLD, 3).arrivals(parts.door) if a.topic in FED]
        if journal == "disk":
            history = parts.backfill(communities_every_ms=0)
            seed_scorer(history, parts.state_folder, parts.log, COLD, parts.clock, parts.state_store)
        else:
            assert parts.log.partitions(topics.SCORE_JOURNAL.name) == 1
        with Nursery(environment) as nursery:
            yield Installation(parts, nursery, tmp_path, arrivals)
        parts.close()


def wanted_of(arrivals: Sequence[Arrival]) -> int:
    return sum(isinstance(a.message, Transaction) and a.message.kind == "authorisation" for a in arrivals)


def recoveries(installation: Installation) -> int:
    said = installation.said()
    return said.count("score: from seq") + said.count("score: leads from")


def recovered(installation: Installation, before: int) -> bool:
    return recoveries(installation) > before


def until(done: Callable[[], bool], installation: Installation, name: str = "score") -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline, installation.said(name)[-3_000:]
        time.sleep(0.02)


def wait(installation: Installation, decided: int, pids: Sequence[int] = ()) -> None:
    deadline = time.monotonic() + 120
    while installation.decided() < decided:
        for pid in pids:
            os.kill(pid, 0)
        assert time.monotonic() < deadline, installation.said()[-3_000:]
        time.sleep(0.2)


@pytest.mark.parametrize("installation", ["disk", "topic"], indirect=True)
def test_a_hundred_kills_leave_no_trace(installation: Installation) -> None:
    rng, sent = random.Random(7), installation.arrivals[: KILLS * 50]  # noqa: S311 - of moments
    assert len(sent) == KILLS * 50
    arrivals = iter(sent)
    with closing(Feed(installation.parts)) as feed:
        for number in range(KILLS):
            before = recoveries(installation)
            pid = installation.start()
            if number % 2:  # killed at work; else while it starts and recovers
                until(partial(recovered, installation, before), installation)
            for piece in (20, 20, 10):
                feed.send(islice(arrivals, piece))
                time.sleep(rng.uniform(0.0, 0.3))
            time.sleep(0.0 if number % 2 else rng.uniform(0.0, 1.5))
            os.kill(pid, signal.SIGKILL)
            assert installation.nursery.ended(pid) == -signal.SIGKILL, installation.said()[-3_000:]
    pid = installation.start("last")
    until(
        lambda: "score: running" in (said := installation.said("last")) and "from seq" in said,
        installation,
        "last",
    )
    wait(installation, wanted_of(sent))
    os.kill(pid, signal.SIGTERM)
    assert installation.nursery.ended(pid) == 0, installation.said("last")[-3_000:]
    print(f"{len(sent)} inputs, {feed.labels} of them labels")
    print(f"{KILLS} kills, {recoveries(installation)} recoveries came to an end")
    same_as_undisturbed(installation, len(sent))


@pytest.mark.parametrize("installation", ["topic"], indirect=True)
@pytest.mark.parametrize("seed", range(3))
def test_who_slept_through_a_take_over_changes_nothing(installation: Installation, seed: int) -> None:
    rng, arrivals = random.Random(seed), list(installation.arrivals[:900])  # noqa: S311 - of moments
    first = installation.start("first")
    until(lambda: "leads from" in installation.said("first"), installation, "first")
    second = installation.start("second")
    with closing(Feed(installation.parts)) as feed:
        feed.send(arrivals[:600])
        time.sleep(rng.uniform(0.1, 1.5))
        os.kill(first, signal.SIGSTOP)
        stopped = time.monotonic()
        feed.send(arrivals[600:])
        wait(installation, wanted_of(arrivals), (second,))
    print(f"decided all {time.monotonic() - stopped:.1f} s after the leader fell asleep, lease 1 s")
    before = installation.sent()
    os.kill(first, signal.SIGCONT)
    assert installation.nursery.ended(first) == 1
    said = installation.said("first")
    print(said[-500:])
    assert "Traceback" not in said
    assert "error" in said
    assert installation.sent() == before
    os.kill(second, signal.SIGTERM)
    assert installation.nursery.ended(second) == 0, installation.said("second")
    same_as_undisturbed(installation, len(arrivals))


def same_as_undisturbed(installation: Installation, inputs: int) -> None:
    """Messages and state are, bit for bit, those of one fold over the same journal."""
    parts = installation.parts
    fold, decider = Fold(parts.catalogue), Decider(parts.catalogue, sample=1.0)
    wanted: dict[str, bytes] = {}
    entries = journal(parts)
    with closing(Refetch(parts.log, input_starts(parts.log, {}))) as refetch:
        for entry in entries:
            events = refetch.events(entry)
            if not events:
                continue
            addresses = journalled_keys(entry, events, parts.local_addresses)
            served = fold.fold(events, addresses, parts.graph_features)
            decisions = decider.decide(served, parts.load_scorer(entry.release), entry.clock_ms)
            wanted |= {name: it.value for name, it in decider.outgoing(served, decisions)}
    batches = [part.batch for part in fold.tail.take()]
    found = installation.sent()
    assert fold.next_seq == inputs
    assert found.keys() == wanted.keys()
    assert [name for name in found if found[name] != wanted[name]] == []
    seqs = sorted(codec.decode(v, Decision).seq for n, v in found.items() if n.startswith("decisions:"))
    assert len(set(seqs)) == len(seqs)
    held, working = restore(parts.score_parts(), parts.score_settings())
    assert held is not None
    assert held.settled
    assert working.fold.next_seq == inputs
    assert working.fold.marks() == fold.marks()
    for batch in batches[-40:]:
        one, other = working.fold._engine.update_and_read(batch), fold._engine.update_and_read(batch)
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    print(f"{len(found)} messages in {len(entries)} batches, {len(held.segments)} segments")


def journal(parts: Wiring) -> list[Entry]:
    """The whole of it."""
    if parts.settings.score.journal == "topic":
        return list(TopicReader(parts.log).entries(0, {}))
    return list(DiskJournal(FolderFiles(parts.state_folder / "journal"), repair=False).entries(0, {}))
