"""Speed of the parser in a process of its own: `python -m bench._address_speed`, one JSON object.

Cold: texts never seen, from text to fields. Warm: of every twenty texts nineteen were seen before. `start_s`: what
`load_parser` takes once spaCy and numba are imported (`import_s`), models and directory included.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

TEXTS, ROUNDS, SINGLES = 3_000, 5, 2_000
REPEATS = 20


def main() -> None:
    began = time.perf_counter()
    import numba  # noqa: F401 - what load_parser would import
    import spacy  # noqa: F401 - the same

    import_s = time.perf_counter() - began
    from nlp import load_parser

    began = time.perf_counter()
    parser = load_parser()
    parser.parse("12 MG Road, Bengaluru 560001")
    start_s = time.perf_counter() - began
    texts = sys.stdin.read().split("\x00")
    assert len(set(texts)) >= TEXTS * (ROUNDS + 1)
    cold, warm, part = [], [], texts[:TEXTS]
    for turn in range(ROUNDS):
        part = texts[turn * TEXTS : (turn + 1) * TEXTS]
        began = time.process_time()
        for text in part:
            parser.parse(text)
        cold.append(TEXTS / (time.process_time() - began))
    fresh = texts[ROUNDS * TEXTS : ROUNDS * TEXTS + TEXTS]
    rng = np.random.default_rng(3)
    for turn in range(ROUNDS):
        new = fresh[turn * (TEXTS // ROUNDS) : (turn + 1) * (TEXTS // ROUNDS)]
        old = [part[i] for i in rng.integers(0, len(part), len(new) * (REPEATS - 1))]
        mixed = [
            text
            for i, text in enumerate(new)
            for text in (text, *old[i * (REPEATS - 1) : (i + 1) * (REPEATS - 1)])
        ]
        began = time.process_time()
        for text in mixed:
            parser.parse(text)
        warm.append(len(mixed) / (time.process_time() - began))
    singles = []
    for text in texts[-SINGLES:]:
        began = time.perf_counter()
        parser.parse(text)
        singles.append((time.perf_counter() - began) * 1e3)
    figures = {
        "import_s": round(import_s, 2), "start_s": round(start_s, 2), "cold_per_s": round(float(np.median(cold))),
        "warm_per_s": round(float(np.median(warm))), "p50_ms": round(float(np.quantile(singles, 0.5)), 3),
        "p99_ms": round(float(np.quantile(singles, 0.99)), 3),
        "peak_mb": _peak_mb(),
    }  # fmt: skip
    print(json.dumps(figures))


def _peak_mb() -> int:
    """Not `getrusage`: that counts the parent, too, as long as the two shared their memory."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1e3)


if __name__ == "__main__":
    main()
