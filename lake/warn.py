"""What a data report should be read for: its findings as sentences, each with what to do."""

from collections.abc import Iterator

from events.times import to_iso
from lake.report import Report

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_LONG_MS = 6 * _HOUR_MS  # longer than a night
_EXPECTED = 50  # payments missing before a gap is worth a word
_FAR_HOURS = 4.5  # the quiet hour says little nearer than that
_DATES = 0.5
_MUCH_FRAUD = 0.2
_SILENCE = 7  # mean distances between frauds: e**-7
_FEW = 20
_BIG_MEDIAN = 1_000
_FEW_KEYS = 0.7
_MANY_HERE = 0.01


def warnings_of(report: Report) -> tuple[str, ...]:
    """The sentences, gravest subjects first."""
    subjects = (_refused, _ids, _times, _labels, _amounts, _entities)
    return tuple(sentence for subject in subjects for sentence in subject(report))


def _refused(report: Report) -> Iterator[str]:
    sample = report.sample
    if report.rows == 0:
        yield "the file has no rows"
    if sample.refused:
        first = sample.refusals[0]
        remedy = f" ({first.remedy})" if first.remedy else ""
        yield (
            f"the door refuses {sample.refused:,} of {sample.rows:,} sampled rows, most for: "
            f"{first.field} {first.reason}{remedy}"
        )


def _ids(report: Report) -> Iterator[str]:
    ids = report.ids
    if ids.missing:
        yield f"{ids.missing:,} rows have no transaction id: they will be refused"
    if ids.repeated:
        differ = f", and {ids.conflicting:,} ids stand for different payments" if ids.conflicting else ""
        yield f"{ids.repeated:,} rows repeat an earlier row's transaction id: only the first counts{differ}"


def _times(report: Report) -> Iterator[str]:
    times = report.times
    if times.unreadable:
        yield f"{times.unreadable:,} rows have no time that can be read: give its unit, format or zone in the map"
    if times.early or times.future:
        yield (
            f"{times.early:,} times lie before 2000 and {times.future:,} in the future: "
            "is the unit or the origin wrong?"
        )
    if times.same_moment > _DATES and report.rows >= _FEW:
        yield "times are dates without a time of day: windows shorter than a day will say nothing"
    elif times.stated < 1:
        yield from _zone(report)
    long = [gap for gap in times.gaps if gap.end - gap.start > _LONG_MS and gap.missing > _EXPECTED]
    for gap in long:
        hours = (gap.end - gap.start) / _HOUR_MS
        yield (
            f"no payment for {hours:,.0f} hours from {to_iso(gap.start)}, where {gap.missing:,.0f} were to be "
            "expected: is a part of the export missing?"
        )


def _zone(report: Report) -> Iterator[str]:
    times = report.times
    many = "times name" if times.stated == 0 else f"{1 - times.stated:.0%} of the times name"
    read = f"{many} no zone and are read as {times.zone}"
    if times.offset is None:
        if times.zone == "UTC":
            yield f'{read}: if that is wrong, give it in the map: zone = "Asia/Kolkata"'
    elif times.quiet is not None and abs(times.offset) > _FAR_HOURS and times.zone == "UTC":
        clock = f"{int(times.quiet):02d}:{int(times.quiet % 1 * 60):02d}"
        yield (
            f"{read}, but the fewest pay around {clock} UTC: payers about UTC{times.offset:+.0f} h, or the zone is "
            'wrong; then give it in the map: zone = "Asia/Kolkata"'
        )


def _labels(report: Report) -> Iterator[str]:
    labels, times = report.labels, report.times
    if labels is None:
        yield "no labels are mapped: nothing can be trained or evaluated, known fraud will not show in the graph"
        return
    if not labels.fraud:
        said = ", ".join(repr(it.value) for it in labels.said)
        yield f"no row is read as fraud{f'; the column says {said}: translate with values' if said else ''}"
        return
    share = labels.fraud / max(report.rows, 1)
    if share > _MUCH_FRAUD and report.rows >= _FEW:
        yield f"{share:.0%} of the rows are read as fraud: is the column read the right way round?"
    if labels.early:
        yield f"{labels.early:,} frauds are known before they happen: they count as known at their payment's time"
    if labels.assumed:
        days = labels.delay_days[0] if labels.delay_days else 0.0
        if days == 0:
            yield "every fraud counts as known at once, which no bank is: give known_at or a delay such as 7d"
    if labels.pending:
        yield f"{labels.pending:,} labels become known only after now: they are not sent yet, ingest again by then"
    if (
        labels.last is not None
        and times.first is not None
        and times.last is not None
        and labels.fraud >= _FEW
    ):
        silence = times.last - labels.last
        if silence > _SILENCE * (times.last - times.first) / labels.fraud:
            yield (
                f"no fraud in the last {silence / _DAY_MS:.1f} days of the file: labels of that time have not come in "
                "yet, so do not train or evaluate on it"
            )


def _amounts(report: Report) -> Iterator[str]:
    for amount in report.amounts:
        name = amount.currency or "(no currency)"
        if amount.unreadable:
            yield f"{name}: {amount.unreadable:,} amounts are missing or no number: they will be refused"
        if amount.negative:
            yield (
                f"{name}: {amount.negative:,} amounts are negative and will be refused: "
                "a refund is a positive amount of kind refund"
            )
        if amount.whole == 1 and amount.p50 is not None and amount.p50 >= _BIG_MEDIAN and amount.rows >= _FEW:
            yield f'{name}: amounts are whole, their median {amount.p50:,.0f}: if in minor units, say unit = "minor"'


def _entities(report: Report) -> Iterator[str]:
    for entity in report.entities:
        if not entity.filled:
            yield f"{entity.kind}: the column {entity.column} is empty"
        for hub in entity.top:
            if hub.placeholder:
                yield (
                    f"{entity.kind}: {hub.value!r} stands on {hub.payments:,} rows and links {hub.degree:,}: "
                    "a placeholder? Empty it in the file"
                )
        biggest = max((hub.payments for hub in entity.top if not hub.placeholder), default=0)
        if entity.hubs and entity.kind != "ip" and biggest > _MANY_HERE * report.rows:
            yield (
                f"{entity.kind}: {entity.hubs:,} are linked with more than {entity.cap} and will be left out of "
                "communities: does the column really identify one?"
            )
    sample = report.sample
    if sample.addresses and sample.keyed < _FEW_KEYS * sample.addresses:
        yield (
            f"only {sample.keyed:,} of {sample.addresses:,} addresses could be parsed: a full one has house number, "
            'street, city and postcode; join columns with columns = ["street", "city", "zip"]'
        )
