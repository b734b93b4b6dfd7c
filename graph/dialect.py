"""Where the two databases differ, and nothing else."""

from dataclasses import dataclass

from graph.links import IN_BUILDING, RELATIONS


@dataclass(frozen=True)
class Dialect:
    """One database's ways.

    Args:
        name: "neo4j" or "arcadedb".
        silence_notices: the server sends a notice for each label that a query names before it is first written;
            the driver would log them as warnings.
        prepare: statements run once, after the constraints and before the first write.
        retryable_codes: error codes worth another try that the driver does not call transient.
    """

    name: str
    silence_notices: bool = False
    prepare: tuple[str, ...] = ()
    retryable_codes: frozenset[str] = frozenset()


_CONSTRAINT_FAILED = "Neo.ClientError.Schema.ConstraintValidationFailed"

NEO4J = Dialect(
    "neo4j",
    silence_notices=True,
    # Ours was the transaction that a deadlock's resolution ended.
    retryable_codes=frozenset({"Neo.ClientError.Transaction.LockClientStopped", _CONSTRAINT_FAILED}),
)

ARCADEDB = Dialect(
    "arcadedb",
    # A relation's type comes into being with its first edge, and two writers doing that at once conflict.
    prepare=(
        *(
            f"CREATE (a:Offset {{key: '~schema-a'}})-[:{relation}]->(b:Offset {{key: '~schema-b'}}) DETACH DELETE a, b"
            for relation in (
                *RELATIONS.values(),
                IN_BUILDING,
                "TOUCHED",
                "ABOUT",
                "SAYS_OF",
                "MARKS",
                "MEMBER_OF",
            )
        ),
    ),
    # Optimistic: of two transactions that merge the same new key, the later to commit breaks the constraint.
    retryable_codes=frozenset({_CONSTRAINT_FAILED}),
)

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (NEO4J, ARCADEDB)}
