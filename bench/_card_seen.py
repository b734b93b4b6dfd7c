"""One pass over a world's submissions: what the world card measures, kept as columns and counters.

Only authorisations count as payments. A payment went through unless an issuer's decline came back for it:
declines always do.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from events import topics
from events.money import default_rates, parse_amount
from simulator import Submission, World

DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
UTC_OFFSET_MS = {"INR": 19_800_000, "USD": -21_600_000}  # India; US Central for all of the US

Tally = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class FraudPayment:
    """What a fraudulent payment showed."""

    row: int
    time: int
    account: str | None
    card: str | None
    merchant: str


@dataclass(slots=True)
class Seen:
    """Columns of payments (by row) and who was seen with what. `cents`: minor units of the base currency."""

    rows: dict[str, int] = field(default_factory=dict)  # payment id -> row
    time: "array[int]" = field(default_factory=lambda: array("q"))
    minor: "array[int]" = field(default_factory=lambda: array("q"))
    cents: "array[int]" = field(default_factory=lambda: array("q"))
    rupees: "array[int]" = field(default_factory=lambda: array("b"))
    present: "array[int]" = field(default_factory=lambda: array("b"))
    abroad: "array[int]" = field(
        default_factory=lambda: array("b")
    )  # billed in another country than the merchant's
    declines: dict[int, str] = field(default_factory=dict)  # row -> ISO 8583 code
    frauds: dict[str, FraudPayment] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)  # account -> ms
    device_cards: Tally = field(default_factory=lambda: defaultdict(set))
    device_accounts: Tally = field(default_factory=lambda: defaultdict(set))
    card_devices: Tally = field(default_factory=lambda: defaultdict(set))
    account_cards: Tally = field(default_factory=lambda: defaultdict(set))
    ip_day_accounts: list[int] = field(default_factory=list)  # customers of each address on each day
    ip_accounts: Tally = field(default_factory=lambda: defaultdict(set))


def look(world: World) -> Seen:
    """Read the world once. Memory grows with payments: about 1 GiB for three million."""
    seen, frauds, today = Seen(), world.truth.frauds, _Today()
    for item in world.submissions():
        raw = item.raw
        if item.topic == topics.TRANSACTIONS.name and raw["kind"] == "authorisation":
            _payment(seen, raw, item, today, fraud=raw["id"] in frauds)
        elif item.topic == topics.OUTCOMES.name and raw["kind"] == "issuer" and not raw["approved"]:
            row = seen.rows.get(raw["transaction"])
            if row is not None:
                seen.declines[row] = raw["code"]
        elif item.topic == topics.LABELS.name:
            seen.labels.append(raw)
        elif item.topic == topics.ACCOUNT_EVENTS.name and raw["kind"] == "opened":
            seen.opened[raw["account"]] = item.time
    seen.ip_day_accounts += today.close()
    return seen


class _Today:
    """Who was behind which address on the day that is being read: submissions come in order of time."""

    def __init__(self) -> None:
        self._day = -1
        self._behind: Tally = defaultdict(set)

    def close(self) -> list[int]:
        done = [len(accounts) for accounts in self._behind.values()]
        self._behind.clear()
        return done

    def add(self, time: int, ip: str, account: str) -> list[int]:
        """The addresses' counts of the day before, when a new day begins."""
        done: list[int] = []
        if time // DAY_MS != self._day:
            self._day, done = time // DAY_MS, self.close()
        self._behind[ip].add(account)
        return done


_RATES = default_rates()


def _payment(seen: Seen, raw: dict[str, Any], item: Submission, today: _Today, *, fraud: bool) -> None:
    row = len(seen.time)
    money = _RATES.to_money(parse_amount(raw["amount"]), raw["currency"])
    seen.rows[raw["id"]] = row
    seen.time.append(item.time)
    seen.minor.append(money.minor)
    seen.cents.append(money.base_minor)
    seen.rupees.append(raw["currency"] == "INR")
    seen.present.append(raw["channel"] == "card_present")
    billed = next((each["country"] for each in raw.get("addresses", ()) if each["role"] == "billing"), None)
    seen.abroad.append(billed is not None and billed != raw["merchant"]["country"])
    card, ip = (raw.get("card") or {}).get("reference"), (raw.get("ip") or {}).get("address")
    account, device = raw.get("account"), raw.get("device")
    if fraud:
        seen.frauds[raw["id"]] = FraudPayment(row, item.time, account, card, raw["merchant"]["id"])
    if device and card:
        seen.device_cards[device].add(card)
        seen.card_devices[card].add(device)
    if device and account:
        seen.device_accounts[device].add(account)
    if account and card:
        seen.account_cards[account].add(card)
    if ip and account:
        seen.ip_accounts[ip].add(account)
        seen.ip_day_accounts += today.add(item.time, ip, account)


def bursts(tests: Sequence[FraudPayment]) -> list[int]:
    """Attempts at one merchant with less than two hours between each and the next."""
    last: dict[str, int] = {}
    sizes: list[int] = []
    open_at: dict[str, int] = {}
    for payment in sorted(tests, key=lambda p: (p.time, p.row)):
        shop = payment.merchant
        if shop not in last or payment.time - last[shop] > 2 * _HOUR_MS:
            open_at[shop] = len(sizes)
            sizes.append(0)
        sizes[open_at[shop]] += 1
        last[shop] = payment.time
    return sizes
