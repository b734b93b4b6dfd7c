"""The tasks, one file each: plain functions over `workers.parts.Clients`."""

from workers.tasks.address_rekey import rekey
from workers.tasks.address_training import train_addresses
from workers.tasks.communities import refresh
from workers.tasks.features import publish
from workers.tasks.model import train

__all__ = ["publish", "refresh", "rekey", "train", "train_addresses"]
