"""What the database holds: labels, relations, keys. Every node has a unique `key`; entities' keys are tokens.

    (:Card) (:Account) (:Device) (:Address) (:Email) (:Phone) (:IP) (:Merchant)
        key, transactions, amount, first_seen, last_seen, fraud_count, first_fraud, and attributes (bin, domain ...)
    (:Card|:Account)-[:USED_DEVICE ...]->(entity), (:Address)-[:IN]->(:Address)
        count, amount, first_seen, last_seen
    (:Transaction)-[:TOUCHED]->(entity)              alerted or labelled transactions only
    (:Alert)-[:ABOUT]->(:Transaction)
    (:Label)-[:SAYS_OF]->(:Transaction), (:Label)-[:MARKS]->(entity)
    (entity)-[:MEMBER_OF]->(:Community)              rings of the last run
    (:Offset)                                        what a writer has applied, a partition

Amounts are base minor units, times epoch ms. Statements are built from the constants here and never from data.
"""

from events.types import ENTITY_KINDS, EntityKind
from graph.links import IN_BUILDING, RELATIONS

LABELS: dict[EntityKind, str] = {
    "card": "Card",
    "account": "Account",
    "device": "Device",
    "address": "Address",
    "email": "Email",
    "phone": "Phone",
    "ip": "IP",
    "merchant": "Merchant",
}
KINDS: dict[str, EntityKind] = {label: kind for kind, label in LABELS.items()}
OTHER_LABELS = ("Transaction", "Alert", "Label", "Community", "Offset")

Pattern = tuple[EntityKind, str, EntityKind]


def patterns(*, merchants: bool) -> tuple[Pattern, ...]:
    """The (from, relation, to) that links can have; `merchants` False leaves theirs out."""
    kinds = [kind for kind in ENTITY_KINDS if kind in RELATIONS and (merchants or kind != "merchant")]
    anchors: tuple[EntityKind, ...] = ("card", "account")
    found: list[Pattern] = [
        (anchor, RELATIONS[kind], kind) for anchor in anchors for kind in kinds if kind != anchor
    ]
    return (*found, ("address", IN_BUILDING, "address"))


def constraint(label: str) -> str:
    """The statement that makes `key` unique and indexed."""
    name = f"{label.lower()}_key"
    return f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE"


def merge_entities(kind: EntityKind) -> str:
    """Merges `$rows` of [key, attributes, transactions, amount, first, last]."""
    return f"""UNWIND $rows AS row
MERGE (n:{LABELS[kind]} {{key: row[0]}})
SET n += row[1],
    n.transactions = coalesce(n.transactions, 0) + row[2],
    n.amount = coalesce(n.amount, 0) + row[3],
    n.first_seen = CASE WHEN n.first_seen < row[4] THEN n.first_seen ELSE row[4] END,
    n.last_seen = CASE WHEN n.last_seen > row[5] THEN n.last_seen ELSE row[5] END"""


def merge_links(pattern: Pattern) -> str:
    """Merges `$rows` of [a, b, count, first, last, amount]; both ends exist."""
    a_kind, relation, b_kind = pattern
    return f"""UNWIND $rows AS row
MATCH (a:{LABELS[a_kind]} {{key: row[0]}})
MATCH (b:{LABELS[b_kind]} {{key: row[1]}})
MERGE (a)-[r:{relation}]->(b)
SET r.count = coalesce(r.count, 0) + row[2],
    r.first_seen = CASE WHEN r.first_seen < row[3] THEN r.first_seen ELSE row[3] END,
    r.last_seen = CASE WHEN r.last_seen > row[4] THEN r.last_seen ELSE row[4] END,
    r.amount = coalesce(r.amount, 0) + row[5]"""


def merge_nodes(label: str) -> str:
    """Merges `$rows` of [key, properties]."""
    return f"UNWIND $rows AS row MERGE (n:{label} {{key: row[0]}}) SET n += row[1]"


def join_nodes(a_label: str, relation: str, b_label: str) -> str:
    """Merges bare relations for `$rows` of [a, b]; both ends exist."""
    return f"""UNWIND $rows AS row
MATCH (a:{a_label} {{key: row[0]}})
MATCH (b:{b_label} {{key: row[1]}})
MERGE (a)-[:{relation}]->(b)"""


TAKE_OFFSETS = """UNWIND $keys AS key
MERGE (o:Offset {key: key})
SET o.taken = coalesce(o.taken, 0) + 1
RETURN o.key AS key, coalesce(o.next, 0) AS next"""
"""Reads offsets and locks them (or, on an optimistic database, makes a second writer conflict)."""

SET_OFFSETS = "UNWIND $rows AS row MATCH (o:Offset {key: row[0]}) SET o.next = row[1]"
GET_OFFSETS = (
    "MATCH (o:Offset) WHERE o.key STARTS WITH $prefix RETURN o.key AS key, coalesce(o.next, 0) AS next"
)


def marks_on(kind: EntityKind) -> str:
    """Every label on `$keys`, as key, subject, known_at, label, fraud."""
    return f"""UNWIND $keys AS key
MATCH (l:Label)-[:MARKS]->(n:{LABELS[kind]} {{key: key}})
RETURN key, l.subject AS subject, l.known_at AS known_at, l.key AS label, l.fraud AS fraud"""


def set_fraud(kind: EntityKind) -> str:
    """Sets what is known from `$rows` of [key, fraud_count, first_fraud]."""
    return f"""UNWIND $rows AS row
MATCH (n:{LABELS[kind]} {{key: row[0]}})
SET n.fraud_count = row[1], n.first_fraud = row[2]"""


def read_nodes(kind: EntityKind) -> str:
    """Every entity of a kind as the columns of `graph.edges.make_table`, without the kind."""
    return f"""MATCH (n:{LABELS[kind]})
RETURN n.key, n.transactions, n.amount, n.first_seen, n.last_seen,
       coalesce(n.fraud_count, 0), coalesce(n.first_fraud, 0)"""


def read_links(pattern: Pattern) -> str:
    """Every link of a pattern as its ends and the columns of `graph.edges.make_table`."""
    a_kind, relation, b_kind = pattern
    return f"""MATCH (a:{LABELS[a_kind]})-[r:{relation}]->(b:{LABELS[b_kind]})
RETURN a.key, b.key, r.count, r.first_seen, r.last_seen, r.amount"""
