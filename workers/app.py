"""The Celery application: what runs, how long it may, and when."""

from collections.abc import Callable
from typing import Any

from celery import Celery, Task

from events.errors import UnavailableError
from workers import tasks
from workers.parts import Clients, WorkerParts, WorkerSettings
from workers.turns import TakenError

REFRESH = "communities.refresh"
PUBLISH = "features.publish"
TRAIN = "model.train"
ADDRESS_TRAIN = "address.train"
ADDRESS_REKEY = "address.rekey"
QUEUE, NLP_QUEUE = "ringwatch", "nlp"

WAITS = 2
"""How often a task is tried again. Whoever holds a lease through both waits renews it, so it lives."""


def make_app(parts: WorkerParts) -> Celery:
    """The application over `parts`. Building it connects to nothing.

    A task is acknowledged when it has ended, so that of a killed worker runs again: after `lease_s` where only its
    process was killed, after `visibility_s` where the whole worker was. All are idempotent, and a lease a role
    keeps two of them from working against each other.
    """
    settings = parts.settings
    app = Celery("ringwatch", broker=settings.broker_url, backend=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        # A task that kills its process (memory) fails after `WAITS` more tries instead of going round for ever.
        task_retry_on_worker_lost=True,
        task_reject_on_worker_lost=True,
        task_default_queue=QUEUE,
        # Of their own, so that a machine with time to spare can be given them, and no other is kept busy for an hour.
        task_routes={name: {"queue": NLP_QUEUE} for name in (ADDRESS_TRAIN, ADDRESS_REKEY)},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": settings.visibility_s},
        result_expires=86_400,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        beat_schedule=_schedule(settings),
    )
    clients = Clients(parts)
    wait_s = settings.lease_s + 1

    def options(limit_s: int, waits: int = WAITS) -> dict[str, Any]:
        return {
            "bind": True,
            "shared": False,  # else every other application in this process would get this one's tasks
            "time_limit": limit_s,
            "soft_time_limit": limit_s * 0.9,
            "default_retry_delay": wait_s,
            "max_retries": waits,
        }

    @app.task(name=REFRESH, **options(settings.refresh_limit_s))
    def refresh(self: Task) -> dict[str, Any]:
        return _patiently(self, lambda: tasks.refresh(clients))

    @app.task(name=PUBLISH, **options(settings.publish_limit_s))
    def publish(self: Task, version: str = "") -> dict[str, Any]:
        return _patiently(self, lambda: tasks.publish(clients, version))

    # One training at a time, but each that was asked for gets its turn.
    @app.task(name=TRAIN, **options(settings.train_limit_s, WAITS + settings.train_limit_s // wait_s))
    def train(self: Task, until_ms: int, label_delay_ms: int, actor: str, reason: str) -> dict[str, Any]:
        return _patiently(
            self, lambda: tasks.train(clients, until_ms, label_delay_ms, actor=actor, reason=reason)
        )

    _add_address_tasks(app, clients, options(settings.address_limit_s))
    return app


def _add_address_tasks(app: Celery, clients: Clients, options: dict[str, Any]) -> None:
    @app.task(name=ADDRESS_TRAIN, **options)
    def address_train(self: Task, seed: int, base: int, public: str = "") -> dict[str, Any]:
        return _patiently(self, lambda: tasks.train_addresses(clients, seed=seed, base=base, public=public))

    @app.task(name=ADDRESS_REKEY, **options)
    def address_rekey(self: Task, plan: str) -> dict[str, Any]:
        return _patiently(self, lambda: tasks.rekey(clients, plan))


def _patiently(task: Task, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Try again later where the role is taken or a service does not answer; `skipped` where it stays taken."""
    try:
        return work()
    except TakenError as error:
        if task.request.retries >= task.max_retries:
            return {"result": "skipped", "why": str(error)}
        raise task.retry(exc=error) from None
    except UnavailableError as error:
        raise task.retry(exc=error) from error


def _schedule(settings: WorkerSettings) -> dict[str, dict[str, Any]]:
    """A beat that was away sends one task of a kind, not a backlog; what no worker took in time expires."""
    return {
        name: {"task": name, "schedule": every, "options": {"expires": every, "ignore_result": True}}
        for name, every in ((REFRESH, settings.communities_every_s), (PUBLISH, settings.look_every_s))
    }
