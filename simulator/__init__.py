"""A seeded world of customers, merchants and fraud rings, as a source of events with true labels."""

from simulator.spec import PRESETS, FraudType, WorldSpec, preset, read_spec
from simulator.submissions import Submission
from simulator.texts import Written
from simulator.truth import Fraud, LookAlike, Member, Ring, RingTokens, Truth
from simulator.world import World

__all__ = [
    "PRESETS", "Fraud", "FraudType", "LookAlike", "Member", "Ring", "RingTokens", "Submission", "Truth", "World",
    "WorldSpec", "Written", "preset", "read_spec",
]  # fmt: skip
