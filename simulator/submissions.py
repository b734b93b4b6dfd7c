"""Rows become submissions: raw dicts as a merchant's or a bank's system sends them to the door."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from events import topics
from simulator import rows as r
from simulator.aftermath import ACTORS, REASONS, SOURCES
from simulator.gazetteer import COUNTRIES, CURRENCIES
from simulator.history import History, in_order
from simulator.merchants import CATEGORIES
from simulator.seeds import letters

_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class Submission:
    """`raw` is what arrives at the door at `time` (epoch ms) for `topic`, identifiers in the clear."""

    time: int
    topic: str
    raw: dict[str, Any]


def transaction_id(number: int) -> str:
    return f"txn-{letters(number)}"


def submissions(history: History) -> Iterator[Submission]:
    """All submissions in order of (time, topic, id)."""
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
        book, merchants = history.book, history.merchants
        self._merchants = [
            {"id": name, "category": CATEGORIES[category].code, "country": COUNTRIES[country]}
            for name, category, country in zip(
                merchants.ids, merchants.category.tolist(), merchants.country.tolist(), strict=True
            )
        ]
        self._currency = [CURRENCIES[country] for country in merchants.country.tolist()]
        self._ship = [{"role": "shipping", "text": text, "country": country} for text, country in book.texts]
        self._bill = [{"role": "billing", "text": text, "country": country} for text, country in book.texts]

    def many(self, table: int, rows: Any) -> list[Submission]:
        """Submissions of these rows of a table (`in_order`), in their order."""
        makers: Sequence[Callable[[Any], list[Submission]]] = (
            self._events, self._labels, self._outcomes, self._payments,
        )  # fmt: skip
        return makers[table](rows)

    def _identifiers(self, rows: r.Rows) -> list[dict[str, Any]]:
        book = self._history.book
        sources: tuple[tuple[str, Sequence[Any]], ...] = (
            ("card", book.cards), ("account", book.accounts), ("device", book.devices), ("email", book.emails),
            ("phone", book.phones), ("ip", book.ips), ("merchant", self._merchants),
        )  # fmt: skip
        out: list[dict[str, Any]] = [{} for _ in range(len(rows))]
        for name, values in sources:
            if name in (rows.dtype.names or ()):
                for raw, index in zip(out, rows[name].tolist(), strict=True):
                    if index >= 0:
                        raw[name] = values[index]
        return out

    def _payments(self, indices: Any) -> list[Submission]:
        rows = self._history.payments[indices]
        out = []
        columns = (rows[name].tolist() for name in ("id", "time", "kind", "amount", "merchant", "channel", "ship",
                                                     "bill", "parent"))  # fmt: skip
        for raw, (number, time, kind, amount, merchant, channel, ship, bill, parent) in zip(
            self._identifiers(rows), zip(*columns, strict=True), strict=True
        ):
            raw["id"] = transaction_id(number)
            raw["time"] = time
            raw["kind"] = r.KINDS[kind]
            raw["amount"] = f"{amount // 100}.{amount % 100:02d}"
            raw["currency"] = self._currency[merchant]
            raw["channel"] = r.CHANNELS[channel]
            if bill >= 0:
                raw["addresses"] = [self._bill[bill]] if ship < 0 else [self._bill[bill], self._ship[ship]]
            if parent:
                raw["parent"] = transaction_id(parent)
            out.append(Submission(time, topics.TRANSACTIONS.name, raw))
        return out

    def _outcomes(self, indices: Any) -> list[Submission]:
        rows = self._history.outcomes[indices]
        payments = self._history.payments[rows["payment"]]
        out = []
        columns = (rows["id"], payments["id"], rows["time"], rows["kind"], rows["code"])
        for raw, (number, payment, time, kind, code) in zip(
            self._identifiers(payments), zip(*(c.tolist() for c in columns), strict=True), strict=True
        ):
            raw["id"] = f"out-{letters(number)}"
            raw["transaction"] = transaction_id(payment)
            raw["time"] = time
            raw["kind"] = r.OUTCOME_KINDS[kind]
            raw["approved"] = kind == r.ISSUER and code == r.APPROVED
            raw["code"] = r.CODES[code] if kind == r.ISSUER else "no-match"
            out.append(Submission(time, topics.OUTCOMES.name, raw))
        return out

    def _events(self, indices: Any) -> list[Submission]:
        rows = self._history.events[indices]
        out = []
        columns = (rows[name].tolist() for name in ("id", "time", "kind", "ship"))
        for raw, (number, time, kind, ship) in zip(
            self._identifiers(rows), zip(*columns, strict=True), strict=True
        ):
            raw["id"] = f"evt-{letters(number)}"
            raw["time"] = time
            raw["kind"] = r.ACCOUNT_KINDS[kind]
            if ship >= 0:
                raw["addresses"] = [self._ship[ship]]
            out.append(Submission(time, topics.ACCOUNT_EVENTS.name, raw))
        return out

    def _labels(self, indices: Any) -> list[Submission]:
        rows = self._history.labels[indices]
        out = []
        columns = (rows[name].tolist() for name in ("id", "payment", "time", "known_at", "verdict", "reason", "actor",
                                                     "supersedes"))  # fmt: skip
        for number, payment, time, known_at, verdict, reason, actor, superseded in zip(*columns, strict=True):
            raw: dict[str, Any] = {
                "id": f"lab-{letters(number)}",
                "subject": {"kind": "transaction", "id": transaction_id(payment)},
                "verdict": r.VERDICTS[verdict],
                "reason_code": REASONS[reason],
                "source": SOURCES[actor],
                "actor": ACTORS[actor],
                "time": time,
                "known_at": known_at,
            }
            if superseded:
                raw["supersedes"] = f"lab-{letters(superseded)}"
            out.append(Submission(known_at, topics.LABELS.name, raw))
        return out
