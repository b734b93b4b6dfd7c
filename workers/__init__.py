"""Scheduled jobs: the Celery application over parts that are given to it."""

from workers.app import PUBLISH, REFRESH, TRAIN, make_app
from workers.parts import Clients, WorkerParts, WorkerSettings
from workers.turns import TakenError

__all__ = [
    "PUBLISH",
    "REFRESH",
    "TRAIN",
    "Clients",
    "TakenError",
    "WorkerParts",
    "WorkerSettings",
    "make_app",
]
