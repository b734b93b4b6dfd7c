"""`GET /v1/rings` and `GET /v1/entities/{token}/ring` over published graph features."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from console import ConsoleParts
from events.types import ENTITY_KINDS
from features.graph_columns import GRAPH_COLUMNS
from graph import GraphFeatures, Ring, publish
from graph.graph_features import make_features
from storage import FolderBlobs, MemoryKeyValue, SystemClock
from tests.support.console_world import Api, DeadKeyValue, make_parts

CUT = 1_767_225_600_000  # 2026-01-01T00:00Z
CARDS = tuple(f"card.1.{number:032x}" for number in range(5))
DEVICE = f"device.1.{7:032x}"


def ring(name: str, members: tuple[str, ...], score: float) -> Ring:
    return Ring(
        id=name,
        members=tuple(sorted(members)),
        customers=len(members) - 1,
        score=score,
        value=12_345,
        known_fraud=1,
        why="3 cards share a device",
    )


def features(*rings: Ring) -> GraphFeatures:
    tokens = tuple(sorted((*CARDS, DEVICE)))
    kinds = [ENTITY_KINDS.index("device" if token == DEVICE else "card") for token in tokens]
    return make_features(
        cut_ms=CUT,
        tokens=tokens,
        kinds=np.array(kinds, np.uint8),
        values=np.ones((len(tokens), len(GRAPH_COLUMNS)), np.float32),
        fraud=np.zeros(len(tokens), np.bool_),
        community=("",) * len(tokens),
        rings=rings,
        lineage=(),
    )


BIG = ring("co-1", (*CARDS[:3], DEVICE), 0.9)
SMALL = ring("co-2", CARDS[3:], 0.4)


@pytest.fixture
def parts(tmp_path: Path) -> ConsoleParts:
    return make_parts(FolderBlobs(tmp_path))


@pytest.fixture
def api(parts: ConsoleParts) -> Iterator[Api]:
    with Api(parts) as api:
        yield api


def test_rings_come_by_falling_score(api: Api, parts: ConsoleParts) -> None:
    made = features(BIG, SMALL)
    publish(made, parts.kv, parts.blobs, now_ms=CUT)
    answer = api.get("/v1/rings")
    assert answer.status_code == 200
    assert answer.json() == {
        "version": made.version,
        "cut": "2026-01-01T00:00:00.000Z",
        "total": 2,
        "rings": [
            {
                "id": "co-1",
                "score": 0.9,
                "customers": 3,
                "members": 4,
                "value": 12_345,
                "known_fraud": 1,
                "why": "3 cards share a device",
            },
            {
                "id": "co-2",
                "score": 0.4,
                "customers": 1,
                "members": 2,
                "value": 12_345,
                "known_fraud": 1,
                "why": "3 cards share a device",
            },
        ],
    }
    first = api.get("/v1/rings?limit=1").json()
    assert (first["total"], [it["id"] for it in first["rings"]]) == (2, ["co-1"])
    assert api.get("/v1/rings?min_score=0.5").json()["total"] == 1


def test_an_entity_leads_to_its_ring(api: Api, parts: ConsoleParts) -> None:
    publish(features(BIG), parts.kv, parts.blobs, now_ms=CUT)
    found = api.get(f"/v1/entities/{DEVICE}/ring").json()
    assert (found["id"], found["members"], found["tokens"]) == ("co-1", 4, list(BIG.members))
    alone = api.get(f"/v1/entities/{CARDS[4]}/ring")
    assert (alone.status_code, alone.json()["code"]) == (404, "not_found")


def test_a_new_version_shows_at_the_next_request(api: Api, parts: ConsoleParts) -> None:
    publish(features(BIG), parts.kv, parts.blobs, now_ms=CUT)
    before = api.get("/v1/rings").json()
    publish(features(SMALL), parts.kv, parts.blobs, now_ms=CUT + 1)
    after = api.get("/v1/rings").json()
    assert before["version"] != after["version"]
    assert [it["id"] for it in after["rings"]] == ["co-2"]


def test_before_the_first_version_there_is_nothing(api: Api) -> None:
    answer = api.get("/v1/rings")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_without_the_cache_the_newest_version_is_shown(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    publish(features(BIG), MemoryKeyValue(SystemClock()), blobs, now_ms=CUT)
    with Api(make_parts(blobs, kv=DeadKeyValue())) as api:
        assert api.get("/v1/rings").json()["total"] == 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/rings?limit=0", "limit"),
        ("/v1/rings?limit=many", "limit"),
        ("/v1/rings?min_score=2", "min_score"),
        ("/v1/entities/device:raw-id/ring", "token"),
    ],
)
def test_a_wrong_parameter_is_named(api: Api, path: str, field: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("invalid_field", field)
