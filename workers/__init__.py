"""Scheduled jobs: the Celery application over parts that are given to it."""

from workers.app import ADDRESS_REKEY, ADDRESS_TRAIN, NLP_QUEUE, PUBLISH, REFRESH, TRAIN, make_app
from workers.parts import Clients, WorkerParts, WorkerSettings
from workers.turns import TakenError

__all__ = [
    "ADDRESS_REKEY",
    "ADDRESS_TRAIN",
    "NLP_QUEUE",
    "PUBLISH",
    "REFRESH",
    "TRAIN",
    "Clients",
    "TakenError",
    "WorkerParts",
    "WorkerSettings",
    "make_app",
]
