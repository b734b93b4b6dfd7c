"""Payments through the running pipeline: real services, each part a process, the same counts at every station."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench._course import STREAMS, Sent, activate, review_large, settle
from ringwatch.demo.parts import running
from ringwatch.services import Endpoints, GraphEndpoint, start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from simulator import World, preset

LARGE = 30_000
WORLD = replace(preset("small"), customers=330, days=30)


def through(parts: Wiring, *, shared: bool = False) -> None:
    """A small world's whole life through processes of our own."""
    folder = parts.settings.var
    with running(
        STREAMS, folder / "logs", {"RINGWATCH_VAR": str(folder), "RINGWATCH_LAKE__WAIT_MS": "1000"}
    ) as live:
        activate(parts, live, review_large(parts, LARGE).id)
        sent = Sent()
        sent.send(parts.log, World(WORLD, 5).arrivals(parts.door))
        outcome = settle(parts, live, sent, shared=shared)
    for name, figures in outcome.figures().items():
        print(f"{name:>14}  {figures}")
    assert not outcome.faults
    assert len(outcome.log.authorised.ids) == sent.to_decide >= 1_400
    assert outcome.log.alerts.ids
    assert outcome.log.labels.ids


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Wiring]:
    found = Wiring(load_settings({"var": tmp_path}))
    yield found
    found.close()


def test_every_payment_is_everywhere_once_on_the_embedded_stack(parts: Wiring) -> None:
    with start_stack("embedded", parts.settings.var / STACK, progress=print):
        through(parts)


def test_every_payment_is_everywhere_once_on_kafka_and_neo4j(
    parts: Wiring, redis_url: str, kafka_bootstrap: str, neo4j: GraphEndpoint
) -> None:
    at = Endpoints(
        log_url=f"kafka://{kafka_bootstrap}?namespace=pipeline",
        cache_url=redis_url,
        broker_url=redis_url,
        graph_url=neo4j.url,
        graph_dialect=neo4j.dialect,
        graph_user=neo4j.user,
        graph_password=neo4j.password,
    )
    at_folder = parts.settings.var / STACK
    at_folder.mkdir()
    at.save(at_folder)
    through(parts, shared=True)
