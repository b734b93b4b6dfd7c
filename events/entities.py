"""Which entities a message touches: the one place that velocity, graph and joins take them from."""

from collections.abc import Mapping

from events.types import AccountEvent, AddressKey, EntityKind, JoinedLabel, Transaction, TransactionOutcome


def entities_of(
    event: Transaction | TransactionOutcome | AccountEvent | JoinedLabel, address: AddressKey | None = None
) -> dict[EntityKind, str]:
    """Entity tokens of `event` by kind.

    `address` is the key of the event's principal address (`principal_address`); None leaves the address out.
    """
    if isinstance(event, TransactionOutcome | JoinedLabel):
        return dict(event.entities)
    found: dict[EntityKind, str] = {}
    if event.card is not None:
        found["card"] = event.card.token
    if event.account is not None:
        found["account"] = event.account
    if event.device is not None:
        found["device"] = event.device.token
    if address is not None:
        found["address"] = address.token
    if event.email is not None:
        found["email"] = event.email.token
    if event.phone is not None:
        found["phone"] = event.phone.token
    if event.ip is not None:
        found["ip"] = event.ip.token
    if isinstance(event, Transaction) and event.merchant is not None:
        found["merchant"] = event.merchant.token
    return found


def principal_address(event: Transaction | AccountEvent) -> str | None:
    """The text goods are sent to: shipping before billing. Fraud rings share the drop, so it is the one keyed."""
    by_role = {address.role: address.text for address in reversed(event.addresses)}
    return by_role.get("shipping") or by_role.get("billing")


def partition_key(entities: Mapping[EntityKind, str], fallback: str) -> bytes:
    """The log key of an event: the card's token, else the account's, else `fallback` (the event's id)."""
    return (entities.get("card") or entities.get("account") or fallback).encode()
