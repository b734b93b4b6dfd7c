"""What the address stream's benchmark sends, as a process of its own: payments that all bring an address.

`python -m bench._address_load --unseen 0.1 ...` with the options of `bench._scorer_load`.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench._scorer_load import payments, send
from events import topics
from events.types import Address, Transaction
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL
from simulator.texts import Texts
from streaming.log.open import open_log

KNOWN = 1_000
_KNOWN_SEED = 1


def texts(n: int, seed: int) -> list[str]:
    """n spellings of as many places of both countries, by the simulator's noise."""
    rng, places = np.random.default_rng(seed), Places()
    written = Texts(places, Seeds(seed))
    homes = places.houses(rng, rng.integers(0, 2, n).astype(np.int8))
    return [written.written(number).text for number in written.add(homes, CASUAL, "bench").tolist()]


def known_texts() -> list[str]:
    """Those that the scorer has met before a measurement begins."""
    return texts(KNOWN, _KNOWN_SEED)


def unseen(n: int, share: float, seed: int) -> NDArray[np.bool_]:
    """Which of n payments bring a text that nobody has met: bool[n]."""
    return np.random.default_rng(seed).random(n) < share


def addressed(n: int, prefix: str, seed: int, share: float) -> Iterator[Transaction]:
    """n payments; a `share` brings texts that are of this `seed` alone, the rest known ones."""
    known = known_texts()
    new = unseen(n, share, seed)
    fresh = iter(sorted(set(texts(2 * int(new.sum()) + 10, seed)) - set(known)))
    at = np.random.default_rng(seed).integers(0, len(known), n).tolist()
    for i, payment in enumerate(payments(n, prefix, seed)):
        text = next(fresh) if new[i] else known[at[i]]
        yield msgspec.structs.replace(payment, addresses=(Address(role="shipping", text=text[:512]),))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--start", type=int, required=True)
    parser.add_argument("--unseen", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    asked = parser.parse_args()
    waiting = list(addressed(round(asked.rate * asked.seconds), asked.prefix, asked.seed, asked.unseen))
    with closing(open_log(asked.log)) as log:
        log.ensure_topics(topics.ALL, 4)
        print(json.dumps(send(log, waiting, asked.rate, asked.start)), flush=True)


if __name__ == "__main__":
    main()
