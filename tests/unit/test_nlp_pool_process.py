"""Real processes: they parse as the parser does, and are killed, stuck and stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from nlp import KeyCache, load_parser
from nlp.pool import ParserPool
from nlp.pool_port import Answer, PoolSettings
from nlp.pool_process import Processes, WorkerProcess
from storage import SystemClock
from storage.metrics import Metrics
from tests.support.fake_crew import key_of

TEXTS = [
    "14 MG Road, Bengaluru 560038",
    "221 W 23rd St, Apt 4B, New York, NY 10011",
    "asdf",
    "",
    "Flat 12, Tower B, 7 Park Street, Kolkata 700016",
    "\u0928\u0908 \u0926\u093f\u0932\u094d\u0932\u0940",
    "12/" * 3_333,
]


class Crew(Processes):
    """Remembers whom it started."""

    def __init__(
        self, version: str, settings: PoolSettings, program: str = "tests.support.stuck_worker"
    ) -> None:
        super().__init__(version, settings, program)
        self.started: list[WorkerProcess] = []

    def start(self) -> WorkerProcess:
        self.started.append(super().start())
        return self.started[-1]


class Pools:
    """Pools that are closed in the end."""

    def __init__(self) -> None:
        self.made: list[ParserPool] = []
        self.metrics = Metrics()

    def pool(self, **bounds: int) -> tuple[ParserPool, Crew]:
        settings = PoolSettings(**bounds)
        crew = Crew("v", settings)
        self.made.append(ParserPool("v", crew, SystemClock(), self.metrics, settings))
        return self.made[-1], crew

    def close(self) -> None:
        for pool in self.made:
            pool.close()

    def lost(self, cause: str) -> float:
        name = "ringwatch_address_workers_lost_total"
        return self.metrics.registry.get_sample_value(name, {"cause": cause}) or 0.0


@pytest.fixture
def pools() -> Iterator[Pools]:
    made = Pools()
    yield made
    made.close()


def until_answered(pool: ParserPool, found: dict[str, Answer]) -> dict[str, Answer]:
    """What comes of all that is owed, looked for as a stream does."""
    clock = SystemClock()
    while pool.owed:
        clock.sleep(0.005)
        found |= pool.answers()
    return found


def test_a_pool_gives_the_parsers_keys(pools: Pools) -> None:
    parser = load_parser()
    settings = PoolSettings(processes=1)
    pool = ParserPool(parser.version, Processes(parser.version, settings), SystemClock(), Metrics(), settings)
    pools.made.append(pool)
    assert pool.keys(TEXTS) == parser.keys(TEXTS)
    assert KeyCache(pool).get_many([*TEXTS, None]) == KeyCache(parser).get_many([*TEXTS, None])


def test_kill_9_at_work_loses_no_text(pools: Pools) -> None:
    pool, crew = pools.pool(processes=2, tries=1_000)
    texts = [f"text {i}" for i in range(20_000)]
    found = pool.answers(texts, 1.0)
    clock, kills = SystemClock(), 0
    while pool.owed:
        if kills < 5 and crew.started[-1].ready and len(found) > 1_000 * kills:
            os.kill(crew.started[-1].pid, signal.SIGKILL)
            kills += 1
        clock.sleep(0.001)
        found |= pool.answers()
    assert found == {text: Answer(key_of(text)) for text in texts}
    assert 1 <= pools.lost("died") <= kills


def test_a_text_that_never_ends_ends_its_process_and_others_go_on(pools: Pools) -> None:
    """By processor time: the kernel ends it, whatever it is at."""
    pool, crew = pools.pool(processes=2, text_ms=20, tries=2)
    found = pool.answers(["spin", *(f"text {i}" for i in range(100)), "raise"], None)
    assert found["spin"] == found["raise"] == Answer(None, parsed=False)
    assert all(found[text] == Answer(key_of(text)) for text in found if text.startswith("text"))
    assert pools.lost("died") == 2
    assert len(crew.started) >= 3


def test_a_text_that_sleeps_is_found_by_the_clock(pools: Pools) -> None:
    pool, _ = pools.pool(processes=1, hang_ms=200, tries=1)
    assert pool.answers(["sleep", "text"], None) == {
        "sleep": Answer(None, parsed=False),
        "text": Answer(key_of("text")),
    }
    assert pools.lost("hung") == 1


def test_a_process_that_is_stopped_is_replaced(pools: Pools) -> None:
    pool, crew = pools.pool(processes=1, hang_ms=200, tries=2)
    pool.keys(["text"])
    os.kill(crew.started[0].pid, signal.SIGSTOP)
    assert pool.keys(["other"]) == [key_of("other")]
    assert pools.lost("hung") == 1


def test_processes_end_with_their_pool_and_heed_no_signal_that_is_meant_for_it(pools: Pools) -> None:
    pool, crew = pools.pool(processes=1)
    pool.keys(["text"])
    (worker,) = crew.started
    os.kill(worker.pid, signal.SIGINT)
    os.kill(worker.pid, signal.SIGTERM)
    assert pool.keys(["other"]) == [key_of("other")]
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) >= 10
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)
    assert pools.lost("died") == 0


def test_every_process_holds_the_same_parser() -> None:
    """A version that hung on the order of a set would be another one in each process, and none of them would start."""
    program = "from nlp.parser import default_version; print(default_version())"
    printed = {
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(printed) == 1
