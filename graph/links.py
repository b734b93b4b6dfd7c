"""An event as links between entities: what the writer merges into the database and the fold keeps.

Every event has an anchor, the card (else the account), and its links lead from the anchor to each other
entity that it carries. Merchants get links too, for investigators; communities leave them out. Only
authorisations and account events make links: captures, refunds, reversals, outcomes and labels carry entities
that the authorisation has linked already, and would count them twice.
"""

from typing import NamedTuple, TypeGuard

from events.entities import entities_of
from events.types import AccountEvent, AddressKey, EntityKind, Input, Transaction

RELATIONS: dict[EntityKind, str] = {
    "account": "OF_ACCOUNT",
    "device": "USED_DEVICE",
    "address": "SHIPPED_TO",
    "email": "HAS_EMAIL",
    "phone": "HAS_PHONE",
    "ip": "FROM_IP",
    "merchant": "PAID",
}
"""The relation from an anchor to an entity, by that entity's kind."""
IN_BUILDING = "IN"
"""From the address of a unit to its building's."""


class Link(NamedTuple):
    """One event between `a` and `b` at `time`: `payments` 1 and `amount` base minor units, or 0 and 0."""

    a_kind: EntityKind
    a: str
    b_kind: EntityKind
    b: str
    relation: str
    time: int
    payments: int
    amount: int


class Touch(NamedTuple):
    """What an event touches: its entities, which of them is the anchor, and its worth.

    `building` is set where the address is a unit's; `payments` is 1 for an authorisation, 0 for an account
    event; `amount` base minor units.
    """

    entities: dict[EntityKind, str]
    anchor: EntityKind
    building: str | None
    time: int
    payments: int
    amount: int


def touch_of(event: Input, address: AddressKey | None) -> Touch | None:
    """What `event` touches; None where it makes no links. `address` is its principal address's key."""
    if not makes_links(event):
        return None
    entities = entities_of(event, address)
    anchor: EntityKind = "card" if "card" in entities else "account"
    if anchor not in entities:
        return None
    building = address.building if address is not None and address.unit is not None else None
    if isinstance(event, Transaction):
        return Touch(entities, anchor, building, event.time, 1, event.amount.base_minor)
    return Touch(entities, anchor, building, event.time, 0, 0)


def links_of(event: Input, address: AddressKey | None) -> list[Link]:
    """The links of an event; [] for events that make none. Pure."""
    touch = touch_of(event, address)
    if touch is None:
        return []
    entities, anchor_kind, building, time, payments, amount = touch
    anchor = entities[anchor_kind]
    links = [
        Link(anchor_kind, anchor, kind, token, RELATIONS[kind], time, payments, amount)
        for kind, token in entities.items()
        if kind != anchor_kind
    ]
    if building is not None:
        unit = entities["address"]
        links.append(Link("address", unit, "address", building, IN_BUILDING, time, payments, amount))
    return links


def makes_links(event: Input) -> TypeGuard[Transaction | AccountEvent]:
    """Whether an event counts in the graph: authorisations and account events do."""
    if isinstance(event, Transaction):
        return event.kind == "authorisation"
    return isinstance(event, AccountEvent)
