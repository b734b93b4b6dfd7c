"""Who shares what: the entities of a file, their degrees, and which are suspected hubs."""

from collections.abc import Sequence

from events.pan import mask
from events.types import ENTITY_KINDS, EntityKind
from graph.projection import ProjectionRules
from lake.report import Entity, Hub
from lake.seen import Seen

_TOP = 5
_PLACEHOLDERS = frozenset(
    [
        "-",
        "--",
        "0",
        "00",
        "000",
        "0000",
        "00000000",
        "1",
        "127.0.0.1",
        "::1",
        "na",
        "n/a",
        "nan",
        "nil",
        "none",
        "null",
        "unknown",
        "undefined",
        "missing",
        "test",
        "guest",
        "anonymous",
        "default",
        "other",
        "not_available",
        "test@test.com",
        "none@none.com",
        "noemail@noemail.com",
        "0000000000",
        "1234567890",
        "9999999999",
    ]
)


def entities_of_file(seen: Seen) -> tuple[Entity, ...]:
    """Every mapped kind, in the order of `ENTITY_KINDS`."""
    kinds = [kind for kind in ENTITY_KINDS if kind in seen.fields]
    anchor, start = _anchor(kinds)
    others = [kind for kind in kinds if kind not in {anchor, "merchant"}]
    for kind in kinds:
        if kind != anchor:
            # An account that stands without a card is linked with no card: it has no anchor but itself.
            anchor_sql = "CAST(card AS VARCHAR)" if kind == "account" else start
            seen.db.execute(
                f"CREATE TEMP TABLE pairs_{kind} AS SELECT {kind} AS entity, {anchor_sql} AS anchor, count(*) AS n"  # noqa: S608 - names of kinds
                f" FROM seen WHERE {kind} IS NOT NULL GROUP BY ALL"
            )
    return tuple(_entity(seen, kind, others if kind == anchor else None) for kind in kinds)


def _anchor(kinds: Sequence[EntityKind]) -> tuple[EntityKind, str]:
    if {"card", "account"} <= set(kinds):
        return "card", "coalesce(CAST(card AS VARCHAR), concat('account ', account))"
    return ("card", "card") if "card" in kinds else ("account", "account")


def _entity(seen: Seen, kind: EntityKind, others: Sequence[EntityKind] | None) -> Entity:
    """`others` None: a kind that anchors share; else the anchor's kind, linked with the others."""
    if others is None:
        degrees = (
            f"SELECT entity, count(anchor) AS degree, sum(n) AS payments FROM pairs_{kind} GROUP BY entity"  # noqa: S608 - names of kinds
        )
    else:
        degrees = f"SELECT CAST({kind} AS VARCHAR) AS entity, 0 AS d, count(*) AS n FROM seen GROUP BY {kind}"  # noqa: S608 - the same
        links = [
            f"SELECT CAST(anchor AS VARCHAR), count(*), 0 FROM pairs_{other} GROUP BY anchor"  # noqa: S608 - the same
            for other in others
        ]
        degrees = (
            "SELECT entity, sum(d) AS degree, sum(n) AS payments FROM ("  # noqa: S608 - the same
            f"{' UNION ALL '.join([degrees, *links])}) WHERE entity IS NOT NULL GROUP BY entity HAVING sum(n) > 0"
        )
    seen.db.execute(f"CREATE OR REPLACE TEMP TABLE degrees AS {degrees}")
    cap = ProjectionRules().caps.get(kind)
    filled, distinct, payments, degree = seen.row(
        "SELECT coalesce(sum(payments), 0), count(*), quantile_disc(payments, [0.5, 0.99, 1]),"
        " quantile_disc(degree, [0.5, 0.99, 1]) FROM degrees"
    )
    hubs, top = 0, []
    if cap is not None:
        (hubs,) = seen.row(f"SELECT count(*) FROM degrees WHERE degree > {cap}")  # noqa: S608 - a number
        top = seen.all(
            f"SELECT CAST(entity AS VARCHAR) AS e, degree, payments FROM degrees WHERE degree > {cap}"  # noqa: S608 - a number
            f" ORDER BY degree DESC, e LIMIT {_TOP}"
        )
    return Entity(
        kind=kind,
        column=_column(seen, kind),
        filled=int(filled),
        distinct=distinct,
        payments=_three(payments),
        degree=_three(degree),
        cap=cap,
        hubs=hubs,
        top=tuple(
            Hub(mask(value)[:80], int(links), int(count), "_".join(value.lower().split()) in _PLACEHOLDERS)
            for value, links, count in top
        ),
    )


def _column(seen: Seen, kind: EntityKind) -> str:
    names = ("shipping_address", "billing_address") if kind == "address" else (kind,)
    takes = [take for name in names if (take := seen.map.take(name)) is not None]
    return " or ".join(take.written for take in takes)


def _three(found: Sequence[int] | None) -> tuple[int, int, int]:
    if not found or found[0] is None:
        return (0, 0, 0)
    return (int(found[0]), int(found[1]), int(found[2]))
