"""What really happened: it stays here and never travels in a message."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from events.door import Door
from events.identity import content_hash
from simulator.spec import FraudType
from simulator.texts import Written


@dataclass(frozen=True, slots=True)
class Fraud:
    """A fraudulent transaction; `ring` names its ring where there is one."""

    type: FraudType
    ring: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a ring by raw identifiers. `first_seen`: the first payment (epoch ms), be it paid for or fraud.

    `mule`: a real customer, with a household and genuine payments of his own.
    """

    card: str
    account: str
    device: str
    email: str
    phone: str
    mule: bool
    first_seen: int


@dataclass(frozen=True, slots=True)
class RingTokens:
    """A ring's entities as messages carry them; `devices` are the shared ones."""

    cards: frozenset[str]
    accounts: frozenset[str]
    emails: frozenset[str]
    devices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring. `devices` are the shared ones that were used, `drops` the spellings of each address that was.

    `opsec` is the chance that a member keeps a link to himself; `first_fraud` epoch ms. `spare_cards` are those that
    declined members went on with.
    """

    id: str
    country: str
    opsec: float
    first_fraud: int
    members: tuple[Member, ...]
    spare_cards: tuple[str, ...]
    devices: tuple[str, ...]
    drops: tuple[tuple[Written, ...], ...]
    transactions: tuple[str, ...]  # the fraudulent ones, in order of time

    def tokens(self, door: Door) -> RingTokens:
        """The ring's entities behind `door`, found by sending payments with all of them through it."""
        sent = [
            door.transaction(
                {
                    "id": content_hash(self.id, str(i)), "time": self.first_fraud, "amount": "1.00", "currency": "USD",
                    **entities,
                }
            )
            for i, entities in enumerate(self._entities())
        ]  # fmt: skip
        return RingTokens(
            cards=frozenset(message.card.token for message in sent if message.card),
            accounts=frozenset(message.account for message in sent if message.account),
            emails=frozenset(message.email.token for message in sent if message.email),
            devices=frozenset(message.device.token for message in sent if message.device),
        )

    def _entities(self) -> Iterator[dict[str, str]]:
        for member in self.members:
            yield {"card": member.card, "account": member.account, "email": member.email}
        for card in self.spare_cards:
            yield {"card": card}
        for device in self.devices:
            yield {"card": self.members[0].card, "device": device}


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Innocents who share a device or an address, by raw identifiers; `texts` are spellings of the address."""

    kind: str
    accounts: tuple[str, ...]
    devices: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """`frauds` by transaction id, in no order; a transaction that is not named is genuine."""

    frauds: Mapping[str, Fraud]
    rings: tuple[Ring, ...]
    look_alikes: Sequence[LookAlike]
