"""What travels: every message ringwatch reads or writes, as frozen structs.

Times are UTC epoch milliseconds. Money is integer minor units. Identifiers are keyed tokens
(`events.tokens`): a raw card number, account id or device id never appears here; what features and
investigators need of it stays beside the token as a typed attribute.

A struct holds what is; `events.validate` holds the rules and `events.codec` the wire.
"""

from enum import Enum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

SCHEMA_VERSION = 1

EntityKind = Literal["card", "account", "device", "address", "email", "phone", "ip", "merchant"]
ENTITY_KINDS: tuple[EntityKind, ...] = (
    "card", "account", "device", "address", "email", "phone", "ip", "merchant",
)  # fmt: skip

Token = Annotated[str, Meta(min_length=3, max_length=96)]
Name = Annotated[str, Meta(min_length=1, max_length=128)]
Text = Annotated[str, Meta(max_length=512)]
# Patterns are stated for JSON Schema and checked by `events.validate`: the decoder's own check of them is slower.
Currency = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Z]{3}$"})]
Country = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Z]{2}$"})]
Scalar = str | int | float | bool


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value inside a message."""


class Message(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"
):
    """Base of what travels. `schema` is always on the wire; unknown fields are refused (use `extra`)."""

    schema: int = field(default_factory=lambda: SCHEMA_VERSION)


# --- values -----------------------------------------------------------------------------------------------


class Money(_Part, frozen=True, kw_only=True):
    """`minor` units (cents, paise) of an ISO 4217 `currency`; and the same in the base currency.

    `base_minor` is what features sum: an exact integer, equal everywhere, made with the rate table
    `rate_version` (`events.money`).
    """

    minor: int
    currency: Currency
    base_minor: int
    base_currency: Currency
    rate_version: Name


class Card(_Part, frozen=True, kw_only=True):
    """A payment card. `bin` is the first 6 to 8 digits, `last4` the last four; either may be unknown."""

    token: Token
    bin: Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9]{6,8}$"})] | None = None
    last4: Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9]{4}$"})] | None = None


class Device(_Part, frozen=True, kw_only=True):
    """A device fingerprint."""

    token: Token
    model: Name | None = None


class Email(_Part, frozen=True, kw_only=True):
    """An e-mail address; `normal` folds case, dots and plus-tags where the provider does."""

    token: Token
    normal: Annotated[str, Meta(max_length=320)] | None = None
    domain: Annotated[str, Meta(max_length=255)] | None = None


class Phone(_Part, frozen=True, kw_only=True):
    """A phone number; `normal` is E.164."""

    token: Token
    normal: Annotated[str, Meta(max_length=20)] | None = None
    country: Country | None = None


class Ip(_Part, frozen=True, kw_only=True):
    """An IP address; `prefix` is its /24 (IPv4) or /48 (IPv6)."""

    token: Token
    prefix: Annotated[str, Meta(max_length=64)] | None = None
    country: Country | None = None


class Merchant(_Part, frozen=True, kw_only=True):
    """A merchant. Its id is public, so its token is `merchant.0.<id>` (`events.tokens.merchant_token`)."""

    token: Token
    category: Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9]{4}$"})] | None = None
    country: Country | None = None


class Address(_Part, frozen=True, kw_only=True):
    """An address as written. Its key is derived downstream by the parser (`nlp`), never by the sender."""

    role: Literal["billing", "shipping"]
    text: Annotated[str, Meta(min_length=1, max_length=512)]
    country: Country | None = None


class AddressKey(_Part, frozen=True, array_like=True):
    """The two-level strict key of an address text: a pure function of (text, parser version).

    `building` and `unit` are entity tokens `address.<parser>.<32 hex>`; `unit` is None where the text names
    none, and then the building stands for the address.
    """

    building: Token
    unit: Token | None = None

    @property
    def token(self) -> str:
        """The most exact level known: the entity that velocity, graph and features use."""
        return self.unit or self.building


# --- inputs -----------------------------------------------------------------------------------------------

TransactionKind = Literal["authorisation", "capture", "refund", "reversal"]
Channel = Literal["card_present", "ecommerce", "moto", "recurring", "transfer", "unknown"]


class Transaction(Message, frozen=True, kw_only=True, tag="transaction"):
    """A payment as it asks for a decision (authorisation) or as it goes on (capture, refund, reversal).

    At least one of `card` and `account` is present. `parent` names the authorisation that a capture, refund or
    reversal belongs to. `extra` keeps fields of the sender's own, by name.
    """

    id: Name
    time: int
    kind: TransactionKind = "authorisation"
    amount: Money
    channel: Channel = "unknown"
    card: Card | None = None
    account: Token | None = None
    device: Device | None = None
    email: Email | None = None
    phone: Phone | None = None
    ip: Ip | None = None
    merchant: Merchant | None = None
    addresses: tuple[Address, ...] = ()
    parent: Name | None = None
    extra: dict[str, Scalar] = field(default_factory=dict)


class TransactionOutcome(Message, frozen=True, kw_only=True, tag="outcome"):
    """What came back later for a transaction: issuer response, CVV and AVS checks, 3DS, capture, refund.

    Carries the transaction's entity tokens (`entities`), so that windows need no join.
    """

    id: Name
    transaction: Name
    time: int
    kind: Literal["issuer", "cvv", "avs", "three_ds", "capture", "refund", "reversal"]
    approved: bool
    code: Name | None = None
    amount: Money | None = None
    entities: dict[EntityKind, Token] = field(default_factory=dict)


class AccountEvent(Message, frozen=True, kw_only=True, tag="account_event"):
    """A login, reset or change on an account."""

    id: Name
    time: int
    account: Token
    kind: Literal[
        "login", "login_failed", "password_reset", "device_added", "address_changed", "email_changed",
        "phone_changed", "card_added", "opened",
    ]  # fmt: skip
    card: Card | None = None
    device: Device | None = None
    email: Email | None = None
    phone: Phone | None = None
    ip: Ip | None = None
    addresses: tuple[Address, ...] = ()
    extra: dict[str, Scalar] = field(default_factory=dict)


class Subject(_Part, frozen=True, kw_only=True):
    """What a label speaks of: a transaction id, or an entity token."""

    kind: Literal["transaction", "card", "account", "device", "address", "email", "phone", "ip", "merchant"]
    id: Name


class Label(Message, frozen=True, kw_only=True, tag="label"):
    """Somebody's word on a subject. `time`: when the fraud (or not) happened; `known_at`: when it became known.

    `verdict` chargeback and confirmed say fraud, cleared says genuine; `supersedes` names an earlier label.
    """

    id: Name
    subject: Subject
    verdict: Literal["chargeback", "confirmed", "cleared"]
    reason_code: Name
    source: Name
    actor: Name
    time: int
    known_at: int
    supersedes: Name | None = None

    @property
    def is_fraud(self) -> bool:
        return self.verdict != "cleared"


class JoinedLabel(Message, frozen=True, kw_only=True, tag="joined_label"):
    """A label with the entities and time of its transaction, as the scorer and the graph writer read it."""

    label: Label
    entities: dict[EntityKind, Token]
    transaction_time: int
    amount: Money | None = None


class Control(Message, frozen=True, kw_only=True, tag="control"):
    """A command to running parts. Each room validates the payload of its own commands."""

    id: Name
    time: int
    command: Name
    actor: Name
    reason: Annotated[str, Meta(min_length=1, max_length=1024)]
    payload: dict[str, Scalar | dict[str, Scalar] | list[Scalar]] = field(default_factory=dict)


class ControlAck(Message, frozen=True, kw_only=True, tag="control_ack"):
    """A part's answer to a command."""

    control: Name
    part: Name
    time: int
    ok: bool
    detail: Text = ""


# --- outputs ----------------------------------------------------------------------------------------------

Action = Literal["approve", "challenge", "review", "decline"]
Lane = Literal["live", "shadow", "backfill"]


class Status(int, Enum):
    """How a feature's value came about. The wire carries the name, the journal and vectors the number.

    PENDING: of an address whose text was not parsed in time; as ABSENT, but there is more to know.
    """

    FRESH = 0
    STALE = 1
    ABSENT = 2
    WARMING = 3
    CAPPED = 4
    FAILED = 5
    PENDING = 6


class Reason(_Part, frozen=True, kw_only=True):
    """Why a decision fell: a stable code, its share, and a sentence for people."""

    code: Name
    weight: float = 0.0
    detail: Text = ""


class Decision(Message, frozen=True, kw_only=True, tag="decision"):
    """What was decided on one transaction.

    `id` is the hash of (input topic, transaction id, lane) (`events.identity.decision_id`): consumers keep
    the first of an id and refuse records of an older producer epoch than they have seen. `statuses` gives each
    feature group that is not fresh. A replay of the same journal makes the same bytes, so nothing here depends
    on the process that made it.
    """

    id: Name
    transaction: Name
    time: int
    action: Action
    score: float
    reasons: tuple[Reason, ...] = ()
    release: Name
    graph_version: Name
    statuses: dict[str, str] = field(default_factory=dict)
    seq: int
    lane: Lane = "live"
    decided_at: int
    amount: Money
    entities: dict[EntityKind, Token] = field(default_factory=dict)


class DecisionUpdate(Message, frozen=True, kw_only=True, tag="decision_update"):
    """A later change of a decision, by an analyst or a rule."""

    id: Name
    decision: Name
    time: int
    action: Action
    actor: Name
    reason: Annotated[str, Meta(min_length=1, max_length=1024)]


class Alert(Message, frozen=True, kw_only=True, tag="alert"):
    """A decision that an investigator should look at."""

    id: Name
    decision: Name
    transaction: Name
    time: int
    action: Action
    score: float
    reasons: tuple[Reason, ...] = ()
    entities: dict[EntityKind, Token] = field(default_factory=dict)
    community: Name | None = None
    amount: Money


class FeatureVector(Message, frozen=True, kw_only=True, tag="features"):
    """The packed row a decision was made on: `values` is float32 little-endian, base64 on the wire.

    `catalogue` names the column order (content hash); `status` is one byte a column (`Status`).
    """

    decision: Name
    transaction: Name
    time: int
    catalogue: Name
    graph_version: Name
    values: bytes
    status: bytes


class DeadLetter(Message, frozen=True, kw_only=True, tag="dead_letter"):
    """Input that was refused, with everything needed to mend and replay it.

    `payload` is the original bytes (base64 on the wire), masked where `replayable` is False.
    """

    id: Name
    time: int
    topic: Name
    partition: int
    offset: int
    key: bytes = b""
    payload: bytes
    code: Name
    field: str
    reason: str
    remedy: str = ""
    replayable: bool = True
    part: Name


Input = Transaction | TransactionOutcome | AccountEvent | JoinedLabel
AnyMessage = (
    Transaction | TransactionOutcome | AccountEvent | Label | JoinedLabel | Control | ControlAck
    | Decision | DecisionUpdate | Alert | FeatureVector | DeadLetter
)  # fmt: skip
