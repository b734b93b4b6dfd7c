"""Whether a graph database is ready for the official driver."""

import socket
from urllib.parse import urlsplit

from ringwatch.services.endpoints import GraphEndpoint

_TIMEOUT_S = 3.0


def probe_bolt(endpoint: GraphEndpoint) -> str | None:
    """None once a query is answered under the endpoint's own secret, else the reason why not."""
    address = urlsplit(endpoint.url)
    try:  # cheap while nobody listens, and the driver's own retries and log lines are kept out of it
        socket.create_connection((address.hostname, address.port or 0), timeout=_TIMEOUT_S).close()
    except OSError as error:
        return str(error)
    # The driver takes a third of a second to import.
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        with (
            GraphDatabase.driver(
                endpoint.url,
                auth=(endpoint.user, endpoint.password),
                connection_timeout=_TIMEOUT_S,
                connection_acquisition_timeout=_TIMEOUT_S,
            ) as driver,
            driver.session() as session,
        ):
            session.run("RETURN 1 AS one").consume()
    except (DriverError, Neo4jError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None
