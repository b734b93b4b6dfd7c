"""The life cycle of addresses at full size: corrections, a tagger, a release, a re-key and its undoing, counted.

`make -s bench-address_rekey` fills scorer and graph with 50,000 addresses, a quarter of which are places written in two
ways, then lets 500 payments a second flow. Meanwhile 200 corrections of one systematic mistake (a vakhar is a unit) are
learnt, measured, deployed; an alias map of the graph's addresses is made, planned, applied (the applying process is
killed half-way, the scorer while it makes its windows), and undone. It ends with one JSON line, and with exit code 1
where a payment is lost, a count differs from the plan's, a window or a link from what one fold of the log gives, or a
key from what it was. Settings, all optional:

    RINGWATCH_REKEY_ADDRESSES  50000
    RINGWATCH_REKEY_RATE       500 payments a second
    RINGWATCH_REKEY_BASE       made addresses to train beside (-1: those of the package's tagger)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench._course import Ids, activate, graph_positions, review_large, wait
from bench._rekey_checks import Truth, feature_faults, table_faults
from bench._rekey_world import Feed, addresses, corrections, fill
from bench._report import progress, quantiles, report
from events import codec, topics
from events.types import Decision
from graph.aliases import read_aliases
from graph.rekey import state_of
from ringwatch.demo.parts import Parts, running
from ringwatch.services import start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from scoring import COLD
from streaming.seed import seed_scorer

WHO = ("--actor", "bench", "--reason", "life cycle")
CORRECTIONS = 200
LARGE = 25_000


@dataclass(frozen=True)
class Scale:
    """`addresses` in the graph, `rate` payments a second, `base` made addresses a training; `kills` kill processes."""

    addresses: int = 50_000
    rate: int = 500
    base: int = -1
    batch: int = 500
    kills: bool = True


@dataclass
class Course:
    """One run over one stack."""

    parts: Wiring
    live: Parts
    folder: Path
    scale: Scale
    sent: int = 0
    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def command(self, *words: str, given: str = "", code: int = 0) -> list[dict[str, Any]]:
        """`ringwatch address ...`; what it printed."""
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "ringwatch", "address", *words], input=given, capture_output=True, text=True,
            env={**os.environ, "RINGWATCH_VAR": str(self.folder)}, check=False,
        )  # fmt: skip
        name = " ".join(word for word in words[:2] if not word.startswith("-"))
        self.figures.setdefault("seconds", {})[name] = round(time.monotonic() - began, 1)
        progress(
            f"{name}: exit code {done.returncode} after {time.monotonic() - began:.1f} s {done.stdout[-300:]}"
        )
        if done.returncode != code:
            raise AssertionError(f"{name} ended with {done.returncode}: {done.stderr[-2_000:]}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def expect(self, what: str, *, holds: bool) -> None:
        progress(f"{'ok    ' if holds else 'WRONG '} {what}")
        if not holds:
            self.faults.append(what)

    def settle(self) -> None:
        """Until everything sent is decided and in the graph."""
        log = self.parts.log
        with closing(Ids(log, topics.DECISIONS.name)) as decided:
            wait("payments undecided", lambda: self.sent - decided.count(), self.live, lambda: None)

        def missing() -> int:
            held = graph_positions(self.parts)
            ends = {**log.end(topics.TRANSACTIONS.name), **log.end(topics.ALERTS.name)}
            return sum(max(0, end - held.get(source, 0)) for source, end in ends.items())

        wait("records not in the graph", missing, self.live, lambda: None)

    # --- the way --------------------------------------------------------------------------------------------

    def fill(self, texts: Sequence[str]) -> None:
        began = time.monotonic()
        self.sent += fill(self.parts.log, self.parts.door, texts, self.parts.clock.now_ms())
        self.settle()
        known = self.parts.graph.read("MATCH (n:Address) WHERE n.text IS NOT NULL RETURN count(n)")[0][0]
        self.figures["fill"] = {
            "texts": len(texts), "addresses": known, "seconds": round(time.monotonic() - began, 1)
        }  # fmt: skip
        progress(f"filled: {self.figures['fill']}")

    def learn(self) -> None:
        """The mistake is corrected, learnt, measured and the tagger put in force."""
        made = corrections(CORRECTIONS)
        lines = "\n".join(json.dumps({"text": it.text, "country": "IN", "spans": it.spans}) for it in made)
        before = self.units_right()
        kept = self.command("correct", "--json", *WHO, given=lines)
        self.expect("every correction is kept", holds=len(kept) == CORRECTIONS)
        (done,) = self.command("train", "--json", "--base", str(self.scale.base))
        self.expect("the gate lets it pass", holds=done["passed"])
        self.command("deploy", "--json", "--wait", "20", *WHO)
        self.parts.__dict__.pop("field_parser", None)
        after = self.units_right()
        self.figures["units_right"] = {"before": before, "after": after, "tagger": done["tagger"]}
        self.expect(
            f"the mistake is mended: {before:.0%} -> {after:.0%} right", holds=after > max(0.9, before)
        )

    def units_right(self) -> float:
        """Share of unseen addresses like the corrected ones whose unit is right."""
        parser = self.parts.field_parser
        texts = [it.text for it in corrections(200, since=CORRECTIONS)]
        right = [
            (parser.parse(text, "IN").fields.unit or "").lower() == text.split(",")[0].lower()
            for text in texts
        ]
        return sum(right) / len(right)

    def rekey(self, feed: Feed) -> dict[str, str]:
        """Made, planned, applied with kills on the way; the map."""
        (made,) = self.command("rekey", "map", "--json", *WHO)
        of = dict(self.parts.alias_maps.get(made["map"]).of)
        self.figures["map"] = made | {"moved": len(of)}
        (plan,) = self.command("rekey", "plan", "--json", "--batch", str(self.scale.batch))
        sent = feed.sent
        if self.scale.kills:
            self.killed_half_way(plan["batches"])
        (done,) = self.command("rekey", "apply", "--json", *WHO)
        seconds = self.figures["seconds"]["rekey apply"]
        self.figures["plan"] = plan["counts"] | {"batches": plan["batches"]}
        self.figures["result"] = done["counts"]
        self.figures["during_apply_per_s"] = round((feed.sent - sent) / max(seconds, 1), 1)
        self.expect("the plan's counts equal the result's", holds=done["counts"] == plan["counts"])
        self.expect("the graph holds the map", holds=read_aliases(self.parts.graph.read) == of)
        (status,) = self.command("rekey", "status", "--json")
        self.expect("scorer and graph agree", holds=status["agree"])
        return of

    def killed_half_way(self, batches: int) -> None:
        """SIGKILL for the scorer while it makes its windows, and for who applies once half of the batches are done."""
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "ringwatch", "address", "rekey", "apply", "--json", *WHO],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "RINGWATCH_VAR": str(self.folder)},
        )  # fmt: skip
        commands = self.parts.log.end(topics.CONTROL.name)
        while self.parts.log.end(topics.CONTROL.name) == commands and process.poll() is None:
            time.sleep(0.01)
        self.live.kill("score")
        self.live.start("score")
        while process.poll() is None and state_of(self.parts.graph).done < batches // 2:
            time.sleep(0.02)
        process.kill()
        process.wait()
        done = state_of(self.parts.graph).done
        self.figures["killed_at_batch"] = done
        progress(f"killed the applying process at batch {done} of {batches}")

    def undo(self) -> None:
        (done,) = self.command("rekey", "undo", "--json", "--batch", str(self.scale.batch), *WHO)
        self.figures["undone"] = done["counts"]
        self.expect("the undo's counts equal its plan's", holds=done["counts"] == done["planned"])
        self.expect("no address has another place", holds=read_aliases(self.parts.graph.read) == {})

    def latencies(self) -> None:
        """From a payment's time to its decision, in ms."""
        found = []
        for record in _all(self.parts, topics.DECISIONS.name):
            decision = codec.decode(record, Decision)
            if not decision.transaction.startswith("f"):
                found.append(decision.decided_at - decision.time)
        self.figures["decision_ms"] = quantiles(found, 0)


def _all(parts: Wiring, topic: str) -> Sequence[bytes]:
    found, ends = [], parts.log.end(topic)
    with closing(parts.log.open_reader(parts.log.begin(topic))) as reader:
        while any(reader.positions()[source] < end for source, end in ends.items()):
            found += [record.value for record in reader.poll(20_000, 0.1)]
    return found


def course(folder: Path, scale: Scale) -> tuple[dict[str, Any], list[str]]:
    """Figures, and what does not add up."""
    with ExitStack() as held:
        held.enter_context(start_stack("embedded", folder / STACK, progress=progress))
        parts = Wiring(load_settings({"var": folder}))
        held.callback(parts.close)
        # A checkpoint of nothing, which is kept: so the journal stays whole from the first event.
        history = parts.backfill(communities_every_ms=0)
        seed_scorer(history, parts.state_folder, parts.log, COLD, parts.clock, parts.state_store)
        live = held.enter_context(running(("graph", "score"), folder / "logs", environment(folder)))
        run = Course(parts, live, folder, scale)
        activate(parts, live, review_large(parts, LARGE).id)
        texts = addresses(scale.addresses)
        run.fill(texts)
        with Feed(parts.log, parts.door, texts, scale.rate, "a") as feed:
            run.learn()
            of = run.rekey(feed)
            time.sleep(5)
        run.sent += feed.sent
        run.settle()
        truth = Truth.of(parts)
        run.expect("every payment sent is in the log", holds=len(truth.events) == run.sent)
        faults = table_faults(truth, parts.graph.read_edges(), of)
        run.expect(f"links are those of one fold by places {faults}", holds=not faults)
        run.figures["joined"] = joined(parts, of, scale)
        with Feed(parts.log, parts.door, texts, scale.rate, "b") as feed:
            run.undo()
            time.sleep(5)
        run.sent += feed.sent
        run.settle()
        run.latencies()
        exits = live.stop()
        run.expect(f"every part ended well {exits}", holds=not any(exits.values()))
        truth = Truth.of(parts)
        faults = table_faults(truth, parts.graph.read_edges(), {})
        run.expect(f"links are those before any map, and what came since {faults}", holds=not faults)
        rows, faults = feature_faults(truth)
        run.expect(
            f"{rows} rows are those of one fold under the map of their time {faults[:3]}", holds=not faults
        )
        run.figures["payments"] = run.sent
    return run.figures, run.faults


def joined(parts: Wiring, of: Mapping[str, str], scale: Scale) -> dict[str, int]:
    """How many of the places that are written in two ways are one, and how many others were joined."""
    pairs = scale.addresses // 4
    keys = [key.token if key else "" for key, _ in parts.local_addresses.get_many(addresses(scale.addresses))]
    ours = [(keys[2 * i], keys[2 * i + 1]) for i in range(pairs)]
    place = {token: number for number, pair in enumerate(ours) for token in pair}
    one = sum(of.get(a, a) == of.get(b, b) for a, b in ours)
    wrong = sum(place.get(strict, -1) != place.get(at, -2) for strict, at in of.items() if strict in place)
    return {"pairs": pairs, "joined": one, "wrong": wrong, "alike_already": sum(a == b for a, b in ours)}


def environment(folder: Path) -> dict[str, str]:
    return {
        "RINGWATCH_VAR": str(folder),
        "RINGWATCH_SCORE__FEATURE_SAMPLE": "1",
        # How new texts are parsed beside the stream is measured by `bench-address_stream`; here none may be late.
        "RINGWATCH_ADDRESSES__PROCESSES": "0",
        "RINGWATCH_SCORE__CHECKPOINT_EVENTS": "20000",
        "RINGWATCH_SCORE__KEEP_CHECKPOINTS": "100000",
    }


def main() -> int:
    read = os.environ.get
    scale = Scale(
        addresses=int(read("RINGWATCH_REKEY_ADDRESSES", "50000")),
        rate=int(read("RINGWATCH_REKEY_RATE", "500")),
        base=int(read("RINGWATCH_REKEY_BASE", "-1")),
    )
    with tempfile.TemporaryDirectory(prefix="ringwatch-rekey-") as folder:
        figures, faults = course(Path(folder), scale)
    report("address_rekey", {**figures, "faults": faults})
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
