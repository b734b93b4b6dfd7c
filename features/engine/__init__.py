"""The velocity engine's compiled parts; `features.velocity.VelocityEngine` is the door."""
