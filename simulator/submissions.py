"""Rows become submissions: raw dicts as a merchant's or a bank's system sends them to the door."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from events import topics
from simulator import rows as r
from simulator.book import Book
from simulator.gazetteer import COUNTRIES, CURRENCIES
from simulator.history import History, in_order
from simulator.merchants import CATEGORIES, Merchants
from simulator.rows import Rows
from simulator.seeds import letters, names

_CHUNK = 8192

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Submission:
    """`raw` is what arrives at the door at `time` (epoch ms) for `topic`, identifiers in the clear."""

    time: int
    topic: str
    raw: Raw


def transaction_id(number: int) -> str:
    return f"txn-{letters(number)}"


def count(history: History) -> int:
    """How many `submissions` there are."""
    return sum(len(table) for table in (history.payments, history.outcomes, history.events, history.labels))


def submissions(history: History) -> Iterator[Submission]:
    """All submissions in order of (time, topic, id). Parts of `raw` may be shared: they are to be read only."""
    make = _Maker(history)
    which, row = in_order(history)
    for at in range(0, len(which), _CHUNK):
        tables, indices = which[at : at + _CHUNK].tolist(), row[at : at + _CHUNK]
        # Rows of one table are read column by column: far cheaper than element by element.
        ready = [iter(make.many(table, indices[which[at : at + _CHUNK] == table])) for table in range(4)]
        for table in tables:
            yield next(ready[table])


class _Maker:
    def __init__(self, history: History) -> None:
        self._history = history
        self._parties = _parties(history.book, history.merchants)
        self._currency = [CURRENCIES[country] for country in history.merchants.country.tolist()]

    def many(self, table: int, rows: Any) -> list[Submission]:
        """Submissions of these rows of a table (`in_order`), in their order."""
        makers: Sequence[Callable[[Any], list[Submission]]] = (
            self._events, self._labels, self._outcomes, self._payments,
        )  # fmt: skip
        return makers[table](rows)

    def _identifiers(self, rows: Rows) -> list[Raw]:
        out: list[Raw] = [{} for _ in range(len(rows))]
        for name, raw_of in self._parties:
            if name in (rows.dtype.names or ()):
                for raw, index in zip(out, rows[name].tolist(), strict=True):
                    if index >= 0:
                        raw[name] = raw_of(index)
        return out

    def _address(self, role: str, text: int) -> dict[str, str]:
        written = self._history.book.texts.written(text)
        return {"role": role, "text": written.text, "country": written.country}

    def _payments(self, indices: Any) -> list[Submission]:
        rows = self._history.payments[indices]
        out = []
        columns = (
            names("txn", rows["id"]), names("txn", rows["parent"]), (rows["parent"] != 0).tolist(),
            *(rows[name].tolist() for name in ("time", "kind", "amount", "merchant", "channel", "ship", "bill")),
        )  # fmt: skip
        for raw, (name, parent, follows, time, kind, amount, merchant, channel, ship, bill) in zip(
            self._identifiers(rows), zip(*columns, strict=True), strict=True
        ):
            raw["id"] = name
            raw["time"] = time
            raw["kind"] = r.KINDS[kind]
            raw["amount"] = f"{amount // 100}.{amount % 100:02d}"
            raw["currency"] = self._currency[merchant]
            raw["channel"] = r.CHANNELS[channel]
            if bill >= 0:
                raw["addresses"] = [self._address("billing", bill)]
                if ship >= 0:
                    raw["addresses"].append(self._address("shipping", ship))
            if follows:
                raw["parent"] = parent
            out.append(Submission(time, topics.TRANSACTIONS.name, raw))
        return out

    def _outcomes(self, indices: Any) -> list[Submission]:
        rows = self._history.outcomes[indices]
        payments = self._history.payments[rows["payment"]]
        out = []
        columns = (
            names("out", rows["id"]), names("txn", payments["id"]),
            *(rows[name].tolist() for name in ("time", "kind", "code")),
        )  # fmt: skip
        for raw, (name, payment, time, kind, code) in zip(
            self._identifiers(payments), zip(*columns, strict=True), strict=True
        ):
            raw["id"] = name
            raw["transaction"] = payment
            raw["time"] = time
            raw["kind"] = r.OUTCOME_KINDS[kind]
            raw["approved"] = kind == r.ISSUER and code == r.APPROVED
            raw["code"] = r.CODES[code] if kind == r.ISSUER else "no-match"
            out.append(Submission(time, topics.OUTCOMES.name, raw))
        return out

    def _events(self, indices: Any) -> list[Submission]:
        rows = self._history.events[indices]
        out = []
        columns = (names("evt", rows["id"]), *(rows[name].tolist() for name in ("time", "kind", "ship")))
        for raw, (name, time, kind, ship) in zip(
            self._identifiers(rows), zip(*columns, strict=True), strict=True
        ):
            raw["id"] = name
            raw["time"] = time
            raw["kind"] = r.ACCOUNT_KINDS[kind]
            if ship >= 0:
                raw["addresses"] = [self._address("shipping", ship)]
            out.append(Submission(time, topics.ACCOUNT_EVENTS.name, raw))
        return out

    def _labels(self, indices: Any) -> list[Submission]:
        rows = self._history.labels[indices]
        out = []
        columns = (rows[name].tolist() for name in ("id", "payment", "time", "known_at", "verdict", "reason", "actor",
                                                     "supersedes"))  # fmt: skip
        for number, payment, time, known_at, verdict, reason, actor, superseded in zip(*columns, strict=True):
            raw: Raw = {
                "id": f"lab-{letters(number)}",
                "subject": {"kind": "transaction", "id": transaction_id(payment)},
                "verdict": r.VERDICTS[verdict],
                "reason_code": r.REASONS[reason],
                "source": r.SOURCES[actor],
                "actor": r.ACTORS[actor],
                "time": time,
                "known_at": known_at,
            }
            if superseded:
                raw["supersedes"] = f"lab-{letters(superseded)}"
            out.append(Submission(known_at, topics.LABELS.name, raw))
        return out


def _parties(book: Book, merchants: Merchants) -> tuple[tuple[str, Callable[[int], Any]], ...]:
    """Columns of rows that name an entity, and how its raw form is made."""
    shops = [
        {"id": name, "category": CATEGORIES[category].code, "country": COUNTRIES[country]}
        for name, category, country in zip(
            merchants.ids, merchants.category.tolist(), merchants.country.tolist(), strict=True
        )
    ]
    return (
        ("card", book.card), ("account", book.account), ("device", book.device), ("email", book.email),
        ("phone", book.phone), ("ip", book.ip), ("merchant", shops.__getitem__),
    )  # fmt: skip
