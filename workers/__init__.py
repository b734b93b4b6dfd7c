"""Scheduled jobs: the Celery application over parts that are given to it."""

from workers.app import PUBLISH, REFRESH, TRAIN, make_app
from workers.parts import WorkerParts, WorkerSettings

__all__ = ["PUBLISH", "REFRESH", "TRAIN", "WorkerParts", "WorkerSettings", "make_app"]
