"""The demo's course."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.progress import Progress, TaskID

from console.report import AblationStep, Report, render_report
from events import topics
from events.errors import ConflictError
from events.types import Decision
from graph.publish import current, load
from ringwatch.demo import ablation, latency, past, present, report
from ringwatch.demo.parts import running
from ringwatch.reporting.dossiers import Facts, by_customer
from ringwatch.ring_truth import match_rings, ring_cards
from ringwatch.sending import Sender
from ringwatch.services import start_stack
from ringwatch.services.ports import free_port, is_free
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from simulator import World, preset
from streaming.log.port import TopicPartition
from workers import REFRESH

if TYPE_CHECKING:
    from concurrent.futures import Future

PARTS = ("labels", "graph", "lake", "score", "worker", "console")
CUSTOMERS = 14_000
REVIEWS_PER_DAY = 20
PRESENT_DAYS = 24
PACED_DAYS = 0.5
REFRESH_DAYS = 8
COMMUNITIES_EVERY_MS = 10 * past.DAY_MS
IN_FLIGHT = 256
PER_SECOND = 50.0
ABLATION_PATIENCE_S = 240.0
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """Decisions of the present, in order, and how long they took."""

    decisions: list[Decision]
    stages: dict[str, dict[str, float]]
    paced: dict[str, float]


class Demo:
    """One demo in `folder`, which it empties first."""

    def __init__(self, folder: Path, seed: int, progress: Progress) -> None:
        self.folder = folder
        self._seed = seed
        self._progress = progress
        self._metrics_port = free_port()
        self._api_port = _API_PORT if is_free(_API_PORT) else free_port()

    @contextmanager
    def running(self) -> Iterator[Report]:
        """The report. Services and parts run inside the block and have ended behind it."""
        clear(self.folder)
        with ExitStack() as stack:
            with self._task("starting services"):
                stack.enter_context(start_stack("embedded", self.folder / STACK, progress=lambda _: None))
            parts = Wiring(load_settings({"var": self.folder, "costs": {"reviews_per_day": REVIEWS_PER_DAY}}))
            stack.callback(parts.close)
            world = World(preset("gateway-cnp").change(customers=CUSTOMERS), self._seed)
            now_ms = world.spec.end_ms - PRESENT_DAYS * past.DAY_MS
            steps = stack.enter_context(
                ablation.beginning(
                    world.spec,
                    self._seed,
                    now_ms,
                    parts.costs,
                    label_delay_ms=past.LABEL_DELAY_MS,
                    communities_every_ms=COMMUNITIES_EVERY_MS,
                )
            )
            source = past.Until(world.arrivals(parts.door))
            lived = self._past(parts, source, now_ms)
            with self._task("starting the live parts"):
                environment = {
                    "RINGWATCH_VAR": str(self.folder),
                    "RINGWATCH_METRICS__PORTS__SCORE": str(self._metrics_port),
                    "RINGWATCH_API__PORT": str(self._api_port),
                    "RINGWATCH_COSTS__REVIEWS_PER_DAY": str(REVIEWS_PER_DAY),
                }
                stack.enter_context(running(PARTS, self.folder / "logs", environment))
            seen = self._present(parts, world, source, now_ms)
            found = self._report(parts, world, source, lived, seen, steps)
            (self.folder / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
            (self.folder / "report.html").write_text(render_report(found), encoding="utf-8")
            yield found

    @property
    def api(self) -> str:
        """Where decisions are to be had on request."""
        return f"http://127.0.0.1:{self._api_port}"

    def _past(self, parts: Wiring, source: past.Until, now_ms: int) -> past.Past:
        with self._task("living through the past: events") as advance:
            lived = past.live_through(
                parts, source.before(now_ms), now_ms, every_ms=COMMUNITIES_EVERY_MS, progress=advance
            )
        with self._task("handing over to the live parts: links") as advance:
            past.hand_over(parts, lived, now_ms, advance)
        return lived

    def _present(self, parts: Wiring, world: World, source: past.Until, now_ms: int) -> "_Seen":
        watch = present.watch(parts.log)
        paced_ms = world.spec.end_ms - round(PACED_DAYS * past.DAY_MS)
        before = self._histogram("ringwatch_stage_seconds", "stage")
        with Sender(parts.log) as sender:
            streamer = present.Streamer(sender, watch)
            with self._task("streaming the present: days", total=PRESENT_DAYS) as advance:
                for day in range(1, PRESENT_DAYS + 1):
                    until = min(now_ms + day * past.DAY_MS, paced_ms)
                    streamer.stream(source.before(until), IN_FLIGHT)
                    if day % REFRESH_DAYS == 0:
                        self._refresh(parts)
                    advance(1)
            stages = self._histogram("ringwatch_stage_seconds", "stage")
            whole = self._histogram("ringwatch_decision_latency_seconds", "lane")
            with self._task(f"the last hours, at {PER_SECOND:.0f} payments a second") as advance:
                streamer.pace(source.before(world.spec.end_ms), PER_SECOND, advance)
            paced = latency.since(
                self._histogram("ringwatch_decision_latency_seconds", "lane")["live"], whole.get("live")
            )
        return _Seen(
            decisions=sorted(watch.decisions.values(), key=lambda d: d.seq),
            stages={name: latency.since(now, before.get(name)) for name, now in stages.items()},
            paced=paced,
        )

    def _report(
        self,
        parts: Wiring,
        world: World,
        source: past.Until,
        lived: past.Past,
        seen: "_Seen",
        steps: "Future[tuple[AblationStep, ...]]",
    ) -> Report:
        with self._task("writing the report"):
            features, truth = load(parts.blobs, current(parts.cache) or ""), world.truth
            true = ring_cards(truth, parts.door)
            guilty = {p.card.token for p in source.payments if p.card and p.id in truth.frauds}
            facts = Facts(
                features,
                by_customer(source.payments),
                lambda text: parts.local_addresses.get(text)[0],
                {decision.transaction: decision for decision in seen.decisions},
                lambda name: name in truth.frauds,
            )
            return report.make_report(
                report.Lived(
                    decisions=seen.decisions,
                    truth=truth,
                    costs=parts.costs,
                    facts=facts,
                    found=match_rings(features, true, guilty),
                    rings=true.there(features.tokens),
                    ablation=ablation.ready(steps, ABLATION_PATIENCE_S),
                    stages=seen.stages,
                    paced=seen.paced,
                    per_second=PER_SECOND,
                    importance=lived.importance,
                    source=f"simulated world gateway-cnp, seed {self._seed}, {world.spec.customers:,} customers",
                )
            )

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
