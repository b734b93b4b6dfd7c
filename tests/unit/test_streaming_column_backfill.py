"""Back-fill by columns: the rows of the row path to the bit, and the same files however often it was killed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from events.errors import ConflictError, CorruptError, InputError, SettingsError
from events.money import default_rates
from features.catalogue import Catalogue, default_catalogue
from features.feature import (
    Aggregate,
    Difference,
    Feature,
    GraphFeature,
    Ratio,
    TransactionField,
    VelocityFeature,
    ZScore,
)
from features.keys import EventKind
from lake.history import History, open_history
from nlp import KeyCache, load_parser
from simulator import preset
from simulator.files import WorldFiles
from streaming.backfill import Backfill, BackfillSettings
from streaming.column_backfill import ColumnBackfill, Cut, Workshop
from streaming.feature_table import MANIFEST, Progress
from streaming.fold import EVICT_EVERY
from tests.support.column_rows import TOKENISER, history_of
from tests.support.made import DAY, T0, door

SMALL = Cut(chunk=200, chunks=2)
AGGREGATES: tuple[Aggregate, ...] = ("count", "sum", "std", "max", "last", "since_first")
MAP = """
[transaction]
id = "id"
time = { column = "time", unit = "ms" }
amount = "amount"
currency = { value = "EUR" }
card = "card"
device = "device"
merchant = "merchant"
[label]
fraud = "fraud"
known_at = { column = "known", unit = "ms" }
delay = "1d"
cleared = true
"""


class Killed(BaseException):
    """Stands for the end of the process."""


def _refuse(number: int, row: Mapping[str, object], error: InputError) -> None:
    del number, row, error


@pytest.fixture(scope="module")
def shop() -> Workshop:
    return Workshop(door, TOKENISER, default_rates(), KeyCache(load_parser()), default_catalogue())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("world")
    WorldFiles(preset("tiny"), 3).write(folder)
    return open_history(folder / "transactions.parquet", folder / "map.toml")


def _crowded(folder: Path, n: int = 1_500, **options: int) -> History:
    """Payments of few cards in a few days, ids that return, labels early and late, rows that the door refuses."""
    rng = np.random.default_rng(11)
    time = np.sort(T0 + rng.integers(0, 5 * DAY, n))
    time[rng.random(n) < 0.2] = time[n // 3]  # many at one moment
    time.sort()
    table = {
        "id": pa.array([f"p{one}" for one in rng.integers(0, n, n)]),
        "time": pa.array(time, mask=rng.random(n) < 0.01),
        "amount": pa.array(np.round(rng.lognormal(3, 1, n), 2) * np.where(rng.random(n) < 0.01, -1, 1)),
        "card": pa.array([f"c{one}" for one in rng.integers(0, 12, n)]),
        "device": pa.array([f"d{one}" for one in rng.integers(0, 30, n)], mask=rng.random(n) < 0.1),
        "merchant": pa.array(rng.integers(0, 5, n)),
        "fraud": pa.array(rng.integers(0, 2, n), mask=rng.random(n) < 0.6),
        "known": pa.array(time + rng.integers(-1, 3, n) * rng.integers(0, DAY, n), mask=rng.random(n) < 0.3),
    }
    return history_of(folder, pa.table(table), MAP, **options)


def _by_rows(history: History, shop: Workshop) -> tuple[list[str], np.ndarray, np.ndarray, list[int]]:
    refused: list[int] = []
    driver = Backfill(shop.catalogue, shop.addresses, BackfillSettings(communities_every_ms=0))
    arrivals = history.arrivals(door, lambda number, *_: refused.append(number))
    served = list(driver.rows(arrivals))
    ids = [payment.id for part in served for payment in part.transactions]
    return ids, np.concatenate([p.seqs for p in served]), np.concatenate([p.x for p in served]), refused


def _assert_rows(folder: Path, history: History, shop: Workshop, columns: tuple[str, ...]) -> None:
    table = pq.read_table(folder)
    ids, seqs, x, _ = _by_rows(history, shop)
    assert table.column_names == ["id", "time", "seq", *columns]
    assert table["id"].to_pylist() == ids
    np.testing.assert_array_equal(table["seq"].to_numpy(), seqs)
    for name in columns:
        np.testing.assert_array_equal(
            table[name].to_numpy(), x[:, shop.catalogue.index(name)], err_msg=name, strict=True
        )


def test_a_world_has_the_rows_of_the_row_path(tmp_path: Path, world: History, shop: Workshop) -> None:
    job = ColumnBackfill(world, shop, tmp_path / "out", SMALL)
    done = job.run(_refuse)
    assert done.done
    assert done.refused == 0
    assert not set(job.columns) & {name for name in shop.catalogue.names if name.startswith("graph.")}
    _assert_rows(tmp_path / "out", world, shop, job.columns)


@pytest.mark.parametrize("options", [{}, {"label_delay_ms": 0}, {"label_delay_ms": DAY, "limit": 700}])
def test_repeated_ids_and_labels_of_one_moment(
    tmp_path: Path, shop: Workshop, options: dict[str, int]
) -> None:
    history = _crowded(tmp_path, **options)
    told: list[int] = []
    job = ColumnBackfill(history, shop, tmp_path / "out", Cut(chunk=64, chunks=3))
    done = job.run(lambda number, *_: told.append(number))
    _assert_rows(tmp_path / "out", history, shop, job.columns)
    refused = _by_rows(history, shop)[3]
    assert sorted(told) == sorted(refused)
    assert done.refused == len(refused) > 0


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


class Dies:
    """A process that is killed when it has done so many chunks; `begun` are the rows that were done at each start."""

    def __init__(self, after: int) -> None:
        self.begun: list[int] = []
        self._after = after
        self._chunks = -1  # what a former run did is told first

    def __call__(self, rows: int) -> None:
        if self._chunks < 0:
            self.begun.append(rows)
        self._chunks += 1
        if self._chunks == self._after:
            self._chunks = -1
            raise Killed


@pytest.mark.parametrize("after", [2, 3, 4, 5, 6])
def test_killed_and_started_again_it_makes_the_same_files(tmp_path: Path, shop: Workshop, after: int) -> None:
    history = _crowded(tmp_path, n=2_500)
    whole = ColumnBackfill(history, shop, tmp_path / "whole", SMALL).run(_refuse)
    dies = Dies(after)
    done: Progress | None = None
    while done is None:
        # Killed in the middle of the second part at the latest, so that every start finds one more.
        with suppress(Killed):
            done = ColumnBackfill(history, shop, tmp_path / "cut", SMALL).run(_refuse, dies)
    assert len(dies.begun) > 1
    assert dies.begun == sorted(dies.begun)
    assert done == whole
    assert _files(tmp_path / "cut") == _files(tmp_path / "whole")
    assert (tmp_path / "cut" / MANIFEST).read_bytes() == (tmp_path / "whole" / MANIFEST).read_bytes()


def test_past_an_eviction_rows_and_files_are_the_same(tmp_path: Path, shop: Workshop) -> None:
    """More inputs than `EVICT_EVERY`, of a catalogue small enough for the row path to follow."""
    kinds = (EventKind.AUTHORISATION, EventKind.LABEL_FRAUD)
    small = Catalogue(
        tuple(
            Feature(f"{entity}.{aggregate}", "velocity", VelocityFeature(
                entity=entity, kinds=kinds, aggregate=aggregate, window_ms=DAY
            ), "")
            for entity in ("card", "device+merchant")
            for aggregate in AGGREGATES
        )
    )  # fmt: skip
    shop, cut = replace(shop, catalogue=small), Cut(chunk=16_384, chunks=2)
    history = _crowded(tmp_path, n=90_000)
    job = ColumnBackfill(history, shop, tmp_path / "whole", cut)
    assert job.run(_refuse).next_seq > EVICT_EVERY
    _assert_rows(tmp_path / "whole", history, shop, job.columns)
    with pytest.raises(Killed):
        ColumnBackfill(history, shop, tmp_path / "cut", cut).run(_refuse, Dies(5))
    ColumnBackfill(history, shop, tmp_path / "cut", cut).run(_refuse)
    assert _files(tmp_path / "cut") == _files(tmp_path / "whole")


def test_what_is_done_is_not_done_again(tmp_path: Path, world: History, shop: Workshop) -> None:
    first = ColumnBackfill(world, shop, tmp_path / "out", SMALL).run(_refuse)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    told: list[int] = []
    assert ColumnBackfill(world, shop, tmp_path / "out", SMALL).run(_refuse, told.append) == first
    assert told == [world.count()]
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    assert not list((tmp_path / "out" / "_resume").rglob("*.parquet"))


def test_another_cut_gives_the_same_rows(tmp_path: Path, world: History, shop: Workshop) -> None:
    tables = []
    for nth, cut in enumerate((SMALL, Cut(chunk=77, chunks=5), Cut())):
        ColumnBackfill(world, shop, tmp_path / str(nth), cut).run(_refuse)
        tables.append(pq.read_table(tmp_path / str(nth)).combine_chunks())
    assert tables[0].equals(tables[1]) or _same(tables[0], tables[1])
    assert _same(tables[0], tables[2])


def _same(one: pa.Table, other: pa.Table) -> bool:
    return one.column_names == other.column_names and all(
        np.array_equal(
            one[name].to_numpy(), other[name].to_numpy(), equal_nan=name not in {"id", "time", "seq"}
        )
        for name in one.column_names
    )


def _stopped(folder: Path, history: History, shop: Workshop) -> None:
    def told(rows: int) -> None:
        done.append(rows)
        if len(done) == 4:
            raise Killed

    done: list[int] = []
    with pytest.raises(Killed):
        ColumnBackfill(history, shop, folder, SMALL).run(_refuse, told)


def test_another_input_is_refused_by_name(tmp_path: Path, shop: Workshop) -> None:
    history = _crowded(tmp_path)
    _stopped(tmp_path / "out", history, shop)
    other = History(history.source, history.map, label_delay_ms=DAY)
    with pytest.raises(SettingsError, match=r"the label delay.*--restart"):
        ColumnBackfill(other, shop, tmp_path / "out", SMALL).run(_refuse)
    done = ColumnBackfill(other, shop, tmp_path / "out", SMALL).run(_refuse, restart=True)
    assert done.done
    _crowded(tmp_path, n=1_400)
    with pytest.raises(SettingsError, match="the file"):
        ColumnBackfill(
            open_history(tmp_path / "f.parquet", tmp_path / "m.toml"), shop, tmp_path / "out", SMALL
        ).run(_refuse)


@pytest.mark.parametrize("what", ["part-*", "_resume/segments/*", "_resume/labels*"])
def test_damage_is_found(tmp_path: Path, shop: Workshop, what: str) -> None:
    history = _crowded(tmp_path)
    _stopped(tmp_path / "out", history, shop)
    (path, *_) = (tmp_path / "out").glob(what)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(CorruptError, match=path.name):
        ColumnBackfill(history, shop, tmp_path / "out", SMALL).run(_refuse)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, world: History, shop: Workshop) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"notes\.txt"):
        ColumnBackfill(world, shop, tmp_path, SMALL).run(_refuse)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_two_at_once_are_refused(tmp_path: Path, world: History, shop: Workshop) -> None:
    def told(_: int) -> None:
        with pytest.raises(ConflictError):
            ColumnBackfill(world, shop, tmp_path / "out", SMALL).run(_refuse)

    ColumnBackfill(world, shop, tmp_path / "out", SMALL).run(_refuse, told)


def test_a_file_without_rows_makes_a_table_without_rows(tmp_path: Path, shop: Workshop) -> None:
    history = _crowded(tmp_path, limit=0)
    done: Progress = ColumnBackfill(history, shop, tmp_path / "out", SMALL).run(_refuse)
    assert (done.rows, done.done) == (0, True)
    assert pq.read_table(tmp_path / "out").num_rows == 0


def test_derived_columns_of_all_kinds(tmp_path: Path, world: History, shop: Workshop) -> None:
    def velocity(aggregate: Aggregate) -> Feature:
        source = VelocityFeature(
            entity="card", kinds=(EventKind.AUTHORISATION,), aggregate=aggregate, window_ms=7 * DAY
        )
        return Feature(aggregate, "velocity", source, "")

    catalogue = Catalogue((
        Feature("txn.amount", "transaction", TransactionField("txn.amount"), ""),
        velocity("mean"),
        velocity("std"),
        velocity("max"),
        Feature("z", "velocity", ZScore("txn.amount", "mean", "std"), ""),
        Feature("less", "velocity", Difference("max", "txn.amount"), ""),
        Feature("over", "velocity", Ratio("txn.amount", "max"), ""),
        Feature("ring", "velocity", Ratio("graph", "max"), ""),
        Feature("graph", "graph", GraphFeature(None, "ring_score"), ""),
    ))  # fmt: skip
    shop = replace(shop, catalogue=catalogue)
    job = ColumnBackfill(world, shop, tmp_path / "out")
    job.run(_refuse)
    assert job.columns == ("txn.amount", "mean", "std", "max", "z", "less", "over")
    _assert_rows(tmp_path / "out", world, shop, job.columns)
    z = pq.read_table(tmp_path / "out")["z"].to_numpy()
    assert 0 < np.isfinite(z).sum() < len(z)
