"""The data report, measured: the file once into a table of what the map reads, then SQL over that."""

from msgspec.structs import replace

from events.door import Door
from features.catalogue import Catalogue
from lake.dead import dead_features
from lake.degrees import entities_of_file
from lake.history import History
from lake.report import Report
from lake.sample import take_sample
from lake.seen import Seen
from lake.source import connect
from lake.warn import warnings_of
from nlp import AddressParser


def make_report(
    history: History,
    door: Door,
    catalogue: Catalogue,
    parser: AddressParser | None,
    *,
    now_ms: int,
    base: str,
) -> Report:
    """Measure the file of `history`, whole (its limit is for reading rows). `parser` None leaves addresses unread."""
    sample = take_sample(history, door, parser, now_ms)
    with connect(history.path) as db:
        seen = Seen(db, history)
        times = seen.times(now_ms)
        labels = seen.labels(now_ms)
        amounts = seen.amounts()
        entities = entities_of_file(seen)
        dead = dead_features(catalogue, seen.facts(base, times, labels, amounts))
        report = Report(
            file=history.path.name,
            rows=seen.rows,
            times=times,
            ids=seen.ids(),
            sample=sample,
            labels=labels,
            amounts=amounts,
            entities=entities,
            dead=dead,
            features=len(catalogue.features),
            warnings=(),
        )
    return replace(report, warnings=warnings_of(report))
