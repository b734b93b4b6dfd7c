"""A process of a `ParserPool`: `python -m nlp.pool_worker SOCKET VERSION TEXT_MS NICENESS`.

Reads lists of texts, answers each text by itself, and ends with its socket. A text that takes more than TEXT_MS of
processor time ends the process: by the kernel, as code that hangs can't be asked to stop.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from msgspec import msgpack

from events.types import AddressKey
from nlp.parser import load_parser
from nlp.pool_port import Reply
from nlp.pool_process import READY


class Parser(Protocol):
    """What makes a key of a text (`nlp.parser.AddressParser`)."""

    def key(self, text: str) -> AddressKey | None: ...


def main(load: Callable[[str], Parser] = load_parser) -> None:
    """Be one. `load` makes the parser of a version."""
    number, version, text_ms, niceness = sys.argv[1:]
    for ignored in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, which ends us when it is done
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    step_back(int(niceness))
    connection = Connection(int(number))
    parser = load(version)
    parser.key("1 Warm Street, Bengaluru 560001")  # what is made at first use is not the first text's to pay
    try:
        connection.send_bytes(READY)
        while True:
            for text in msgpack.decode(connection.recv_bytes(), type=list[str]):
                connection.send_bytes(msgpack.encode(answer(parser, text, int(text_ms) / 1_000)))
    except (EOFError, OSError):
        return


def step_back(niceness: int) -> None:
    """Let everything else go first: others of this session by niceness, and where sessions are groups, those too.

    Linux shares a processor among sessions before it looks at niceness (sched(7), "The autogroup feature"), so without
    the second a store that is a session of its own would get no more than its share beside a niced parser.
    """
    os.nice(niceness)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness), "ascii")


def answer(parser: Parser, text: str, limit_s: float) -> Reply:
    """The reply on `text`. An error of the parser's is said without the text, which is nobody's business."""
    began = time.perf_counter_ns()
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        key, failed = parser.key(text), False
    except Exception as error:  # noqa: BLE001 - whatever it is, the next text may be parsed
        key, failed = None, True
        sys.stderr.write(f"address parser: {type(error).__name__} on a text of {len(text)} characters\n")
        traceback.print_tb(error.__traceback__)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Reply(key, (time.perf_counter_ns() - began) // 1_000, failed)


if __name__ == "__main__":
    main()
