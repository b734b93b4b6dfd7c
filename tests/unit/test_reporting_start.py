"""What decides on a history, and what its report then says that nobody can know."""

from dataclasses import replace
from pathlib import Path

import pytest

from events.errors import SettingsError
from lake.history import History, open_history
from ringwatch.reporting.start import Start, choose_start
from ringwatch.reporting.unknown import Circumstances, sentences
from scoring import COLD, Costs
from tests.support.made import DAY, T0

MAP = """
[transaction]
id = "id"
time = { column = "time", unit = "ms" }
amount = "amount"
currency = { value = "USD" }
card = "card"
"""
FRAUD = '[label]\nfraud = "fraud"\ndelay = "3d"\n'
KNOWN_AT = '[label]\nknown_at = "known"\n'
UNUSED = {FRAUD: '[columns]\ndrop = ["known"]\n', KNOWN_AT: '[columns]\ndrop = ["fraud"]\n',
          "": '[columns]\ndrop = ["fraud", "known"]\n'}  # fmt: skip


def history(folder: Path, label: str, *, limit: int | None = None, times: list[int] | None = None) -> History:
    days = [0, 10, 3, 7] if times is None else times
    rows = [f"{n},{T0 + day * DAY if day < 1_000 else day},1.00,c,0," for n, day in enumerate(days)]
    (folder / "p.csv").write_text("\n".join(["id,time,amount,card,fraud,known", *rows]) + "\n")
    (folder / "m.toml").write_text(MAP + label + UNUSED[label])
    return open_history(folder / "p.csv", folder / "m.toml", limit=limit)


def start(
    found: History,
    *,
    release: str | None = None,
    in_force: str = COLD,
    until_ms: int | None = None,
    label_delay: str | None = None,
) -> Start:
    return choose_start(found, release=release, in_force=in_force, until_ms=until_ms, label_delay=label_delay)


def test_the_span_of_what_will_be_read(tmp_path: Path) -> None:
    assert history(tmp_path, FRAUD).span() == (T0, T0 + 10 * DAY)
    assert history(tmp_path, FRAUD, limit=3).span() == (T0, T0 + 7 * DAY)
    assert history(tmp_path, FRAUD, limit=0).span() is None
    odd = history(tmp_path, FRAUD, times=[0, 4_200_000_000_000, 5, 1_000])  # the year 2103, and 1970
    assert odd.span() == (T0, T0 + 5 * DAY)


def test_nobody_named_anything(tmp_path: Path) -> None:
    assert start(history(tmp_path, FRAUD)) == Start(until_ms=T0 + 6 * DAY, chosen=True, delay_ms=3 * DAY)
    assert start(history(tmp_path, KNOWN_AT)) == Start(until_ms=T0 + 6 * DAY, chosen=True, delay_ms=7 * DAY)
    assert start(history(tmp_path, "")) == Start()
    assert start(history(tmp_path, FRAUD, limit=0)) == Start()


def test_what_is_named_counts_then_what_is_in_force(tmp_path: Path) -> None:
    found = history(tmp_path, FRAUD)
    named = start(found, in_force="r-1", until_ms=T0 + DAY, label_delay="12h")
    assert named == Start(until_ms=T0 + DAY, delay_ms=DAY // 2)
    assert start(found, in_force="r-1") == Start("r-1")
    assert start(found, in_force="r-1", release="r-2") == Start("r-2")
    with pytest.raises(SettingsError, match="leave one out"):
        start(found, release="r-2", until_ms=T0)
    with pytest.raises(SettingsError, match=r"add \[label\] to the map"):
        start(history(tmp_path, ""), until_ms=T0)


OF = Circumstances(
    start=Start(until_ms=T0, delay_ms=DAY),
    release="release-1",
    is_cold=False,
    labelled=True,
    refused=0,
    limit=None,
    graph=True,
    costs=Costs(reviews_per_day=10),
    per_day=1_000.0,
)


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        (OF, "known by 2026-01-01 00:00 UTC; the payments of the 1 day before", "flatter"),
        (replace(OF, start=Start(until_ms=T0)), "2026-01-01 00:00 UTC. What is later", "taught nothing"),
        (replace(OF, start=Start(until_ms=T0, chosen=True)), "60% into the file's time", "flatter"),
        (replace(OF, start=Start("release-1")), "the figures flatter it", "Trained on"),
        (replace(OF, start=Start(), release=COLD), "nothing could be learnt", "flatter"),
        (replace(OF, is_cold=True), "Too little fraud was known by then", "flatter"),
        (replace(OF, labelled=False), "says of no payment that it was fraud", "selective"),
        (OF, "A payment without a label counts as genuine", "set [costs] reviews_per_day"),
        (replace(OF, per_day=50.0), "10 reviews a day are many for 50 payments a day", "flatter"),
        (replace(OF, graph=False), "no rings were looked for", "Which rings there really are"),
        (replace(OF, refused=2), "2 rows were refused", "earliest rows"),
        (replace(OF, limit=1_000), "Only the 1,000 earliest rows", "refused"),
        (replace(OF, without=("No ablation.",)), "No ablation.", "refused"),
    ],
)  # fmt: skip
def test_circumstances_in_sentences(changed: Circumstances, said: str, unsaid: str) -> None:
    found = sentences(changed)
    text = " ".join(found)
    assert said in text
    assert unsaid not in text
    assert all(sentence.endswith(".") and sentence[0] == sentence[0].upper() for sentence in found)
