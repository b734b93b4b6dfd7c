"""What really happened: it stays here and never travels in a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from events.door import Door
from events.identity import content_hash

FraudType = Literal["ring", "card_testing", "stolen_card", "takeover"]


@dataclass(frozen=True, slots=True)
class Fraud:
    """A fraudulent transaction; `ring` names its ring where there is one."""

    type: FraudType
    ring: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a ring by raw identifiers. `first_seen`: the first payment (epoch ms), be it paid for or fraud."""

    card: str
    account: str
    device: str
    email: str
    phone: str
    wave: int
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
    """A ring. `devices` are the shared ones and `drop` the spellings of the shared address."""

    id: str
    country: str
    members: tuple[Member, ...]
    devices: tuple[str, ...]
    drop: tuple[str, ...]
    transactions: tuple[str, ...]  # the fraudulent ones, in order of time

    def tokens(self, door: Door) -> RingTokens:
        """The ring's entities behind `door`, found by sending one payment a member through it."""
        sent = [
            door.transaction(
                {
                    "id": content_hash(self.id, member.card), "time": member.first_seen, "amount": "1.00",
                    "currency": "USD", "card": member.card, "account": member.account, "email": member.email,
                    "device": self.devices[i % len(self.devices)],
                }
            )
            for i, member in enumerate((*self.members, *self.members[:1] * len(self.devices)))
        ]  # fmt: skip
        return RingTokens(
            cards=frozenset(message.card.token for message in sent if message.card),
            accounts=frozenset(message.account for message in sent if message.account),
            emails=frozenset(message.email.token for message in sent if message.email),
            devices=frozenset(message.device.token for message in sent if message.device),
        )


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
    look_alikes: tuple[LookAlike, ...]
