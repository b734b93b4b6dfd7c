"""What the database holds: labels, relations, keys. Every node has a unique `key`; entities' keys are tokens.

    (:Card) (:Account) (:Device) (:Address) (:Email) (:Phone) (:IP) (:Merchant)
        key, attributes (bin, last4, domain ...), fraud_count, first_fraud;
        payments, amount, first_seen, last_seen of the events it is the anchor of (Card, Account);
        past_fraud, past_first_fraud from before the labels that the graph holds (a loaded history)
    (:Card|Account)-[:USED_DEVICE ...]->(entity), (:Address)-[:IN]->(:Address)
        count (payments), amount, first_seen, last_seen
    (:Transaction)-[:TOUCHED]->(entity)              alerted or labelled transactions only
    (:Alert)-[:ABOUT]->(:Transaction)
    (:Label)-[:SAYS_OF]->(:Transaction), (:Label)-[:MARKS]->(entity)
    (entity)-[:MEMBER_OF]->(:Community)              rings of the last run
    (:Offset)                                        what a writer has applied, a partition
    (:Alias)                                         the place of an address that is not one by itself (`graph.aliases`)
    (:Rekey)                                         which alias map holds, and how far it is applied (`graph.rekey`)

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
OTHER_LABELS = ("Transaction", "Alert", "Label", "Community", "Offset", "Alias", "Rekey")

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


_SEEN = """{it}.first_seen = CASE WHEN {it}.first_seen < {first} THEN {it}.first_seen ELSE {first} END,
    {it}.last_seen = CASE WHEN {it}.last_seen > {last} THEN {it}.last_seen ELSE {last} END"""


def merge_anchors(kind: EntityKind) -> str:
    """Merges `$rows` of [key, attributes, payments, amount, first, last] as anchors of events."""
    return f"""UNWIND $rows AS row
MERGE (n:{LABELS[kind]} {{key: row[0]}})
ON CREATE SET n += row[1]
SET n.payments = coalesce(n.payments, 0) + row[2],
    n.amount = coalesce(n.amount, 0) + row[3],
    {_SEEN.format(it="n", first="row[4]", last="row[5]")}"""


def merge_links(pattern: Pattern) -> str:
    """Merges `$rows` of [a, b, payments, amount, first, last, attributes of b]; `a` exists, `b` may not.

    Nothing is set on a `b` that exists: what a hub has seen is the sum over its links, so that no two writers
    wait for each other over the merchant or the carrier that all payments have.
    """
    a_kind, relation, b_kind = pattern
    return f"""UNWIND $rows AS row
MATCH (a:{LABELS[a_kind]} {{key: row[0]}})
MERGE (b:{LABELS[b_kind]} {{key: row[1]}})
ON CREATE SET b += row[6]
MERGE (a)-[r:{relation}]->(b)
ON CREATE SET r.count = row[2], r.amount = row[3], r.first_seen = row[4], r.last_seen = row[5]
ON MATCH SET r.count = r.count + row[2], r.amount = r.amount + row[3],
    {_SEEN.format(it="r", first="row[4]", last="row[5]")}"""


def merge_marked(kind: EntityKind) -> str:
    """Merges `$rows` of [key, first, last]: entities of labels."""
    return f"""UNWIND $rows AS row
MERGE (n:{LABELS[kind]} {{key: row[0]}})
SET {_SEEN.format(it="n", first="row[1]", last="row[2]")}"""


def merge_nodes(label: str) -> str:
    """Merges `$rows` of [key, properties]."""
    return f"UNWIND $rows AS row MERGE (n:{label} {{key: row[0]}}) SET n += row[1]"


def join_nodes(a_label: str, relation: str, b_label: str) -> str:
    """Merges bare relations for `$rows` of [a, b]; both ends exist."""
    return f"""UNWIND $rows AS row
MATCH (a:{a_label} {{key: row[0]}})
MATCH (b:{b_label} {{key: row[1]}})
MERGE (a)-[:{relation}]->(b)"""


def load_nodes(kind: EntityKind) -> str:
    """Sets `$rows` of [key, payments, amount, first, last, fraud_count, first_fraud], whatever was there."""
    return f"""UNWIND $rows AS row
MERGE (n:{LABELS[kind]} {{key: row[0]}})
SET n.payments = row[1], n.amount = row[2], n.first_seen = row[3], n.last_seen = row[4],
    n.fraud_count = row[5], n.first_fraud = row[6], n.past_fraud = row[5], n.past_first_fraud = row[6]"""


def load_links(pattern: Pattern) -> str:
    """Sets `$rows` of [a, b, payments, first, last, amount], whatever was there; both ends exist."""
    a_kind, relation, b_kind = pattern
    return f"""UNWIND $rows AS row
MATCH (a:{LABELS[a_kind]} {{key: row[0]}})
MATCH (b:{LABELS[b_kind]} {{key: row[1]}})
MERGE (a)-[r:{relation}]->(b)
SET r.count = row[2], r.first_seen = row[3], r.last_seen = row[4], r.amount = row[5]"""


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
    """Sets what is known: `$rows` of [key, fraud_count, first_fraud] by labels, and what a load has brought."""
    return f"""UNWIND $rows AS row
MATCH (n:{LABELS[kind]} {{key: row[0]}})
SET n.fraud_count = coalesce(n.past_fraud, 0) + row[1],
    n.first_fraud = CASE WHEN coalesce(n.past_first_fraud, 0) = 0 THEN row[2]
                         WHEN row[2] = 0 OR n.past_first_fraud < row[2] THEN n.past_first_fraud
                         ELSE row[2] END"""


UNSEEN = 1 << 62
"""Stands for the first event of an entity without any of its own; its negative for the last."""


def read_nodes(kind: EntityKind) -> str:
    """Every entity of a kind: key, payments, amount, first and last of its own, fraud_count, first_fraud."""
    return f"""MATCH (n:{LABELS[kind]})
RETURN n.key, coalesce(n.payments, 0), coalesce(n.amount, 0),
       coalesce(n.first_seen, {UNSEEN}), coalesce(n.last_seen, -{UNSEEN}),
       coalesce(n.fraud_count, 0), coalesce(n.first_fraud, 0)"""


def read_links(pattern: Pattern) -> str:
    """Every link of a pattern: keys of a and b, count, first, last, amount."""
    a_kind, relation, b_kind = pattern
    return f"""MATCH (a:{LABELS[a_kind]})-[r:{relation}]->(b:{LABELS[b_kind]})
RETURN a.key, b.key, r.count, r.first_seen, r.last_seen, r.amount"""
