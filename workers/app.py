"""The Celery application: what runs, how long it may, and when."""

from typing import Any

from celery import Celery

from workers import tasks
from workers.parts import Clients, WorkerParts, WorkerSettings

REFRESH = "communities.refresh"
PUBLISH = "features.publish"
TRAIN = "model.train"


def make_app(parts: WorkerParts) -> Celery:
    """The application over `parts`. Building it connects to nothing.

    A task is acknowledged when it has ended, so the task of a killed worker runs again; all are idempotent and hold
    a lease, so that two of them never publish against each other.
    """
    settings = parts.settings
    longest = max(settings.refresh_limit_s, settings.publish_limit_s, settings.train_limit_s)
    app = Celery("ringwatch", broker=settings.broker_url, backend=settings.broker_url)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="ringwatch",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": longest * 2},
        result_expires=86_400,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        beat_schedule=_schedule(settings),
    )
    clients = Clients(parts)

    @app.task(name=REFRESH, time_limit=settings.refresh_limit_s)
    def refresh() -> dict[str, Any]:
        return tasks.refresh(clients)

    @app.task(name=PUBLISH, time_limit=settings.publish_limit_s)
    def publish(version: str = "") -> dict[str, Any]:
        return tasks.publish(clients, version)

    @app.task(name=TRAIN, time_limit=settings.train_limit_s)
    def train(until_ms: int, label_delay_ms: int, actor: str, reason: str) -> dict[str, Any]:
        return tasks.train(clients, until_ms, label_delay_ms, actor=actor, reason=reason)

    return app


def _schedule(settings: WorkerSettings) -> dict[str, dict[str, Any]]:
    return {
        REFRESH: {
            "task": REFRESH,
            "schedule": settings.communities_every_s,
            # A beat that was away sends one task, not a backlog of them.
            "options": {"expires": settings.communities_every_s},
        }
    }
