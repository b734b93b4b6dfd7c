"""The world's columns before they become messages. Entity columns index the `Book`; -1 is absent.

`country` is the buyer's, `currency` that of the merchant's country, which amounts are in.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.spec import FraudType

Rows = NDArray[np.void]  # a structured array of one of the dtypes below

PAYMENT = np.dtype(
    [
        ("id", "u8"), ("time", "i8"), ("kind", "i1"), ("amount", "i8"), ("currency", "i1"), ("country", "i1"),
        ("channel", "i1"),
        ("card", "i4"), ("account", "i4"), ("device", "i4"), ("email", "i4"), ("phone", "i4"), ("ip", "i4"),
        ("merchant", "i4"), ("ship", "i4"), ("bill", "i4"), ("parent", "u8"),
        # the truth, which never leaves the simulator
        ("fraud", "i1"), ("ring", "i4"), ("code", "i1"),
    ]
)  # fmt: skip
OUTCOME = np.dtype([("id", "u8"), ("time", "i8"), ("payment", "i8"), ("kind", "i1"), ("code", "i1")])
ACCOUNT_EVENT = np.dtype(
    [
        ("id", "u8"), ("time", "i8"), ("kind", "i1"), ("account", "i4"), ("card", "i4"), ("device", "i4"),
        ("email", "i4"), ("ip", "i4"), ("ship", "i4"),
    ]
)  # fmt: skip
LABEL = np.dtype(
    [
        ("id", "u8"), ("time", "i8"), ("known_at", "i8"), ("payment", "u8"), ("verdict", "i1"), ("reason", "i1"),
        ("actor", "i1"), ("supersedes", "u8"),
    ]
)  # fmt: skip

KINDS = ("authorisation", "capture", "refund", "reversal")
CAPTURE, REFUND, REVERSAL = 1, 2, 3

CHANNELS = ("card_present", "ecommerce", "transfer")
CARD_PRESENT, ECOMMERCE, TRANSFER = 0, 1, 2

FRAUDS: tuple[FraudType | Literal[""], ...] = (
    "", "ring", "card_testing", "stolen_card", "takeover", "compromised_merchant", "bust_out",
)  # fmt: skip
GENUINE, RING, TESTING, STOLEN, TAKEOVER, COMPROMISED, BUST_OUT = range(7)

# An issuer's answers, ISO 8583 field 39.
CODES = ("00", "51", "05", "14", "N7", "59", "61")
APPROVED, NO_FUNDS, DO_NOT_HONOUR, INVALID_CARD, CVV_WRONG, SUSPECTED, OVER_LIMIT = range(7)

OUTCOME_KINDS = ("issuer", "cvv", "avs")
ISSUER, CVV, AVS = 0, 1, 2

ACCOUNT_KINDS = (
    "login", "login_failed", "password_reset", "device_added", "address_changed", "email_changed", "card_added",
    "opened",
)  # fmt: skip
LOGIN, LOGIN_FAILED, RESET, DEVICE_ADDED, ADDRESS_CHANGED, EMAIL_CHANGED, CARD_ADDED, OPENED = range(8)

VERDICTS = ("chargeback", "confirmed", "cleared")
CHARGEBACK, CONFIRMED, CLEARED = 0, 1, 2
REASONS = (
    "fraud-card-absent", "fraud-account-takeover", "goods-not-received", "analyst-review", "representment-won",
)  # fmt: skip
ABSENT_CARD, ACCOUNT_TAKEN, NOT_RECEIVED, REVIEWED, REPRESENTED = range(5)
ACTORS = ("dispute-desk", "analyst-01", "analyst-02", "analyst-03", "analyst-04")
SOURCES = ("network", "analyst", "analyst", "analyst", "analyst")  # of each actor
DISPUTE_DESK, FIRST_ANALYST = 0, 1

_ABSENT = ("card", "account", "device", "email", "phone", "ip", "merchant", "ship", "bill", "ring")


def blank(dtype: np.dtype[np.void], n: int) -> Rows:
    """`n` rows with no entity: index columns -1, all else 0."""
    rows = np.zeros(n, dtype)
    for name in dtype.names or ():
        if name in _ABSENT:
            rows[name] = -1
    return rows


def table(dtype: np.dtype[np.void], rows: Sequence[dict[str, Any]]) -> Rows:
    """Rows given one by one; columns not named are as in `blank`."""
    out = blank(dtype, len(rows))
    for i, row in enumerate(rows):
        for name, value in row.items():
            out[name][i] = value
    return out


def join(dtype: np.dtype[np.void], blocks: Sequence[Rows]) -> Rows:
    """The blocks one after the other."""
    return np.concatenate([blank(dtype, 0), *blocks])
