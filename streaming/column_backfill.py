"""Back-fill at full speed: a file's payments to a table of feature rows, without a message a row.

The rows are those of `streaming.backfill.Backfill` without communities, to the bit: the same order, the same
duplicates, the same windows, evicted at the same seqs. Graph columns are left out, since they need the whole graph.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
from msgspec.structs import replace

from events.door import Door
from events.identity import content_hash
from events.money import Rates
from events.times import EARLIEST_MS
from events.tokens import Tokeniser
from features.batch import Batch
from features.catalogue import Catalogue
from features.velocity import Marks
from lake.chunks import CHUNK
from lake.encode import Encoder
from lake.history import History, Refuse
from lake.rows import Rows
from nlp import KeyCache
from streaming.column_inputs import ColumnInputs
from streaming.feature_rows import ColumnFold
from streaming.feature_table import RESUME, FeatureTable, PartWriter, Progress
from streaming.folded import Folded
from streaming.seen import SEEN_HORIZON
from streaming.segments import Segment, read_all, write_segment

_ENDS = 1 << 20  # bytes at either end of a file that tell it from another of its size


@dataclass(frozen=True, slots=True)
class Workshop:
    """What rows are made with. `tokeniser` and `rates` are the door's."""

    door: Door
    tokeniser: Tokeniser
    rates: Rates
    addresses: KeyCache
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of the file that are read at once, and such chunks that make a part. Another cut gives the same rows."""

    chunk: int = CHUNK
    chunks: int = 8


Told = Callable[[int], None]
"""Hears the rows of the file that were done since the last time; those of a former run first."""


class ColumnBackfill:
    """One file into one folder. `columns` are the table's, in order."""

    def __init__(self, history: History, shop: Workshop, folder: Path, cut: Cut | None = None) -> None:
        self._history = history
        self._shop = shop
        self._cut = cut or Cut()
        self.columns = ColumnFold(shop.catalogue, shop.rates.base).names
        self._table = FeatureTable(folder, self.columns)

    def run(self, refuse: Refuse, told: Told = lambda _: None, *, restart: bool = False) -> Progress:
        """Make the table, or what is missing of it; `restart` forgets what is there.

        `refuse` is told of rows that the door refuses; those of a part that is made again, again. Raises
        `SettingsError` where the folder holds something else, `CorruptError` where what it holds is damaged.
        """
        with self._table.held():
            if restart:
                self._table.clear()
            progress = self._table.progress(self._made_of())
            told(progress.next_row)
            if progress.done:
                return progress
            encoder = self._encoder(refuse)
            run = _Run(self._table, self._restored(progress), progress)
            for chunk in encoder.chunks.read(progress.next_row):
                run.step(encoder.rows(chunk), len(chunk))
                if run.at % (self._cut.chunk * self._cut.chunks) == 0:
                    run.finish_part(encoder.refused)
                told(len(chunk))
            return run.finish(encoder.refused)

    def _encoder(self, refuse: Refuse) -> Encoder:
        shop = self._shop
        return Encoder(
            self._history,
            shop.door,
            shop.rates,
            shop.addresses,
            refuse,
            tokeniser=shop.tokeniser,
            chunk=self._cut.chunk,
        )

    def _restored(self, progress: Progress) -> tuple[ColumnInputs, ColumnFold]:
        """The state behind what is finished."""
        recent: deque[Folded] = deque()
        fold = (
            ColumnFold.restore(
                self._shop.catalogue,
                self._shop.rates.base,
                next_seq=progress.next_seq,
                watermark=progress.watermark_ms,
                marks=Marks(progress.since_ms, progress.horizon_ms),
                batches=self._batches(progress.segments, recent),
            )
            if progress.parts
            else ColumnFold(self._shop.catalogue, self._shop.rates.base)
        )
        label = self._history.map.label
        inputs = ColumnInputs(
            label.verdict if label is not None else None,
            next_seq=progress.next_seq,
            waiting=self._table.waiting(progress.waiting),
            recent=recent,
        )
        return inputs, fold

    def _batches(self, segments: Sequence[Segment], recent: deque[Folded]) -> Iterator[Batch]:
        """The inputs of `segments`; the last of them stay in `recent`."""
        held = 0
        for part in read_all(self._table.blobs, segments):
            recent.append(part)
            held += len(part)
            while held - len(recent[0]) >= SEEN_HORIZON:
                held -= len(recent.popleft())
            yield part.batch

    def _made_of(self) -> dict[str, str]:
        """What the bytes follow from, by names that a message can use."""
        history, shop = self._history, self._shop
        payment = {"id": "x", "time": EARLIEST_MS, "amount": 0, "currency": shop.rates.base, "account": "x"}
        return {
            "the file": _fingerprint(history.path),
            "the map": content_hash(msgspec.json.encode(history.map)),
            "the catalogue": shop.catalogue.version,
            "the rates": shop.rates.version,
            "the address parser": shop.addresses.version,
            "the token keys": content_hash(shop.door.transaction(payment).account or ""),
            "the label delay": str(history.label_delay_ms),
            "the limit": str(history.limit),
            "the size of parts": f"{self._cut.chunk}x{self._cut.chunks}",
        }


class _Run:
    """A back-fill under way: the state, the part that is being written, and what was folded since the last."""

    def __init__(
        self, table: FeatureTable, state: tuple[ColumnInputs, ColumnFold], progress: Progress
    ) -> None:
        self.at = progress.next_row
        self._table = table
        self._inputs, self._fold = state
        self._progress = progress
        self._begun = progress.refused
        self._writer: PartWriter | None = None
        self._folded: list[Folded] = []

    def step(self, rows: Rows, read: int) -> None:
        """Fold and write `rows`, all that the door let in of the file's next `read`."""
        inputs = self._inputs.of(rows)
        found = self._fold.fold(inputs, rows)
        if self._writer is None:
            self._writer = self._table.part(len(self._progress.parts))
        self._writer.add(rows.ids.take(pa.array(found.row)), rows.time[found.row], found)
        if len(inputs.folded):
            self._folded.append(inputs.folded)
        self.at += read

    def finish_part(self, refused: int) -> None:
        """Put the part in its place, and note how far it is; `refused` counts this run's rows."""
        writer = self._writer or self._table.part(len(self._progress.parts))
        part = writer.close()
        segments = self._segments()
        marks = self._fold.engine.marks()
        self._progress = replace(
            self._progress,
            parts=(*self._progress.parts, part),
            next_row=self.at,
            next_seq=self._fold.next_seq,
            watermark_ms=self._fold.watermark,
            since_ms=marks.since_ms,
            horizon_ms=marks.horizon_ms,
            refused=self._begun + refused,
            segments=segments,
            waiting=self._table.put_waiting(self._inputs.queue.all(), len(self._progress.parts)),
        )
        self._table.save(self._progress)
        self._writer, self._folded = None, []

    def finish(self, refused: int) -> Progress:
        """Finish the last part, which may be the only one and empty, and let go of what a restart would need."""
        if self._writer is not None or not self._progress.parts:
            self.finish_part(refused)
        self._progress = replace(self._progress, segments=(), waiting="", done=True)
        self._table.save(self._progress)
        return self._progress

    def _segments(self) -> tuple[Segment, ...]:
        """Those that windows or the search for duplicates may still ask for, with what was folded since."""
        segments = self._progress.segments
        if self._folded:
            segments = (*segments, write_segment(self._table.blobs, RESUME, self._folded))
        needed = self._fold.next_seq - SEEN_HORIZON
        oldest = self._fold.engine.oldest_ms
        return tuple(one for one in segments if one.next_seq > needed or one.to_ms >= oldest)


def _fingerprint(path: Path) -> str:
    """A name for the content of a file, of its length and its two ends: reading all of it would take too long."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _ENDS))
        end = file.read()
        file.seek(0)
        return content_hash(str(size), file.read(_ENDS), end)
