"""A seeded world of customers, merchants and fraud rings, as a source of events with true labels."""

from simulator.spec import PRESETS, WorldSpec, preset
from simulator.submissions import Submission
from simulator.truth import Fraud, FraudType, LookAlike, Member, Ring, RingTokens, Truth
from simulator.world import World

__all__ = [
    "PRESETS", "Fraud", "FraudType", "LookAlike", "Member", "Ring", "RingTokens", "Submission", "Truth", "World",
    "WorldSpec", "preset",
]  # fmt: skip
