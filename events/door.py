"""The door: raw submissions in, messages out. Behind it there are no raw identifiers.

What features and investigators need is derived first (BIN, last four, e-mail domain and normal form, E.164
phone, IP prefix); then the identifier becomes a keyed token. A card number in the clear is refused wherever it
stands in an identifier or in `extra`; in free text (addresses) by setting.

A submission is a mapping (decoded JSON, a row of a file). Where a field takes an object, a bare identifier will
do. Blank texts count as absent. Unknown fields are refused, naming them; `extra` takes the sender's own.

| field | of | value |
| --- | --- | --- |
| `id` | all | text or integer, unique within its kind of message |
| `time` | all | ISO 8601 with a zone, or epoch milliseconds |
| `kind` | all but labels | as in `events.types` (transactions: `authorisation` if left out) |
| `amount`, `currency` | transactions, outcomes | decimal text or number in major units; ISO 4217 code |
| `card` | all | opaque reference, or `{reference, bin, last4}` |
| `account` | all | identifier |
| `device` | all | identifier, or `{id, model}` |
| `email` | all | address |
| `phone` | all | number, or `{number, country}`; without a country code it is read as of `country` |
| `ip` | all | address, or `{address, country}` |
| `merchant` | transactions, outcomes | identifier, or `{id, category, country}` |
| `addresses` | transactions, account events | list of `{role, text, country}` |
| `shipping_address`, `billing_address` | the same | the text alone |
| `country` | the same | of addresses, phone and such that name none of their own |
| `channel`, `parent`, `extra` | transactions (`extra`: account events too) | as in `events.types` |
| `transaction`, `approved`, `code` | outcomes | as in `events.types` |
| `subject` | labels | `{kind, id}`, with a raw identifier or a token |
| `verdict`, `reason_code`, `source`, `actor`, `known_at`, `supersedes` | labels | as in `events.types` |
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar, cast

from events.derive import derive_email, derive_ip, derive_phone
from events.errors import InvalidFieldError
from events.faults import convert_part
from events.field_rules import MAX_ADDRESSES
from events.money import Rates, parse_amount
from events.submission import Fields, as_mapping
from events.times import parse_time
from events.tokens import Tokeniser, is_token, merchant_token
from events.types import (
    ENTITY_KINDS,
    AccountEvent,
    Address,
    Card,
    Device,
    Email,
    EntityKind,
    Ip,
    Label,
    Merchant,
    Message,
    Money,
    Phone,
    Transaction,
    TransactionOutcome,
)
from events.validate import validate

M = TypeVar("M", bound=Message)

CACHED = 65_536
"""Identifiers of each kind whose derivation is remembered: they return far more often than they appear."""

_SUBJECTS = frozenset({"card", "account", "device", "email", "phone", "ip"})
_PARTY = _SUBJECTS | {"country"}
_PLACES = frozenset({"addresses", "shipping_address", "billing_address"})
_TRANSACTION = _PARTY | _PLACES | {
    "id", "time", "kind", "amount", "currency", "channel", "merchant", "parent", "extra",
}  # fmt: skip
_OUTCOME = _PARTY | {
    "id", "transaction", "time", "kind", "approved", "code", "amount", "currency", "merchant",
}  # fmt: skip
_ACCOUNT_EVENT = _PARTY | _PLACES | {"id", "time", "kind", "extra"}
_LABEL = frozenset({
    "id", "subject", "verdict", "reason_code", "source", "actor", "time", "known_at", "supersedes",
})  # fmt: skip
_CARD = frozenset({"reference", "bin", "last4"})
_DEVICE = frozenset({"id", "model"})
_PHONE = frozenset({"number", "country"})
_IP = frozenset({"address", "country"})
_MERCHANT = frozenset({"id", "category", "country"})
_ADDRESS = frozenset({"role", "text", "country"})
_SUBJECT = frozenset({"kind", "id"})


class Door:
    """Turns submissions into messages.

    Args:
        tokeniser: makes the tokens.
        rates: makes the base amounts.
        check_free_text: refuse card numbers in address texts too.

    Every method raises `InvalidFieldError` or `RawCardNumberError` naming the submission's field. `now_ms`, where
    given, bounds times as `events.validate.validate` says. Threads may share a door.
    """

    def __init__(self, tokeniser: Tokeniser, rates: Rates, check_free_text: bool = False) -> None:
        self._tokeniser = tokeniser
        self._rates = rates
        self._check_free_text = check_free_text
        self._card = lru_cache(CACHED)(self._make_card)
        self._account = lru_cache(CACHED)(lambda raw: tokeniser.token("account", raw))
        self._device = lru_cache(CACHED)(self._make_device)
        self._email = lru_cache(CACHED)(self._make_email)
        self._phone = lru_cache(CACHED)(self._make_phone)
        self._ip = lru_cache(CACHED)(self._make_ip)
        self._merchant = lru_cache(CACHED)(self._make_merchant)
        self._address = lru_cache(CACHED)(_make_address)

    def transaction(self, raw: Mapping[str, object], *, now_ms: int | None = None) -> Transaction:
        """A payment. See the table above for the fields."""
        fields = Fields(raw, _TRANSACTION)
        made: dict[str, object] = self._party(fields)
        made["amount"] = self._amount(fields)
        made["merchant"] = self._merchant_of(fields)
        for name in ("kind", "channel"):
            value = fields.get(name)
            if value is not None:
                made[name] = value
        made["parent"] = fields.identifier("parent")
        _places(fields, made, self._address)
        return self._finish(Transaction, fields, made, now_ms)

    def outcome(self, raw: Mapping[str, object], *, now_ms: int | None = None) -> TransactionOutcome:
        """What came back for a transaction; the raw identifiers become `entities`."""
        fields = Fields(raw, _OUTCOME)
        party = self._party(fields)
        party["merchant"] = self._merchant_of(fields)
        made: dict[str, object] = {
            "entities": _tokens(party),
            "transaction": fields.required_identifier("transaction"),
            "kind": fields.required("kind"),
            "approved": fields.required("approved"),
            "code": fields.identifier("code"),
        }
        if fields.get("amount") is not None:
            made["amount"] = self._amount(fields)
        return self._finish(TransactionOutcome, fields, made, now_ms)

    def account_event(self, raw: Mapping[str, object], *, now_ms: int | None = None) -> AccountEvent:
        """A login, reset or change."""
        fields = Fields(raw, _ACCOUNT_EVENT)
        fields.required("account")
        made: dict[str, object] = self._party(fields)
        made["kind"] = fields.required("kind")
        _places(fields, made, self._address)
        return self._finish(AccountEvent, fields, made, now_ms)

    def label(self, raw: Mapping[str, object], *, now_ms: int | None = None) -> Label:
        """Somebody's word on a transaction or an entity. An address is named by its token: its key is not made here."""
        fields = Fields(raw, _LABEL)
        subject = Fields(as_mapping(fields.required("subject"), "subject"), _SUBJECT, "subject.")
        made: dict[str, object] = {
            "subject": {
                "kind": subject.required("kind"),
                "id": self._subject_id(subject.required("kind"), subject.required_identifier("id")),
            },
            "verdict": fields.required("verdict"),
            "known_at": parse_time(fields.required("known_at"), "known_at"),
            "supersedes": fields.identifier("supersedes"),
        }
        for name in ("reason_code", "source", "actor"):
            made[name] = fields.required_identifier(name)
        return self._finish(Label, fields, made, now_ms)

    def _finish(self, kind: type[M], fields: Fields, made: dict[str, object], now_ms: int | None) -> M:
        made["id"] = fields.required_identifier("id")
        made["time"] = parse_time(fields.required("time"), "time")
        message = convert_part(made, kind, "")
        validate(message, now_ms=now_ms, free_text=self._check_free_text)
        return message

    # --- entities -----------------------------------------------------------------------------------------

    def _party(self, fields: Fields) -> dict[str, object]:
        """The entities every kind of message may carry, as parts of messages by field name."""
        made: dict[str, object] = {}
        card = fields.parts("card", "reference", _CARD)
        if card is not None:
            made["card"] = self._card(
                card.required_identifier("reference"), card.identifier("bin"), card.identifier("last4")
            )
        account = fields.identifier("account")
        if account is not None:
            made["account"] = self._account(account)
        device = fields.parts("device", "id", _DEVICE)
        if device is not None:
            made["device"] = self._device(device.required_identifier("id"), device.text("model"))
        email = fields.identifier("email")
        if email is not None:
            made["email"] = self._email(email)
        phone = fields.parts("phone", "number", _PHONE)
        if phone is not None:
            country = phone.country() or fields.country()
            made["phone"] = self._phone(phone.required_phone("number"), country)
        ip = fields.parts("ip", "address", _IP)
        if ip is not None:
            made["ip"] = self._ip(ip.required_identifier("address"), ip.country())
        return made

    def _merchant_of(self, fields: Fields) -> Merchant | None:
        merchant = fields.parts("merchant", "id", _MERCHANT)
        if merchant is None:
            return None
        return self._merchant(
            merchant.required_identifier("id"), merchant.identifier("category"), merchant.country()
        )

    def _amount(self, fields: Fields) -> Money:
        currency = fields.required_identifier("currency").upper()
        return self._rates.to_money(parse_amount(fields.required("amount")), currency)

    def _subject_id(self, kind: object, raw: str) -> str:
        if not isinstance(kind, str):
            raise InvalidFieldError("subject.kind", "is no text")
        if kind == "transaction" or is_token(raw, kind):
            return raw
        if kind == "merchant":
            return merchant_token(raw)
        if kind == "address":
            raise InvalidFieldError("subject.id", "is no address token")
        if kind not in _SUBJECTS:
            raise InvalidFieldError("subject.kind", "is no kind of subject")
        one = Fields({kind: raw}, _SUBJECTS)
        return next(iter(_tokens(self._party(one)).values()))

    # --- derive, then tokenise (each behind a cache) ------------------------------------------------------

    def _make_card(self, reference: str, bin_: str | None, last4: str | None) -> Card:
        token = self._tokeniser.token("card", reference)
        return convert_part({"token": token, "bin": bin_, "last4": last4}, Card, "card")

    def _make_device(self, raw: str, model: str | None) -> Device:
        return convert_part({"token": self._tokeniser.token("device", raw), "model": model}, Device, "device")

    def _make_email(self, raw: str) -> Email:
        found = derive_email(raw)
        token = self._tokeniser.token("email", found.identity)
        return Email(token=token, normal=found.normal, domain=found.domain)

    def _make_phone(self, raw: str, country: str | None) -> Phone:
        found = derive_phone(raw, country)
        token = self._tokeniser.token("phone", found.identity)
        return Phone(token=token, normal=found.normal, country=found.country)

    def _make_ip(self, raw: str, country: str | None) -> Ip:
        found = derive_ip(raw)
        token = self._tokeniser.token("ip", found.identity)
        return Ip(token=token, prefix=found.prefix, country=country)

    def _make_merchant(self, raw: str, category: str | None, country: str | None) -> Merchant:
        made = {"token": merchant_token(raw), "category": category, "country": country}
        return convert_part(made, Merchant, "merchant")


def _make_address(role: str, text: str, country: str | None, field: str) -> Address:
    return convert_part({"role": role, "text": text, "country": country}, Address, field)


def _places(
    fields: Fields, made: dict[str, object], make: Callable[[str, str, str | None, str], Address]
) -> None:
    """Put the addresses and `extra` of `fields` into `made`."""
    country = fields.country()
    places: list[Address] = []
    listed = fields.get("addresses")
    if listed is not None:
        if not isinstance(listed, list | tuple):
            raise InvalidFieldError("addresses", "is no list")
        if len(listed) > MAX_ADDRESSES:
            raise InvalidFieldError("addresses", f"holds more than {MAX_ADDRESSES}")
        for index, item in enumerate(listed):
            field = f"addresses.{index}"
            one = Fields(as_mapping(item, field), _ADDRESS, f"{field}.")
            role, text = one.required_text("role"), one.required_text("text")
            places.append(make(role, text, one.country() or country, field))
    for role in ("shipping", "billing"):
        alone = fields.text(f"{role}_address")
        if alone is not None:
            places.append(make(role, alone, country, f"{role}_address"))
    if places:
        made["addresses"] = tuple(places)
    extra = fields.get("extra")
    if extra is not None:
        made["extra"] = as_mapping(extra, "extra")


def _tokens(party: Mapping[str, object]) -> dict[EntityKind, str]:
    """Entity tokens by kind, of parts made by `Door._party`."""
    found: dict[EntityKind, str] = {}
    for kind in ENTITY_KINDS:
        part = party.get(kind)
        if part is not None:
            found[kind] = part if isinstance(part, str) else cast("Card", part).token
    return found
