"""A card nobody has seen gets its ring's features on its first payment: by the ring's device, or by its drop.

Everything real: the world's past goes through the graph writer into the database, the Celery task's function finds the
communities and publishes them to Redis, and the scorer decides payments from the Redis log.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from events import codec, topics
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import FeatureVector, Label, Status, Transaction
from features.catalogue import Catalogue, default_catalogue
from graph.driver import GraphStore
from graph.lookup import GraphFeatureReader
from graph.writer import GraphWriter, Sourced
from nlp import KeyCache, load_parser
from ringwatch.services.endpoints import GraphEndpoint
from scoring import Costs, Scorer, columns_of
from simulator import Ring, World, preset
from storage import FolderBlobs, RedisKeyValue, SystemClock
from storage.metrics import Metrics
from streaming.addresses import address_keys
from streaming.join_labels import Joinable, join, joinable
from streaming.log.open import open_log
from streaming.log.port import Outgoing
from streaming.score import ScoreParts, ScoreSettings, ScoreTransactions
from workers import WorkerParts, WorkerSettings
from workers.parts import Clients
from workers.tasks import refresh

DAY_MS = 86_400_000
# Rings that share what they have; mules' own households would stand in the same community.
CARELESS = {"opsec": 0.05, "opsec_spread": 0.0, "locker_share": 0.0, "kiosk_share": 0.0, "mule_share": 0.0}


@dataclass
class Installation:
    """The parts after the world's past has been written and its communities published."""

    world: World
    door: Door
    catalogue: Catalogue
    scorer: ScoreTransactions
    send: "Sender"
    told: frozenset[str]  # payments that were known as fraud by then

    def first_payment(self, name: str, **fields: object) -> tuple[dict[str, float], dict[str, Status]]:
        """Features and statuses that a payment by a new card was decided on."""
        raw: dict[str, object] = {
            "id": f"first-{name}",
            "time": self.world.spec.end_ms + DAY_MS,
            "amount": "25.00",
            "currency": "USD",
            "channel": "ecommerce",
            "card": f"a-card-nobody-has-seen-{name}",
            "account": f"an-account-nobody-has-seen-{name}",
        }
        vector = self.send(self.door.transaction(raw | fields))
        values = np.frombuffer(vector.values, "<f4")
        names = self.catalogue.names
        return dict(zip(names, values.tolist(), strict=True)), {
            column: Status(code) for column, code in zip(names, vector.status, strict=True)
        }


class Sender:
    """Sends a payment and waits for the row it was decided on."""

    def __init__(self, parts: ScoreParts, scorer: ScoreTransactions) -> None:
        self._log = parts.log
        self._scorer = scorer

    def __call__(self, transaction: Transaction) -> FeatureVector:
        reader = self._log.open_reader(self._log.end(topics.FEATURES.name))
        producer = self._log.open_producer("test", [topics.TRANSACTIONS.name])
        producer.send([Outgoing(topics.TRANSACTIONS.name, b"new", codec.encode(transaction))])
        for _ in range(500):
            self._scorer.step()
            for record in reader.poll(10, 0.0):
                vector = codec.decode(record.value, FeatureVector)
                if vector.transaction == transaction.id:
                    return vector
        raise AssertionError("no decision came")


def write_past(world: World, door: Door, store: GraphStore, addresses: KeyCache) -> frozenset[str]:
    """The world's past, as the graph writer takes it off the log; the payments that are known as fraud in it."""
    store.ensure_schema()
    writer = GraphWriter(store, "past")
    known: dict[str, Joinable] = {}
    told: set[str] = set()
    batch: list[Sourced] = []
    for offset, arrival in enumerate(world.arrivals(door)):
        message = arrival.message
        if arrival.time >= world.spec.end_ms:
            break
        event = join(message, known.get(message.subject.id)) if isinstance(message, Label) else message
        if isinstance(message, Label) and message.is_fraud:
            told.add(message.subject.id)
        if isinstance(message, Transaction):
            known[message.id] = joinable(message, addresses)
        key = address_keys(addresses, [event]).keys[0]
        batch.append(Sourced("past", 0, offset, event, key))
        if len(batch) == 2_000:
            writer.apply(batch)
            batch = []
    writer.apply(batch)
    return frozenset(told)


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, arcadedb: GraphEndpoint
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("first-payment")
    clock = SystemClock()
    world = World(preset("small").change(rings=CARELESS), 11)
    door = Door(Tokeniser({1: b"k" * 32}, 1), default_rates())
    addresses = KeyCache(load_parser())
    catalogue = default_catalogue()
    store = GraphStore.open(arcadedb.url, arcadedb.user, arcadedb.password, arcadedb.dialect)
    told = write_past(world, door, store, addresses)
    kv = RedisKeyValue(redis_url)
    blobs = FolderBlobs(folder / "blobs")
    parts = WorkerParts(
        graph=lambda: store,
        cache=lambda: kv,
        leases=lambda: kv,
        blobs=lambda: blobs,
        addresses=lambda: addresses,
        catalogue=lambda: catalogue,
        costs=Costs(),
        clock=clock,
        settings=WorkerSettings(broker_url=redis_url),
    )
    assert refresh(Clients(parts))["result"] == "published"
    log = open_log(f"{redis_url}?namespace=first-payment")
    log.ensure_topics(topics.ALL, 2)
    score_parts = ScoreParts(
        log=log,
        catalogue=catalogue,
        addresses=addresses,
        graph=GraphFeatureReader(kv, clock),
        load_scorer=lambda release: Scorer.cold(columns_of(catalogue), release=release),
        clock=clock,
        metrics=Metrics(),
        folder=folder / "score",
    )
    scorer = ScoreTransactions(score_parts, ScoreSettings(linger_s=0.01, sample=1.0))
    scorer.recover()
    yield Installation(world, door, catalogue, scorer, Sender(score_parts, scorer), told)
    scorer.close()
    log.close()
    store.close()


def hidden_ring(installation: Installation) -> Ring:
    """The ring of the truth of whose payments most are known as fraud."""
    told = installation.told
    return max(
        installation.world.truth.rings, key=lambda ring: (len(told.intersection(ring.transactions)), ring.id)
    )


def test_a_new_card_on_the_rings_devices(installation: Installation) -> None:
    """Each is known with its cards; the ring's score stands where frauds on it have been reported."""
    ring, scores = hidden_ring(installation), []
    for number, device in enumerate(ring.devices):
        values, status = installation.first_payment(f"device-{number}", device=device)
        print({name: values[name] for name in values if name.startswith("graph.device.")})
        assert status["graph.device.ring_score"] is Status.FRESH
        assert values["graph.device.linked_cards"] >= 2
        assert values["graph.max.ring_score"] == values["graph.device.ring_score"]
        assert status["graph.card.ring_score"] is Status.ABSENT
        scores.append(values["graph.device.ring_score"])
    assert max(scores) >= 0.5


def test_a_new_card_at_most_spellings_of_the_drop(installation: Installation) -> None:
    ring = hidden_ring(installation)
    drop = max(ring.drops, key=len)
    texts = list(dict.fromkeys(text.text for text in drop))
    assert len(texts) > 1, "a drop is written in several ways"
    scores = []
    for number, text in enumerate(texts):
        values, _ = installation.first_payment(f"drop-{number}", shipping_address=text)
        print(f"{values['graph.address.ring_score']:.2f}  {text}")
        scores.append(values["graph.address.ring_score"])
    assert sum(score >= 0.5 for score in scores) >= 0.7 * len(
        scores
    )  # the others say too little, or have a typo


def test_a_new_card_anywhere_else_gets_none_of_it(installation: Installation) -> None:
    values, _ = installation.first_payment("stranger", device="a-device-nobody-has-seen")
    assert np.isnan(values["graph.max.ring_score"])
