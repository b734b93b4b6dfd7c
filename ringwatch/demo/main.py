"""The demo's course."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from events import topics
from events.errors import ConflictError
from graph.publish import current, load
from ringwatch.demo import latency, past, present, report
from ringwatch.demo.parts import running
from ringwatch.sending import Sender
from ringwatch.services import start_stack
from ringwatch.services.ports import free_port, is_free
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from simulator import World, preset
from streaming.log.port import TopicPartition
from workers import REFRESH

PARTS = ("labels", "graph", "lake", "score", "worker", "console")
PRESENT_DAYS = 24
PACED_DAYS = 0.5
REFRESH_DAYS = 8
COMMUNITIES_EVERY_MS = 10 * past.DAY_MS
IN_FLIGHT = 256
PER_SECOND = 50.0
_REFRESH_S = 120.0
_API_PORT = 8600


_MARK = ".ringwatch-demo"


def clear(folder: Path) -> None:
    """Empty `folder`. `ConflictError` where it holds something that no demo has made."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ConflictError(f"{folder} holds files that no demo has made; name an empty --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


class Demo:
    """One demo in `folder`, which it empties first."""

    def __init__(self, folder: Path, seed: int, progress: Progress) -> None:
        self.folder = folder
        self._seed = seed
        self._progress = progress
        self._metrics_port = free_port()
        self._api_port = _API_PORT if is_free(_API_PORT) else free_port()

    @contextmanager
    def running(self) -> Iterator[dict[str, Any]]:
        """The report. Services and parts run inside the block and have ended behind it."""
        started = time.monotonic()
        clear(self.folder)
        with ExitStack() as stack:
            with self._task("starting services"):
                stack.enter_context(start_stack("embedded", self.folder / STACK, progress=lambda _: None))
            parts = Wiring(load_settings({"var": self.folder}))
            stack.callback(parts.close)
            world = World(preset("demo"), self._seed)
            now_ms = world.spec.end_ms - PRESENT_DAYS * past.DAY_MS
            source = past.Until(world.arrivals(parts.door))
            rows = self._past(parts, source, now_ms)
            with self._task("starting the live parts"):
                environment = {
                    "RINGWATCH_VAR": str(self.folder),
                    "RINGWATCH_METRICS__PORTS__SCORE": str(self._metrics_port),
                    "RINGWATCH_API__PORT": str(self._api_port),
                }
                stack.enter_context(running(PARTS, self.folder / "logs", environment))
            found = self._present(parts, world, source, now_ms)
            found |= {
                "training_rows": rows,
                "seconds": round(time.monotonic() - started, 1),
                "seed": self._seed,
            }
            path = self.folder / "report.json"
            found["file"] = str(path)
            path.write_text(json.dumps(found, indent=1, sort_keys=True))
            yield found

    def _past(self, parts: Wiring, source: past.Until, now_ms: int) -> int:
        with self._task("living through the past: events") as advance:
            lived = past.live_through(
                parts, source.before(now_ms), now_ms, every_ms=COMMUNITIES_EVERY_MS, progress=advance
            )
        with self._task("handing over to the live parts: links") as advance:
            past.hand_over(parts, lived, now_ms, advance)
        return lived.rows

    def _present(self, parts: Wiring, world: World, source: past.Until, now_ms: int) -> dict[str, Any]:
        watch = present.watch(parts.log)
        paced_ms = world.spec.end_ms - round(PACED_DAYS * past.DAY_MS)
        before = self._histogram("ringwatch_stage_seconds", "stage")
        began = time.monotonic()
        with Sender(parts.log) as sender:
            streamer = present.Streamer(sender, watch)
            with self._task("streaming the present: days", total=PRESENT_DAYS) as advance:
                for day in range(1, PRESENT_DAYS + 1):
                    until = min(now_ms + day * past.DAY_MS, paced_ms)
                    streamer.stream(source.before(until), IN_FLIGHT)
                    if day % REFRESH_DAYS == 0:
                        self._refresh(parts)
                    advance(1)
            streamed = (len(watch.decisions), time.monotonic() - began)
            stages = self._histogram("ringwatch_stage_seconds", "stage")
            whole = self._histogram("ringwatch_decision_latency_seconds", "lane")
            with self._task(f"the last hours, at {PER_SECOND:.0f} payments a second") as advance:
                streamer.pace(source.before(world.spec.end_ms), PER_SECOND, advance)
            paced = latency.since(
                self._histogram("ringwatch_decision_latency_seconds", "lane")["live"], whole.get("live")
            )
        features = load(parts.blobs, current(parts.cache) or "")
        decisions = sorted(watch.decisions.values(), key=lambda d: d.seq)
        return {
            "decisions": report.decision_figures(decisions, world.truth, parts.costs),
            "rings": report.ring_figures(report.match_rings(features, world.truth, parts.door), world.truth),
            "latency_ms": {
                "stages": {name: latency.since(now, before.get(name)) for name, now in stages.items()},
                "paced": {"per_second": PER_SECOND, **paced},
                "in_flight": IN_FLIGHT,
            },
            "decisions_per_second": streamed[0] / streamed[1],
        }

    def _refresh(self, parts: Wiring) -> None:
        """Communities by Celery, once the graph has what was sent."""
        writer = parts.graph_writer()

        def written() -> dict[TopicPartition, int]:
            return {TopicPartition(*source): at for source, at in writer.positions().items()}

        present.wait_for(written, parts.log, [topics.TRANSACTIONS.name, topics.ACCOUNT_EVENTS.name])
        done = parts.worker_app().send_task(REFRESH).get(timeout=_REFRESH_S)
        self._progress.console.print(
            f"  communities: {done.get('rings', 0)} rings in {done['entities']:,} entities"
        )

    def _histogram(self, name: str, by: str) -> dict[str, dict[str, Any]]:
        return latency.read_histograms(f"http://127.0.0.1:{self._metrics_port}/metrics", name, by)

    @contextmanager
    def _task(self, description: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        task: TaskID = self._progress.add_task(description, total=total)

        def advance(count: int) -> None:
            self._progress.advance(task, count)

        yield advance
        done = self._progress.tasks[self._progress.task_ids.index(task)].completed
        self._progress.update(task, total=done or 1, completed=done or 1)
