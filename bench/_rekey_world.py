"""Addresses of a city of godowns, in two spellings each, and payments to them at a steady rate."""

import random
import threading
import time
from collections.abc import Sequence
from typing import Self

from events import topics
from events.arrival import Arrival
from events.door import Door
from events.types import Transaction
from nlp.example import Example, Span
from ringwatch.sending import Sender
from streaming.log.port import Log

_STREETS = (
    "Nehru", "Gandhi", "Tilak", "Shivaji", "Ambedkar", "Subhash", "Patel", "Tagore", "Vivekananda",
    "Lajpat", "Gokhale", "Savarkar", "Bhagat", "Azad", "Rani", "Lakshmi", "Durga", "Ganesh", "Hanuman",
    "Krishna", "Rama", "Buddha", "Mahavir", "Kabir", "Tulsi", "Mira", "Surya", "Chandra", "Ashoka", "Akbar",
    "Shahjahan", "Babar", "Kaveri", "Godavari", "Yamuna", "Narmada", "Himalaya", "Vindhya", "Sahyadri",
    "Malabar", "Konkan", "Deccan", "Coromandel", "Cathedral", "Mission", "College", "Library", "Museum",
    "Palace", "Fort", "Market", "Station", "Harbour", "Lighthouse", "Garden", "Temple", "Mosque", "Convent",
    "Hospital", "Mill",
)  # fmt: skip
_TOWNS = (
    ("Shivaji Nagar", "Pune", "411005"), ("Kothrud", "Pune", "411038"), ("Indiranagar", "Bengaluru", "560038"),
    ("Jayanagar", "Bengaluru", "560041"), ("Salt Lake", "Kolkata", "700064"), ("Ballygunge", "Kolkata", "700019"),
    ("Andheri East", "Mumbai", "400069"), ("Dadar West", "Mumbai", "400028"), ("Adyar", "Chennai", "600020"),
    ("Mylapore", "Chennai", "600004"),
)  # fmt: skip
_HOT = 400
_STRIDE, _PLACES = 7_919, 100_000  # which places are corrected: from all over
_BEFORE_MS = 300_000  # the fill is that much older than what flows: a plan counts what has settled
_CARDS = 20_000
_TICK_S = 0.05


def spellings(place: int) -> tuple[str, str]:
    """Two ways to write one godown, which the strict key keeps apart: `Road` is not `Marg`."""
    godown, plot, street, (area, city, pin) = _parts(place)
    return (
        f"Godown No {godown}, Plot No {plot}, {street} Road, {area}, {city} {pin}",
        f"Godown {godown}, {plot} {street} Marg, {area}, {city} {pin}",
    )


def addresses(number: int) -> list[str]:
    """`number` texts: half of them two spellings of a place each, the rest one of a place of its own."""
    pairs = number // 4
    twice = [text for place in range(pairs) for text in spellings(place)]
    return twice + [spellings(place)[0] for place in range(pairs, number - pairs)]


def corrections(number: int, since: int = 0) -> list[Example]:
    """What people said of as many warehouses elsewhere: a vakhar is a unit, not part of the house's number."""
    made = []
    for at in range(since, since + number):
        godown, plot, street, (area, city, pin) = _parts(at * _STRIDE % _PLACES)
        said = (
            ("unit", f"Vakhar No {godown}"), ("house_number", f"Plot No {plot}"), ("street", f"{street} Road"),
            ("locality", area), ("city", city),
        )  # fmt: skip
        text, spans = "", list[Span]()
        for field, value in said:
            text += ", " if text else ""
            spans.append((len(text), len(text) + len(value), field))
            text += value
        spans.append((len(text) + 1, len(text) + 1 + len(pin), "postcode"))
        made.append(Example(f"{text} {pin}", "IN", tuple(spans)))
    return made


def _parts(place: int) -> tuple[int, int, str, tuple[str, str, str]]:
    rest, town = divmod(place, len(_TOWNS))
    rest, street = divmod(rest, len(_STREETS))
    plot, godown = divmod(rest, 4)
    return godown * 7 + 3, plot * 3 + 11, _STREETS[street], _TOWNS[town]


def payment(door: Door, name: str, time_ms: int, card: int, text: str, minor: int) -> Transaction:
    return door.transaction({
        "id": name, "time": time_ms, "amount": f"{minor / 100:.2f}", "currency": "INR", "channel": "ecommerce",
        "card": f"card-{card}", "device": f"device-{card % 9_000}", "merchant": f"shop-{card % 50}",
        "shipping_address": text,
    })  # fmt: skip


def fill(log: Log, door: Door, texts: Sequence[str], now_ms: int) -> int:
    """One payment to each address, as fast as the log takes them, dated some minutes back."""
    with Sender(log, name="fill") as sender:
        for number, text in enumerate(texts):
            at = now_ms - _BEFORE_MS - len(texts) + number
            event = payment(door, f"f{number}", at, number % _CARDS, text, 100 + number % 900)
            sender.send(Arrival(time=at, topic=topics.TRANSACTIONS.name, message=event))
    return len(texts)


class Feed:
    """Payments at `rate` a second from a thread, to any of `texts`, a third of them to a few hundred busy ones."""

    def __init__(self, log: Log, door: Door, texts: Sequence[str], rate: int, name: str) -> None:
        self._name = name
        self._log, self._door, self._texts, self._rate = log, door, texts, rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self.sent = 0
        self.behind_s = 0.0
        self.fault: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.fault is not None:
            raise self.fault

    def _run(self) -> None:
        rng = random.Random(self._texts[0])  # noqa: S311 - of payments
        began = time.monotonic()
        try:
            with Sender(self._log, name=self._name) as sender:
                while not self._stop.is_set():
                    due = int((time.monotonic() - began) * self._rate)
                    for _ in range(self.sent, due):
                        self._send(sender, rng)
                    sender.flush()
                    self.behind_s = max(self.behind_s, time.monotonic() - began - due / self._rate)
                    self._stop.wait(_TICK_S)
        except BaseException as error:  # noqa: BLE001 - told where the feed ends
            self.fault = error

    def _send(self, sender: Sender, rng: random.Random) -> None:
        busy = rng.random() < 1 / 3
        text = self._texts[
            rng.randrange(min(_HOT, len(self._texts))) if busy else rng.randrange(len(self._texts))
        ]
        now = time.time_ns() // 1_000_000
        event = payment(
            self._door, f"{self._name}{self.sent}", now, rng.randrange(_CARDS), text, rng.randint(100, 30_000)
        )
        sender.send(Arrival(time=now, topic=topics.TRANSACTIONS.name, message=event))
        self.sent += 1
