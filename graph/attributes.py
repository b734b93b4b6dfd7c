"""What investigators read beside a token: the typed attributes that events carry."""

from collections.abc import Iterator, Mapping

from events.entities import principal_address
from events.types import AccountEvent, AddressKey, Transaction

Attributes = Mapping[str, str]


def attributes_of(
    event: Transaction | AccountEvent, address: AddressKey | None
) -> Iterator[tuple[str, Attributes]]:
    """(token, attributes) of the entities of `event` that have any."""
    if event.card is not None:
        yield event.card.token, _present(bin=event.card.bin, last4=event.card.last4)
    if event.device is not None:
        yield event.device.token, _present(model=event.device.model)
    if event.email is not None:
        yield event.email.token, _present(normal=event.email.normal, domain=event.email.domain)
    if event.phone is not None:
        yield event.phone.token, _present(normal=event.phone.normal, country=event.phone.country)
    if event.ip is not None:
        yield event.ip.token, _present(prefix=event.ip.prefix, country=event.ip.country)
    if isinstance(event, Transaction) and event.merchant is not None:
        shop = event.merchant
        yield shop.token, _present(category=shop.category, country=shop.country)
    if address is not None:
        yield address.token, _present(text=principal_address(event))


def _present(**values: str | None) -> Attributes:
    return {name: value for name, value in values.items() if value is not None}
