"""The pool of parser processes, with processes and a clock that do as they are told."""

from random import Random

import pytest

from events.errors import UnavailableError
from nlp.pool import ParserPool
from nlp.pool_port import Answer, PoolSettings
from storage.metrics import Metrics
from tests.support.fake_crew import FakeCrew, HandClock, key_of

BUDGET = 10.0


class Bench:
    """A pool on a bench."""

    def __init__(self, **settings: int) -> None:
        self.clock = HandClock()
        self.crew = FakeCrew(self.clock)
        self.metrics = Metrics()
        self.pool = ParserPool("v", self.crew, self.clock, self.metrics, PoolSettings(**settings))

    def ask(self, *texts: str, budget_ms: float | None = BUDGET) -> dict[str, Answer]:
        return self.pool.answers(texts, budget_ms)

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"ringwatch_{name}", labels) or 0.0


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.pool.start()
    return made


def keyed(*texts: str) -> dict[str, Answer]:
    return {text: Answer(key_of(text)) for text in texts}


def test_what_is_parsed_in_the_budget_is_answered(bench: Bench) -> None:
    bench.crew.meanwhile = bench.crew.work
    assert bench.ask("a", "-b", "c") == keyed("a", "-b", "c")
    assert bench.pool.owed == 0
    assert len(bench.crew.waits) == 1
    assert bench.counted("address_pending_seconds_count") == 0


def test_what_is_not_comes_with_a_later_call(bench: Bench) -> None:
    assert bench.ask("a", "b") == {}
    assert bench.clock.us == BUDGET * 1_000
    assert bench.pool.owed == 2
    bench.clock.pass_ms(40)
    bench.crew.work()
    assert bench.ask() == keyed("a", "b")
    assert bench.ask() == {}
    assert bench.counted("address_pending_seconds_count") == 2
    assert bench.counted("address_pending_seconds_sum") == pytest.approx(0.1)


def test_a_text_is_asked_for_once(bench: Bench) -> None:
    bench.ask("a")
    bench.ask("a", "a")
    assert [len(worker.waiting) for worker in bench.crew.started] == [1, 0]


def test_nobody_waits_for_those_that_are_behind(bench: Bench) -> None:
    """A burst costs its first batch one budget and later ones nothing, until it is worked off."""
    burst = [f"burst {i}" for i in range(500)]
    bench.ask(*burst)
    bench.crew.waits.clear()
    bench.clock.pass_ms(1)
    for i in range(20):
        bench.ask(f"new {i}")
    assert bench.crew.waits == []
    bench.crew.work()
    assert bench.ask().keys() == {*burst, *(f"new {i}" for i in range(20))}
    bench.crew.meanwhile = bench.crew.work
    assert bench.ask("after") == keyed("after")


def test_nobody_waits_for_a_process_that_starts() -> None:
    bench = Bench()
    bench.crew.up_at_once = False
    assert bench.ask("a") == {}
    assert bench.crew.waits == []
    bench.crew.started[0].ready = True
    bench.crew.work()
    assert bench.ask() == keyed("a")


def test_others_go_on_while_one_hangs(bench: Bench) -> None:
    bench.ask("hangs")
    bench.clock.pass_ms(1)
    stuck, other = bench.crew.started
    bench.crew.meanwhile = other.work
    for i in range(10):
        assert bench.ask(f"text {i}") == keyed(f"text {i}")
    assert list(stuck.waiting) == ["hangs"]


def test_processes_start_when_there_is_work_for_them() -> None:
    bench = Bench(processes=3)
    assert bench.crew.started == []
    bench.ask("a")
    assert len(bench.crew.started) == 1
    bench.ask("b")
    assert len(bench.crew.started) == 2
    bench.crew.work()
    bench.ask()
    bench.ask("c")
    assert len(bench.crew.started) == 2


def test_a_dead_process_loses_no_text() -> None:
    bench = Bench(processes=1)
    bench.ask("a", "b", "c", "d")
    (first,) = bench.crew.started
    first.work(1)
    first.gone = True
    assert bench.ask() == keyed("a")  # it had said so before
    assert bench.ask() == {}
    assert bench.counted("address_workers_lost_total", cause="died") == 1
    assert list(bench.crew.started[1].waiting) == ["c", "d", "b"]  # that which it was at may be why it died
    bench.crew.work()
    assert bench.ask() == keyed("b", "c", "d")


def test_the_text_it_was_at_does_not_take_others_along(bench: Bench) -> None:
    """What a dead process had goes to others, but for that."""
    bench.ask("hangs", "other", "later", "last")
    stuck, healthy = bench.crew.started
    assert list(stuck.waiting) == ["hangs", "later"]
    stuck.gone, bench.crew.up_at_once = True, False
    bench.ask()
    assert list(bench.crew.started[2].waiting) == ["hangs"]
    assert list(healthy.waiting) == ["other", "last", "later"]


def test_a_text_that_ends_every_process_is_given_up() -> None:
    bench = Bench(processes=1, tries=3)
    bench.ask("ends it", "b")
    for ends in range(1, 4):
        assert bench.pool.owed > 0
        worker = bench.crew.started[-1]
        while worker.waiting[0] != "ends it":
            worker.work(1)
        worker.gone = True
        found = bench.ask() | bench.ask()
        assert found.get("ends it") == (Answer(None, parsed=False) if ends == 3 else None)
    assert bench.pool.owed == 0
    assert bench.counted("address_unparsable_total") == 1


def test_a_process_that_says_nothing_is_killed() -> None:
    bench = Bench(processes=1, hang_ms=1_000, tries=2)
    bench.ask("hangs")
    (first,) = bench.crew.started
    bench.clock.pass_ms(1_000)
    bench.ask()
    assert first.killed
    assert bench.counted("address_workers_lost_total", cause="hung") == 1
    bench.clock.pass_ms(1_001)
    assert bench.ask() == {"hangs": Answer(None, parsed=False)}


def test_one_that_answers_all_the_time_is_not(bench: Bench) -> None:
    """However long its list: nobody is killed for having much to do, nor for having had nothing."""
    bench.ask(*(f"text {i}" for i in range(50)))
    for _ in range(25):
        bench.clock.pass_ms(14_000)
        for worker in bench.crew.started:
            worker.work(1)
        bench.ask()
    bench.clock.pass_ms(1_000_000)
    bench.ask()
    assert len(bench.crew.started) == 2
    assert bench.pool.owed == 0


def test_a_text_that_the_parser_fails_on_is_given_up_at_once(bench: Bench) -> None:
    bench.ask("bad")
    bench.crew.started[0].work(failed=True)
    assert bench.ask() == {"bad": Answer(None, parsed=False)}
    assert len(bench.crew.started) == 2


def test_without_a_budget_everything_is_answered() -> None:
    bench = Bench(owed=7)
    bench.crew.meanwhile = bench.crew.work
    texts = [f"text {i}" for i in range(100)]
    assert bench.pool.keys(texts) == [key_of(text) for text in texts]
    assert bench.pool.keys([]) == []


def test_what_is_owed_is_bounded() -> None:
    bench = Bench(owed=7)
    bench.ask(*(f"text {i}" for i in range(100)))
    assert bench.pool.owed == 7
    bench.crew.work()
    assert len(bench.ask()) == 7


def test_a_process_is_handed_no_more_than_its_socket_takes(bench: Bench) -> None:
    texts = [f"{i} " + "x" * 9_990 for i in range(20)]
    bench.ask(*texts)
    assert [worker.handed for worker in bench.crew.started] == [[3], [3]]
    found = dict(bench.ask())
    while len(found) < 20:
        bench.crew.work()
        found |= bench.ask()
    assert found == keyed(*texts)
    bench.ask("y" * 100_000)
    bench.crew.work()
    assert len(bench.ask()) == 1


def test_starting_is_tried_ever_more_seldom_and_waiting_for_ever_is_not_an_answer() -> None:
    bench = Bench()
    bench.crew.refuses = True
    with pytest.raises(UnavailableError):
        bench.ask("a", budget_ms=None)
    assert bench.clock.us < 10_000_000
    for _ in range(100):
        bench.clock.pass_ms(1_000)
        bench.ask("b")
    bench.crew.refuses = False
    bench.clock.pass_ms(30_000)
    bench.ask()
    bench.crew.work()
    assert bench.ask().keys() == {"a", "b"}


def test_one_that_ends_before_it_is_up_blames_no_text() -> None:
    bench = Bench(processes=1, tries=1)
    bench.crew.up_at_once = False
    bench.ask("a")
    bench.crew.started[0].gone = True
    bench.ask()
    assert len(bench.crew.started) == 1  # not before a while
    bench.clock.pass_ms(200)
    bench.ask()
    bench.crew.started[1].ready = True
    bench.crew.work()
    assert bench.ask() == keyed("a")


def test_closing_ends_all(bench: Bench) -> None:
    bench.ask("a")
    bench.pool.close()
    assert all(worker.killed for worker in bench.crew.started)
    assert bench.pool.owed == 0


@pytest.mark.parametrize("seed", range(200))
def test_whatever_happens_every_text_is_answered(seed: int) -> None:
    """Processes work, die, hang and don't start by chance; some texts end them always. None is lost or mixed up."""
    rng = Random(seed)  # noqa: S311 - of histories
    bench = Bench(
        processes=rng.randint(1, 3), tries=3, hang_ms=500, start_ms=500, owed=rng.choice((10, 1_000))
    )
    found: dict[str, Answer] = {}
    asked = [f"{'poison' if rng.random() < 0.03 else 'text'} {i}" for i in range(60)]
    texts = list(asked)
    for _ in range(3_000):
        if texts and rng.random() < 0.2:
            some = texts[: rng.randint(1, 8)]
            found |= bench.pool.answers(some, rng.choice((0.0, 5.0)))
            texts = texts[len(some) :] + [text for text in some if text not in found]
        bench.crew.refuses = rng.random() < 0.05
        bench.crew.up_at_once = rng.random() < 0.5
        for worker in bench.crew.started:
            worker.ready |= rng.random() < 0.3
            poisoned = bool(worker.waiting) and worker.waiting[0].startswith("poison")
            if worker.ready and poisoned:
                worker.gone |= rng.random() < 0.3  # or it just hangs
            elif worker.ready and not worker.gone:
                worker.work(1)
        bench.clock.pass_ms(rng.choice((0, 1, 5, 50)))
        found |= bench.ask()
        if not texts and not bench.pool.owed:
            break
    assert found.keys() == set(asked)
    for text, answer in found.items():
        assert answer == (
            Answer(None, parsed=False) if text.startswith("poison") else Answer(key_of(text))
        ), text
