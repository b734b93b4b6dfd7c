"""The one door to the graph database: Neo4j or ArcadeDB over Bolt, by the official driver."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from events.errors import SettingsError, UnavailableError
from graph.aliases import PLACE_INDEX, read_aliases
from graph.contract import contract
from graph.dialect import DIALECTS, Dialect
from graph.edges import EdgeTable
from graph.schema import LABELS, OTHER_LABELS, constraint
from graph.table_reader import read_table
from storage.clock import Clock, SystemClock

if TYPE_CHECKING:
    from neo4j import Driver, Session, Transaction
    from neo4j.exceptions import DriverError, Neo4jError

Row = tuple[Any, ...]
T = TypeVar("T")
CONNECT_TIMEOUT_S = 10.0
FETCH = 10_000


class Work:
    """One transaction. Statements are constants of ours; data travel as parameters only."""

    def __init__(self, transaction: "Transaction") -> None:
        self._transaction = transaction

    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """Run a statement and read all it returns."""
        result = self._transaction.run(statement, dict(parameters or {}))
        return [tuple(record.values()) for record in result]


class GraphStore:
    """A graph database. Safe to share between threads; make one a process, after any fork."""

    def __init__(self, driver: "Driver", dialect: Dialect, clock: Clock, attempts: int) -> None:
        self._driver = driver
        self._dialect = dialect
        self._clock = clock
        self._attempts = attempts

    @staticmethod
    def open(
        url: str, user: str, password: str, dialect: str, *, clock: Clock | None = None, attempts: int = 8
    ) -> "GraphStore":
        """Connect lazily to `url` (`bolt://host:port`); `dialect` is "neo4j" or "arcadedb".

        `attempts` bounds the tries of a transaction that meets a conflict or a lost connection.
        Raises `SettingsError` for an unknown dialect or an address that is none.
        """
        from neo4j import GraphDatabase
        from neo4j.exceptions import ConfigurationError

        if dialect not in DIALECTS:
            raise SettingsError(f"graph dialect {dialect!r}: one of {', '.join(sorted(DIALECTS))}")
        ways = DIALECTS[dialect]
        try:
            driver = GraphDatabase.driver(
                url,
                auth=(user, password),
                connection_timeout=CONNECT_TIMEOUT_S,
                connection_acquisition_timeout=CONNECT_TIMEOUT_S,
                notifications_min_severity="OFF" if ways.silence_notices else None,
            )
        except (ValueError, ConfigurationError) as error:
            raise SettingsError(f"graph url {url!r}: {error}") from error
        return GraphStore(driver, ways, clock or SystemClock(), attempts)

    def ensure_schema(self) -> None:
        """Create constraints and indexes where they are missing; run again it changes nothing."""
        statements = [constraint(label) for label in (*LABELS.values(), *OTHER_LABELS)]
        statements.append(PLACE_INDEX)
        for statement in (*statements, *self._dialect.prepare):
            self.read(statement)

    def write(self, work: Callable[[Work], T]) -> T:
        """Run `work` in one transaction; conflicts and lost connections are tried again.

        An answer lost at commit leaves it open whether the transaction holds, so `work` must tell by what it
        finds (`graph.writer` reads its offset). Raises `UnavailableError` once the attempts are spent.
        """

        def once(session: "Session") -> T:
            with session.begin_transaction() as transaction:
                result = work(Work(transaction))
                transaction.commit()
                return result

        return self._retrying(once)

    def read(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """Rows of one reading statement."""

        def once(session: "Session") -> list[Row]:
            result = session.run(statement, dict(parameters or {}))
            return [tuple(record.values()) for record in result]

        return self._retrying(once)

    def read_edges(self) -> EdgeTable:
        """The whole entity graph without merchants, addresses of one place as one node.

        What is written meanwhile may or may not be part of it.
        """
        return contract(read_table(self.read), read_aliases(self.read))

    def close(self) -> None:
        self._driver.close()

    def _retrying(self, call: Callable[["Session"], T]) -> T:
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        for attempt in range(1, self._attempts + 1):
            try:
                with self._driver.session(fetch_size=FETCH) as session:
                    return call(session)
            except AuthError as error:
                raise SettingsError(f"graph database refuses the user or password: {error.code}") from error
            except (DriverError, Neo4jError) as error:
                if not self._worth_another_try(error):
                    raise
                if attempt == self._attempts:
                    raise UnavailableError(f"graph database: {error}") from error
            self._clock.sleep(min(0.02 * 2**attempt, 2.0))
        raise UnavailableError("graph database: not one attempt allowed")

    def _worth_another_try(self, error: "DriverError | Neo4jError") -> bool:
        code = getattr(error, "code", None)  # DriverErrors have none
        return error.is_retryable() or code in self._dialect.retryable_codes
