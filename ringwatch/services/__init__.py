"""The services ringwatch needs, run locally: an embedded stack from wheels, or real Neo4j and Kafka from jars.

`start_stack` runs one as children of this process; `up`, `down` and `status` one that outlives the command.
"""

from ringwatch.services.detached import down, status, up
from ringwatch.services.endpoints import Endpoints, GraphDialect, GraphEndpoint
from ringwatch.services.jvm import jvm_missing
from ringwatch.services.kinds import RunningStack, StackKind, services_of, start_stack
from ringwatch.services.runner import ServiceStatus
from ringwatch.services.state import StackState

__all__ = [
    "Endpoints",
    "GraphDialect",
    "GraphEndpoint",
    "RunningStack",
    "ServiceStatus",
    "StackKind",
    "StackState",
    "down",
    "jvm_missing",
    "services_of",
    "start_stack",
    "status",
    "up",
]
