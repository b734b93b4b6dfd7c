"""`ringwatch run PART`: one long-running process of the service."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from events.errors import UnavailableError
from ringwatch.cli.common import say, wiring
from ringwatch.wiring import Wiring

# Two processes, so that an hour of training does not hold up the communities; a name for each worker of a machine.
_WORKER = [
    "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle",
    "--queues=ringwatch,nlp", f"--hostname=ringwatch-{os.getpid()}@%h",
]  # fmt: skip


class Part(StrEnum):
    """The parts of a running installation."""

    SCORE = "score"
    GRAPH = "graph"
    LAKE = "lake"
    LABELS = "labels"
    WORKER = "worker"
    BEAT = "beat"
    CONSOLE = "console"


def run(
    part: Annotated[Part, typer.Argument(help="What to run.")],
    until_idle: Annotated[
        float,
        typer.Option(help="End when nothing has come for so many seconds (0: run until stopped).", min=0),
    ] = 0.0,
) -> None:
    """Run one part until SIGTERM or Ctrl-C; it then finishes its batch (a worker: its task) and stores its state.

    score decides payments, labels joins verdicts to them, graph and lake write them down, worker runs scheduled
    jobs and beat asks for them, console answers HTTP. Several score may run where the
    settings say that the journal is a topic: one leads, the others stand by.

    Example: ringwatch run score

    Example: ringwatch run lake --until-idle 10
    """
    with wiring() as parts:
        if part is Part.WORKER:
            parts.worker_app().worker_main(_WORKER)
        elif part is Part.BEAT:
            schedule = parts.settings.var / "beat" / "schedule"
            schedule.parent.mkdir(parents=True, exist_ok=True)
            parts.worker_app().Beat(loglevel="INFO", schedule=str(schedule)).run()
        elif part is Part.CONSOLE:
            from console import make_app, serve

            api = parts.settings.api
            serve(make_app(parts.console_parts()), api.host, api.port)
        else:
            _run_stream(parts, part, until_idle)


def _run_stream(parts: Wiring, part: Part, until_idle: float) -> None:
    step, close = _stream(parts, part)
    port = parts.settings.metrics.ports.get(part.value)
    if port:
        parts.metrics.serve(port)
    rest_the_collector()
    say(f"{part.value}: running")
    idle_since: int | None = None
    with _stop_signal() as stop:
        while not stop.is_set():
            if step():
                idle_since = None
                continue
            now = parts.clock.now_ms()
            idle_since = idle_since or now
            if until_idle and now - idle_since >= until_idle * 1000:
                break
        # Only on the orderly way out: after an error in the middle of a batch the state in memory may be ahead of what
        # was sent, and a recovery from what was stored before is right.
        close()
    say(f"{part.value}: stopped")


def rest_the_collector() -> None:
    """Garbage of batches is freed as references drop; looking for cycles among it cost a fifth of the rate.

    What start-up has made (libraries, tables, the parser) is never looked at again, the rest less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _stream(parts: Wiring, part: Part) -> tuple[Callable[[], int], Callable[[], None]]:
    if part is Part.SCORE and parts.settings.score.journal == "topic":
        return _candidate(parts)
    if part is Part.SCORE:
        scorer = parts.score()
        done = scorer.recover()
        say(
            f"score: from seq {done.from_seq}, {done.replayed} inputs replayed, {done.sent} messages sent again"
        )
        return _patient(parts, scorer.step), scorer.close
    makers = {Part.GRAPH: parts.write_graph, Part.LAKE: parts.write_lake, Part.LABELS: parts.labels}
    consumer = makers[part]()
    return _patient(parts, consumer.step), consumer.close


def _candidate(parts: Wiring) -> tuple[Callable[[], int], Callable[[], None]]:
    candidate = parts.score_candidate(say)
    signal.signal(signal.SIGUSR1, lambda *_: candidate.take_lead())
    say("score: stands by; it leads once nobody else does, or on SIGUSR1")
    return _patient(parts, candidate.step), candidate.close


def _patient(parts: Wiring, step: Callable[[], int], limit: int = 60) -> Callable[[], int]:
    """Waits where a service is away for a moment; after `limit` tries in a row the process ends with the error."""
    failures = 0

    def attempt() -> int:
        nonlocal failures
        try:
            done = step()
        except UnavailableError as error:
            failures += 1
            if failures > limit:
                raise
            say(f"waiting: {error}")
            parts.clock.sleep(min(5.0, 0.1 * 2 ** min(failures, 6)))
            return 0
        failures = 0
        return done

    return attempt


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    stop = threading.Event()
    held = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
