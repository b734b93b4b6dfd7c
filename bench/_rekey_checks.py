"""What one fold of the whole log gives, to hold the graph and the decisions against."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from events import codec, topics
from events.types import AddressKey, FeatureVector, Input
from features.batch import Batch
from features.places import Places
from graph import EdgeFold, EdgeTable
from ringwatch.wiring import Wiring
from scoring import COLD
from streaming.addresses import address_keys
from streaming.disk_journal import DiskJournal
from streaming.files import FolderFiles
from streaming.fold import Fold
from streaming.journal import Entry
from streaming.recovery import input_starts
from streaming.replay import Refetch, Replayed


@dataclass(frozen=True)
class Truth:
    """Every input in fold order with its strict key, and the journal that says so."""

    parts: Wiring
    entries: list[Entry]
    events: list[Input]
    keys: list[AddressKey | None]

    @classmethod
    def of(cls, parts: Wiring) -> "Truth":
        """Read the scorer's journal, of a scorer that may still run, and its inputs."""
        files = FolderFiles(parts.state_folder / "journal")
        entries = list(DiskJournal(files, repair=False).entries(0, {}))
        events: list[Input] = []
        with closing(Refetch(parts.log, input_starts(parts.log, {}))) as refetch:
            for entry in entries:
                events += refetch.events(entry)
        # Asked anew: the journal may say that a key was pending, the graph waits for every key.
        keys = [key for start in range(0, len(events), 4_096) for key in address_keys(
            parts.local_addresses, events[start : start + 4_096]
        ).keys]  # fmt: skip
        return cls(parts, entries, events, keys)


def table_faults(truth: Truth, found: EdgeTable, of: Mapping[str, str]) -> list[str]:
    """Where the graph differs from a fold of every event at its place."""
    fold, places = EdgeFold(), Places(of)
    for event, key in zip(truth.events, truth.keys, strict=True):
        fold.add(event, places.key(key) if key is not None else None)
    wanted = fold.table()
    if found.tokens != wanted.tokens:
        more, less = set(found.tokens) - set(wanted.tokens), set(wanted.tokens) - set(found.tokens)
        return [f"{len(more)} entities too many, {len(less)} missing: {sorted(more | less)[:3]}"]
    names = [name for name in EdgeTable.__dataclass_fields__ if name != "tokens"]
    return [name for name in names if not np.array_equal(getattr(found, name), getattr(wanted, name))]


def feature_faults(truth: Truth) -> tuple[int, list[str]]:
    """(rows compared, transactions whose row is not that of a fold which always had the map of its time)."""
    parts = truth.parts
    served = _vectors(parts)
    fold, compared, wrong = Fold(parts.catalogue), 0, list[str]()
    batches, maps, at = list[Batch](), {COLD: ""}, 0
    for entry in truth.entries:
        if entry.release not in maps:
            maps[entry.release] = parts.registry.release(entry.release).alias_map or ""
        places = parts.alias_maps.get(maps[entry.release])
        if places.name != fold.places.name:  # as if these places had been there from the start
            fold = Fold.restore(parts.catalogue, fold.next_seq, fold.watermark, fold.marks(), batches, places)
        n = len(entry.order())
        events, at = truth.events[at : at + n], at + n
        if not events:
            continue
        rows = fold.fold(events, entry.addresses(), Replayed(parts.graph_features, entry))
        batches += [part.batch for part in fold.tail.take()]
        for transaction, values in zip(rows.transactions, rows.x, strict=True):
            compared += 1
            if served.get(transaction.id) != values.astype("<f4").tobytes():
                wrong.append(transaction.id)
    return compared, wrong


def _vectors(parts: Wiring) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    ends = parts.log.end(topics.FEATURES.name)
    with closing(parts.log.open_reader(parts.log.begin(topics.FEATURES.name))) as reader:
        while any(reader.positions()[source] < end for source, end in ends.items()):
            for record in reader.poll(20_000, 0.1):
                vector = codec.decode(record.value, FeatureVector)
                found[vector.transaction] = vector.values
    return found
