"""usaddress on addresses given as JSON lines `[text, [[start, end, label], ...]]`: what it gets right, and how fast.

Runs in its own environment (`make usaddress`), so it imports nothing of ours. Prints one JSON object.
"""

import json
import sys
import time

import usaddress  # type: ignore[import-not-found]  # in an environment of its own

ROUNDS = 5


def main() -> None:
    rows = [json.loads(line) for line in sys.stdin]
    whole, coarse = 0, 0
    for text, gold in rows:
        found = []
        at = 0
        for word, label in usaddress.parse(text):
            start = text.find(word.rstrip(" ,;"), at)
            found.append((start, label))
            at = start + 1
        right = [(label, _label_at(gold, start)) for start, label in found if start >= 0]
        whole += all(label == wanted for label, wanted in right if wanted)
        coarse += all(
            COARSE.get(label, label) == COARSE.get(wanted, wanted) for label, wanted in right if wanted
        )
    rates = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for text, _ in rows:
            usaddress.parse(text)
        rates.append(len(rows) / (time.process_time() - began))
    print(
        json.dumps(
            {"whole": whole / len(rows), "coarse": coarse / len(rows), "per_s": sorted(rates)[ROUNDS // 2]}
        )
    )


COARSE = {
    "AddressNumber": "number", "AddressNumberPrefix": "number", "AddressNumberSuffix": "number",
    "OccupancyType": "unit", "OccupancyIdentifier": "unit", "SubaddressType": "unit", "SubaddressIdentifier": "unit",
    "PlaceName": "city", "StateName": "state", "ZipCode": "state",
    "StreetName": "street", "StreetNamePreDirectional": "street", "StreetNamePreModifier": "street",
    "StreetNamePreType": "street", "StreetNamePostDirectional": "street", "StreetNamePostModifier": "street",
    "StreetNamePostType": "street",
}  # fmt: skip


def _label_at(gold: list[tuple[int, int, str]], at: int) -> str:
    return next((label for start, end, label in gold if start <= at < end), "")


if __name__ == "__main__":
    main()
