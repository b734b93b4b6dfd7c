"""The rules a message keeps beyond its shape: what `events.types` can't say by type.

`validate` is called by the codec on everything read and by the door on everything made. It raises
`InvalidFieldError` or `RawCardNumberError`, whose `field` is the dotted path of the field at fault, and never
quotes a value.
"""

from collections.abc import Callable
from typing import Any

from events.errors import InvalidFieldError
from events.field_rules import (
    check_entities,
    check_identifier,
    check_merchant,
    check_money,
    check_no_card_number,
    check_number,
    check_party,
    check_payload,
    check_score,
    check_time,
    refuse_token,
)
from events.times import DAY_MS, LATEST_MS
from events.tokens import MATCHERS
from events.types import (
    AccountEvent,
    Alert,
    Control,
    ControlAck,
    DeadLetter,
    Decision,
    DecisionUpdate,
    FeatureVector,
    JoinedLabel,
    Label,
    Message,
    Transaction,
    TransactionOutcome,
)


def validate(message: Message, *, now_ms: int | None = None, free_text: bool = False) -> None:
    """Raise where `message` breaks a rule.

    Args:
        now_ms: times may lie up to one day behind it (records are judged against their append time). None:
            anything before the year 2100.
        free_text: look for card numbers in address texts too. Identifiers and `extra` are always searched.
    """
    latest = LATEST_MS - 1 if now_ms is None else min(LATEST_MS - 1, now_ms + DAY_MS)
    _RULES[type(message)](message, latest, free_text)


def require_finite(message: Message) -> None:
    """Raise where a number of `message` is NaN or infinite: JSON has no such numbers, so they can't be sent."""
    if isinstance(message, Decision | Alert):
        check_score(message.score, message.reasons)
    elif isinstance(message, Transaction | AccountEvent):
        for key, value in message.extra.items():
            check_number(value, f"extra.{key}")
    elif isinstance(message, Control):
        check_payload(message.payload, "payload")


# --- a rule a message -------------------------------------------------------------------------------------


def _transaction(message: Transaction, latest: int, free_text: bool) -> None:
    check_identifier(message.id, "id")
    check_time(message.time, "time", latest)
    check_money(message.amount)
    if message.card is None and message.account is None:
        raise InvalidFieldError("card", "neither card nor account is there", "give at least one of them")
    if message.parent is not None:
        check_identifier(message.parent, "parent")
    if message.merchant is not None:
        check_merchant(message.merchant)
    check_party(message, free_text)


def _account_event(message: AccountEvent, latest: int, free_text: bool) -> None:
    check_identifier(message.id, "id")
    check_time(message.time, "time", latest)
    check_party(message, free_text)


def _outcome(message: TransactionOutcome, latest: int, _free_text: bool) -> None:
    check_identifier(message.id, "id")
    check_identifier(message.transaction, "transaction")
    check_time(message.time, "time", latest)
    if message.code is not None:
        check_identifier(message.code, "code")
    if message.amount is not None:
        check_money(message.amount)
    check_entities(message.entities)


def _label(message: Label, latest: int, _free_text: bool, prefix: str = "") -> None:
    check_identifier(message.id, f"{prefix}id")
    check_time(message.time, f"{prefix}time", latest)
    check_time(message.known_at, f"{prefix}known_at", latest)
    subject = message.subject
    if subject.kind == "transaction":
        check_identifier(subject.id, f"{prefix}subject.id")
    else:
        if MATCHERS[subject.kind](subject.id) is None:
            refuse_token(subject.kind, f"{prefix}subject.id")
        if subject.kind == "merchant":
            check_no_card_number(subject.id, f"{prefix}subject.id")
    for name, text in (
        ("reason_code", message.reason_code), ("source", message.source), ("actor", message.actor),
    ):  # fmt: skip
        check_identifier(text, f"{prefix}{name}")
    if message.supersedes is not None:
        check_identifier(message.supersedes, f"{prefix}supersedes")


def _joined_label(message: JoinedLabel, latest: int, free_text: bool) -> None:
    _label(message.label, latest, free_text, "label.")
    check_entities(message.entities)
    check_time(message.transaction_time, "transaction_time", latest)
    if message.amount is not None:
        check_money(message.amount)


def _control(message: Control, latest: int, _free_text: bool) -> None:
    check_identifier(message.id, "id")
    check_time(message.time, "time", latest)
    check_no_card_number(message.reason, "reason")
    check_payload(message.payload, "payload")


def _control_ack(message: ControlAck, latest: int, _free_text: bool) -> None:
    check_time(message.time, "time", latest)


def _decision(message: Decision, latest: int, _free_text: bool) -> None:
    check_identifier(message.transaction, "transaction")
    check_time(message.time, "time", latest)
    check_time(message.decided_at, "decided_at", LATEST_MS - 1)
    check_money(message.amount)
    check_score(message.score, message.reasons)
    check_entities(message.entities)


def _decision_update(message: DecisionUpdate, latest: int, _free_text: bool) -> None:
    check_time(message.time, "time", latest)
    check_no_card_number(message.reason, "reason")


def _alert(message: Alert, latest: int, _free_text: bool) -> None:
    check_identifier(message.transaction, "transaction")
    check_time(message.time, "time", latest)
    check_money(message.amount)
    check_score(message.score, message.reasons)
    check_entities(message.entities)


def _feature_vector(message: FeatureVector, latest: int, _free_text: bool) -> None:
    check_time(message.time, "time", latest)
    if len(message.values) != 4 * len(message.status):
        raise InvalidFieldError("values", "is not four bytes (float32) for each byte of status")


def _dead_letter(message: DeadLetter, latest: int, _free_text: bool) -> None:
    check_time(message.time, "time", latest)


_RULES: dict[type[Message], Callable[[Any, int, bool], None]] = {
    Transaction: _transaction, TransactionOutcome: _outcome, AccountEvent: _account_event, Label: _label,
    JoinedLabel: _joined_label, Control: _control, ControlAck: _control_ack, Decision: _decision,
    DecisionUpdate: _decision_update, Alert: _alert, FeatureVector: _feature_vector, DeadLetter: _dead_letter,
}  # fmt: skip
