"""The Celery application: limits, acknowledgement, schedule, and what a task does that can't go ahead."""

import os
from collections.abc import Callable
from typing import Any, NoReturn

from celery import Celery

from events.errors import UnavailableError
from scoring import Costs
from storage import Lease, ManualClock, MemoryKeyValue
from workers import PUBLISH, REFRESH, TRAIN, WorkerParts, WorkerSettings, make_app
from workers.app import ADDRESS_REKEY, ADDRESS_TRAIN, NLP_QUEUE
from workers.tasks.communities import ROLE

SETTINGS = WorkerSettings("redis://:hidden@127.0.0.1:1/0")


def unused() -> NoReturn:
    raise AssertionError(f"built a client in process {os.getpid()}, before any task runs")


def app_with(**factories: Callable[[], Any]) -> Celery:
    clock = ManualClock(1_000_000)
    names = ("graph", "cache", "leases", "blobs", "addresses", "catalogue")
    every: dict[str, Any] = dict.fromkeys(names, unused) | factories
    return make_app(WorkerParts(**every, costs=Costs(), clock=clock, settings=SETTINGS))


def test_an_application_connects_to_nothing_and_builds_no_client() -> None:
    app = app_with()
    assert {name for name in app.tasks if not name.startswith("celery.")} == {
        REFRESH, PUBLISH, TRAIN, ADDRESS_TRAIN, ADDRESS_REKEY,
    }  # fmt: skip
    assert {
        name: app.conf.task_routes[name]["queue"] for name in (ADDRESS_TRAIN, ADDRESS_REKEY)
    } == dict.fromkeys((ADDRESS_TRAIN, ADDRESS_REKEY), NLP_QUEUE)


def test_the_broker_hands_a_task_out_again_only_after_the_longest_hard_limit() -> None:
    app = app_with()
    hard = [app.tasks[name].time_limit for name in (REFRESH, PUBLISH, TRAIN)]
    assert app.conf.broker_transport_options["visibility_timeout"] > 2 * max(hard)
    for name in (REFRESH, PUBLISH, TRAIN):
        task = app.tasks[name]
        assert 0 < task.soft_time_limit < task.time_limit
        assert task.acks_late
        assert task.reject_on_worker_lost
        assert task.retry_on_worker_lost
        assert task.default_retry_delay > SETTINGS.lease_s, "the lease of a killed process has ended by then"


def test_the_schedule_names_tasks_and_leaves_no_backlog() -> None:
    app = app_with()
    schedule = app.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} == {REFRESH, PUBLISH}
    for entry in schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] == entry["schedule"]
    assert schedule[REFRESH]["schedule"] == SETTINGS.communities_every_s


def test_a_role_that_stays_taken_is_skipped_after_the_waits() -> None:
    clock = ManualClock(1_000_000)
    leases = MemoryKeyValue(clock)
    assert Lease(leases, ROLE, 30_000, clock).acquire() is not None
    asked: list[int] = []

    def taken() -> MemoryKeyValue:
        asked.append(1)
        return leases

    found = app_with(leases=taken).tasks[REFRESH].apply()
    assert found.successful()
    assert found.result == {"result": "skipped", "why": "another worker holds graph features"}


def test_a_role_whose_holder_was_killed_is_entered_at_the_next_try() -> None:
    clock = ManualClock(1_000_000)
    leases, cache = MemoryKeyValue(clock), MemoryKeyValue(clock)
    assert Lease(leases, ROLE, 30_000, clock).acquire() is not None

    class Empty:
        def read_edges(self) -> Any:
            class Table:
                tokens = ()

            return Table()

    app = app_with(leases=lambda: leases, cache=lambda: cache, graph=Empty)
    waited: list[float] = []
    task = app.tasks[REFRESH]
    plain = task.retry

    def retry(**named: Any) -> Any:
        waited.append(task.default_retry_delay)
        clock.sleep(task.default_retry_delay)
        return plain(**named)

    task.retry = retry
    assert task.apply().result == {"result": "unchanged", "why": "the graph is empty"}
    assert waited == [SETTINGS.lease_s + 1]


def test_a_service_that_is_away_is_tried_again_and_then_the_task_fails() -> None:
    tries: list[int] = []

    class Away:
        def __getattr__(self, name: str) -> NoReturn:
            tries.append(1)
            raise UnavailableError(f"{name}: away")

    found = app_with(leases=Away).tasks[REFRESH].apply()
    assert isinstance(found.result, UnavailableError)
    assert len(tries) == 3


def test_two_applications_do_not_share_their_tasks() -> None:
    one, other = app_with(), app_with()
    assert one.tasks[REFRESH] is not other.tasks[REFRESH]


def test_no_secret_is_in_what_the_worker_prints_at_its_start() -> None:
    app = app_with()
    assert "hidden" not in app.connection_for_write().as_uri()
    assert "hidden" not in repr(app)
