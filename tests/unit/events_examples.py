"""Messages to test with: one full example of each type, and hypothesis strategies for the inputs."""

from collections.abc import Mapping
from typing import Any, get_args

from hypothesis import strategies as st

from events.money import EXPONENTS, MAX_MINOR
from events.pan import has_card_number
from events.times import EARLIEST_MS, LATEST_MS
from events.types import (
    ENTITY_KINDS,
    AccountEvent,
    Address,
    Alert,
    AnyMessage,
    Card,
    Control,
    ControlAck,
    DeadLetter,
    Decision,
    DecisionUpdate,
    Device,
    Email,
    EntityKind,
    FeatureVector,
    Ip,
    JoinedLabel,
    Label,
    Merchant,
    Message,
    Money,
    Phone,
    Reason,
    Subject,
    Transaction,
    TransactionOutcome,
)

NOON = 1_772_366_400_000  # 2026-03-01T12:00:00Z
VISA = "4111111111111111"
HEX = "0123456789abcdef" * 2
MONEY = Money(minor=1230, currency="INR", base_minor=15, base_currency="USD", rate_version="rates-1")
ENTITIES: dict[EntityKind, str] = {"card": f"card.1.{HEX}", "merchant": "merchant.0.shop-7"}

TRANSACTION = Transaction(
    id="t-1",
    time=NOON,
    amount=MONEY,
    channel="ecommerce",
    card=Card(token=f"card.1.{HEX}", bin="411111", last4="1111"),
    account=f"account.1.{HEX}",
    device=Device(token=f"device.1.{HEX}", model="Pixel 9"),
    email=Email(token=f"email.1.{HEX}", normal="ab@gmail.com", domain="gmail.com"),
    phone=Phone(token=f"phone.1.{HEX}", normal="+919876543210", country="IN"),
    ip=Ip(token=f"ip.1.{HEX}", prefix="203.0.113.0/24", country="IN"),
    merchant=Merchant(token="merchant.0.shop-7", category="5411", country="IN"),
    addresses=(Address(role="shipping", text="12 MG Road, Bengaluru 560001", country="IN"),),
    extra={"basket": 3, "voucher": "SPRING", "share": 0.5, "new": True},
)
LABEL = Label(
    id="l-1",
    subject=Subject(kind="transaction", id="t-1"),
    verdict="chargeback",
    reason_code="10.4",
    source="visa",
    actor="acquirer",
    time=NOON,
    known_at=NOON + 1,
)
MESSAGES: tuple[Message, ...] = (
    TRANSACTION,
    LABEL,
    TransactionOutcome(
        id="o-1", transaction="t-1", time=NOON, kind="issuer", approved=False, code="51", amount=MONEY,
        entities=ENTITIES,
    ),
    AccountEvent(
        id="a-1", time=NOON, account=f"account.1.{HEX}", kind="login", ip=Ip(token=f"ip.1.{HEX}"),
        extra={"method": "password"},
    ),
    JoinedLabel(label=LABEL, entities=ENTITIES, transaction_time=NOON, amount=MONEY),
    Control(
        id="c-1", time=NOON, command="release.activate", actor="ana", reason="better",
        payload={"release": "r-1", "limits": {"a": 1}, "parts": ["score"]},
    ),
    ControlAck(control="c-1", part="score-0", time=NOON, ok=True),
    Decision(
        id="d-1", transaction="t-1", time=NOON, action="review", score=0.75,
        reasons=(Reason(code="ring", weight=0.5, detail="shares a device"),), release="r-1", graph_version="g-1",
        statuses={"graph": "stale"}, seq=7, decided_at=NOON + 5, amount=MONEY, entities=ENTITIES,
    ),
    DecisionUpdate(id="u-1", decision="d-1", time=NOON, action="approve", actor="ana", reason="known customer"),
    Alert(
        id="al-1", decision="d-1", transaction="t-1", time=NOON, action="review", score=0.75, entities=ENTITIES,
        community="co-1", amount=MONEY,
    ),
    FeatureVector(
        decision="d-1", transaction="t-1", time=NOON, catalogue="cat-1", graph_version="g-1",
        values=b"\0\1\2\3" * 3, status=b"\0\1\2",
    ),
    DeadLetter(
        id="dl-1", time=NOON, topic="transactions", partition=0, offset=3, key=b"\xff", payload=b"{", code="malformed",
        field="", reason="is not JSON", part="score",
    ),
)  # fmt: skip
TYPES: tuple[type[Message], ...] = get_args(AnyMessage)


def with_value(raw: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of decoded JSON `raw` with the field at dotted `path` set to `value` (`...`: removed)."""
    name, _, rest = path.partition(".")
    copy = dict(raw)
    if rest:
        copy[name] = with_value(copy.get(name) or {}, rest, value)
    elif value is ...:
        del copy[name]
    else:
        copy[name] = value
    return copy


# --- strategies -------------------------------------------------------------------------------------------

HEXES = st.text("0123456789abcdef", min_size=32, max_size=32)
TIMES = st.integers(EARLIEST_MS, LATEST_MS - 1)
COUNTRIES = st.none() | st.sampled_from(["IN", "US", "DE"])
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C", "Z")) | st.just(
    " "
)
IDS = st.text(PRINTABLE, min_size=1, max_size=40).filter(lambda text: not has_card_number(text))


def tokens(kind: str) -> st.SearchStrategy[str]:
    return HEXES.map(lambda digits: f"{kind}.1.{digits}")


def monies() -> st.SearchStrategy[Money]:
    minor, currency = st.integers(0, MAX_MINOR), st.sampled_from(sorted(EXPONENTS))
    return st.builds(
        Money, minor=minor, currency=currency, base_minor=minor, base_currency=currency, rate_version=IDS
    )


def transactions() -> st.SearchStrategy[Transaction]:
    scalar = (
        IDS
        | st.integers(-(10**12), 10**12)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans()
    )
    return st.builds(
        Transaction,
        id=IDS,
        time=TIMES,
        kind=st.sampled_from(["authorisation", "capture", "refund", "reversal"]),
        amount=monies(),
        card=st.builds(Card, token=tokens("card"), bin=st.none() | st.just("45678901"), last4=st.just("0042")),
        account=st.none() | tokens("account"),
        device=st.none() | st.builds(Device, token=tokens("device"), model=st.none() | IDS),
        email=st.none() | st.builds(Email, token=tokens("email"), normal=st.none() | st.just("a@b.co")),
        phone=st.none() | st.builds(Phone, token=tokens("phone"), country=COUNTRIES),
        ip=st.none() | st.builds(Ip, token=tokens("ip"), country=COUNTRIES),
        merchant=st.none() | st.just(Merchant(token="merchant.0.x")),
        addresses=st.lists(
            st.builds(Address, role=st.sampled_from(["billing", "shipping"]), text=IDS, country=COUNTRIES), max_size=3
        ).map(tuple),
        parent=st.none() | IDS,
        extra=st.dictionaries(IDS, scalar, max_size=4),
    )  # fmt: skip


def outcomes() -> st.SearchStrategy[TransactionOutcome]:
    keyed = [kind for kind in ENTITY_KINDS if kind != "merchant"]
    return st.builds(
        TransactionOutcome,
        id=IDS,
        transaction=IDS,
        time=TIMES,
        kind=st.sampled_from(["issuer", "cvv", "avs", "three_ds", "capture", "refund", "reversal"]),
        approved=st.booleans(),
        code=st.none() | IDS,
        amount=st.none() | monies(),
        entities=st.sets(st.sampled_from(keyed)).flatmap(
            lambda kinds: st.fixed_dictionaries({kind: tokens(kind) for kind in sorted(kinds)})
        ),
    )
