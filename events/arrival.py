"""A message and the moment it reaches us: what histories, simulated worlds and back-fills are made of."""

from dataclasses import dataclass

from events.types import AccountEvent, Label, Transaction, TransactionOutcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """`time` (epoch ms) is when the message becomes known: event time for payments, `known_at` for labels.

    A source yields arrivals in order of (time, topic, message id), so that two runs replay the same history.
    """

    time: int
    topic: str
    message: Transaction | TransactionOutcome | AccountEvent | Label
