"""What the scorer's benchmark sends and reads, each as a process of its own (`python -m bench._scorer_load`).

Latencies count from the moment at which a payment was meant to leave, whether the sender could keep up or not: a
system that stalls makes the payments behind it late, and hiding that is called coordinated omission.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import msgspec
import numpy as np

from events import codec, topics
from events.entities import entities_of, partition_key
from events.types import Address, Card, Device, Email, Ip, Merchant, Money, Phone, Transaction
from streaming.log.open import open_log
from streaming.log.port import Log, Outgoing, TopicPartition

CARDS, DEVICES, MERCHANTS, ADDRESSES = 50_000, 40_000, 2_000, 1_000
AMOUNT_LOG_MEAN, AMOUNT_LOG_STD = 8.0, 1.2
_ADDRESSED = 0.1
_SILENCE_S = 20.0


class _Head(msgspec.Struct):
    """The payment that a decision or a transaction is about."""

    id: str = ""
    transaction: str = ""


def card(number: int) -> str:
    return f"card.1.{number:032x}"


def device(number: int) -> str:
    return f"device.1.{number:032x}"


def payments(n: int, prefix: str, seed: int) -> Iterator[Transaction]:
    """n authorisations at time 0: log-uniform cards (a few are very busy), whose other entities follow from them."""
    random = np.random.default_rng(seed)
    cards = (CARDS ** random.random(n)).astype(np.int64).tolist()
    merchants = (MERCHANTS ** random.random(n)).astype(np.int64).tolist()
    amounts = np.exp(random.normal(AMOUNT_LOG_MEAN, AMOUNT_LOG_STD, n)).astype(np.int64).tolist()
    addressed = (random.random(n) < _ADDRESSED).tolist()
    for i, (number, merchant, amount, with_address) in enumerate(
        zip(cards, merchants, amounts, addressed, strict=True)
    ):
        street = number % ADDRESSES
        text = f"{street + 1} Main Street, Springfield, IL {62_700 + street % 50}, US"
        yield Transaction(
            id=f"{prefix}{i}",
            time=0,
            amount=Money(
                minor=amount, currency="USD", base_minor=amount, base_currency="USD", rate_version="r"
            ),
            channel="ecommerce",
            card=Card(token=card(number), bin=f"4{number % 2_000:05d}"),
            account=f"account.1.{number:032x}",
            device=Device(token=device(number * 7 % DEVICES)),
            email=Email(token=f"email.1.{number:032x}", domain=f"mail{number % 100}.example"),
            phone=Phone(token=f"phone.1.{number:032x}", country="US"),
            ip=Ip(token=f"ip.1.{number // 3:032x}", prefix=f"10.{number % 200}.1.0/24", country="US"),
            merchant=Merchant(
                token=f"merchant.0.m{merchant}", category=f"{5_000 + merchant % 90}", country="US"
            ),
            addresses=(Address(role="shipping", text=text),) if with_address else (),
        )


def outgoing(payment: Transaction, time_ms: int) -> Outgoing:
    message = msgspec.structs.replace(payment, time=time_ms)
    key = partition_key(entities_of(message), message.id)
    return Outgoing(topics.TRANSACTIONS.name, key, codec.encode(message))


def send(log: Log, waiting: Sequence[Transaction], rate: float, start_ns: int) -> int:
    """Send `rate` payments a second from `start_ns` (CLOCK_MONOTONIC) on, all that are due at once; how many."""
    sent = 0
    with closing(log.open_producer("bench-open-loop", [topics.TRANSACTIONS.name])) as producer:
        while sent < len(waiting):
            due = int((time.monotonic_ns() - start_ns) / 1e9 * rate) + 1
            if due > sent:
                now = time.time_ns() // 1_000_000
                producer.send([outgoing(payment, now) for payment in waiting[sent:due]])
                sent = min(due, len(waiting))
            left = start_ns + sent / rate * 1e9 - time.monotonic_ns()
            if left > 0:
                time.sleep(left / 1e9)
    return sent


def read(log: Log, topic: str, count: int, rate: float, prefix: str, start_ns: int) -> list[float]:
    """Milliseconds from each payment's intended send until its record of `topic` was read."""
    found: dict[int, float] = {}
    with closing(log.open_reader(_positions(log, topic))) as reader:
        print("ready", flush=True)
        heard = time.monotonic()
        while len(found) < count and time.monotonic() - heard < _SILENCE_S:
            records = reader.poll(2_000, 0.2)
            now = time.monotonic_ns()
            for record in records:
                head = msgspec.json.decode(record.value, type=_Head)
                name = head.transaction or head.id
                if name.startswith(prefix):
                    number = int(name.removeprefix(prefix))
                    found.setdefault(number, (now - start_ns - number / rate * 1e9) / 1e6)
                    heard = time.monotonic()
    return [found[number] for number in sorted(found)]


def _positions(log: Log, topic: str) -> dict[TopicPartition, int]:
    return dict(log.end(topic))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("send", "read"))
    parser.add_argument("--log", required=True)
    parser.add_argument("--topic", default=topics.DECISIONS.name)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--start", type=int, required=True)
    asked = parser.parse_args()
    with closing(open_log(asked.log)) as log:
        log.ensure_topics(topics.ALL, 4)
        if asked.what == "send":
            waiting = list(payments(round(asked.rate * asked.seconds), asked.prefix, seed=int(asked.rate)))
            print(json.dumps(send(log, waiting, asked.rate, asked.start)), flush=True)
            return
        count = round(asked.rate * asked.seconds)
        print(json.dumps(read(log, asked.topic, count, asked.rate, asked.prefix, asked.start)), flush=True)


if __name__ == "__main__":
    main()
