"""The world card's tables, as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from bench._card_measures import QUANTILES, Measured
from bench._card_published import AGREES, SECTIONS, Figure, Measure, shown

_BARS = "▁▂▃▄▅▆▇█"
_DAYS = "Mon-Sun"
UNEXPLAINED = "UNEXPLAINED"


def card(worlds: Mapping[str, Measured], figures: Sequence[Figure], note: str) -> str:
    """The whole card. `worlds` by preset; `note` says what was generated."""
    parts = [note, _sizes(worlds)]
    for title, measures in SECTIONS:
        parts += [f"### {title}", _beside(worlds, figures, measures)]
        parts += _EXTRAS[title](worlds) if title in _EXTRAS else []
    return "\n\n".join([*parts, "### Where the world departs", departures(worlds, figures)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def departures(worlds: Mapping[str, Measured], figures: Sequence[Figure]) -> str:
    """A line for each measure that departs from a published figure, with each figure's reason."""
    lines = []
    for title, measures in SECTIONS:
        for measure in measures:
            mine = [f for f in figures if f.key == measure.key and _departs(worlds, f, measure)]
            reasons = [f"beside {_published(f, measure)}: {f.why or UNEXPLAINED}" for f in mine]
            if reasons:
                lines.append(f"- **{title}, {measure.says}.** {'; '.join(reasons)}.".replace("..", "."))
    return "\n".join(lines) or "Nowhere."


def _departs(worlds: Mapping[str, Measured], figure: Figure, measure: Measure) -> bool:
    low, high = AGREES
    ratios = [] if measure.unit == "hour" else _ratios(worlds, figure)
    return any(not isnan(ratio) and not low <= ratio <= high for ratio in ratios)


def _beside(worlds: Mapping[str, Measured], figures: Sequence[Figure], measures: Sequence[Measure]) -> str:
    rows = []
    for measure in measures:
        mine = [figure for figure in figures if figure.key == measure.key]
        cells = [measure.says, *(shown(world.values[measure.key], measure.unit) for world in worlds.values())]
        rows += [[*cells, "-", "", ""]] if not mine else []
        for i, figure in enumerate(mine):
            start = cells if i == 0 else [""] * len(cells)
            ratio = "" if measure.unit == "hour" else _told(_ratios(worlds, figure))
            rows.append([*start, _published(figure, measure), ratio, _source(figure)])
    return table(["measure: denominator", *worlds, "published", "sim ÷ pub", "of what, by whom"], rows)


def _ratios(worlds: Mapping[str, Measured], figure: Figure) -> list[float]:
    return [figure.ratio(world.values[figure.key]) for name, world in worlds.items() if name in figure.fits]


def _told(ratios: Sequence[float]) -> str:
    return ", ".join("-" if isnan(r) else f"{r:.2g}" if r < 0.1 else f"{r:.2f}" for r in ratios)


def _published(figure: Figure, measure: Measure) -> str:
    if isinstance(figure.value, tuple):
        return " to ".join(shown(value, measure.unit) for value in figure.value)
    return shown(figure.value, measure.unit)


def _source(figure: Figure) -> str:
    parts = [f"{figure.of}. {figure.source}, {figure.year or 'undated'} ({figure.kind})"]
    parts += [f"from: {figure.derived}"] if figure.derived else []
    parts += [] if figure.confirmed else ["**not confirmed: from memory**"]
    return "; ".join(parts)


def _sizes(worlds: Mapping[str, Measured]) -> str:
    def row(name: str, world: Measured) -> list[str]:
        spec = world.spec
        frauds = sum(count for count, _ in world.types.values())
        rings = world.groups["ring"][0]
        return [
            name,
            f"{spec.customers:,}",
            str(spec.days),
            f"{spec.purchases:,.0f}",
            f"{frauds:,}",
            f"{rings:,.0f}",
        ]

    head = ["preset", "customers", "days", "purchases expected", "frauds attempted", "rings"]
    return table(head, [row(name, world) for name, world in worlds.items()])


def _types(worlds: Mapping[str, Measured]) -> list[str]:
    kinds = sorted({kind for world in worlds.values() for kind in world.types})
    rows = []
    for kind in kinds:
        cells = []
        for world in worlds.values():
            total = sum(count for count, _ in world.types.values())
            count, value = world.types.get(kind, (0, 0.0))
            cells.append(f"{shown(count / total if total else 0.0, 'share')} / {shown(value, 'share')}")
        rows.append([kind.replace("_", " "), *cells])
    return ["By type: share of attempts / share of value that went through.", table(["type", *worlds], rows)]


def _amounts(worlds: Mapping[str, Measured]) -> list[str]:
    rows = [
        [preset, what, *(shown(value, "USD") if value >= 100 else shown(value, "number") for value in values)]
        for preset, world in worlds.items()
        for what, values in world.amounts.items()
    ]
    head = ["preset", "online payments", *(f"{100 * q:.0f} %" for q in QUANTILES)]
    return ["Quantiles of the amount, all online authorisations, in the currency's units.", table(head, rows)]


def _cycles(worlds: Mapping[str, Measured]) -> list[str]:
    rows = [
        [preset, who, f"`{spark(world.hours[who])}`", f"`{spark(world.weekdays[who])}`"]
        for preset, world in worlds.items()
        for who in world.hours
    ]
    head = ["preset", "online payments", "local hours 0-23", _DAYS]
    return ["Shares of the day and of the week; every line from zero to its own peak.", table(head, rows)]


def spark(shares: Sequence[float]) -> str:
    """Bars from zero to the peak."""
    peak = max(shares) or 1.0
    return "".join(_BARS[min(7, int(8 * value / peak))] if not isnan(value) else " " for value in shares)


def _groups(worlds: Mapping[str, Measured]) -> list[str]:
    kinds = sorted({kind for world in worlds.values() for kind in world.groups})
    rows = [
        [kind.replace("_", " "), *(_group(world.groups[kind]) if kind in world.groups else "-" for world in
                                   worlds.values())]
        for kind in kinds
    ]  # fmt: skip
    head = ["group", *worlds]
    return ["Rings and the innocent groups that look like them: how many; members' median / 90 % / largest.",
            table(head, rows)]  # fmt: skip


def _group(figures: Sequence[float]) -> str:
    count, *sizes = figures
    return f"{count:,.0f}; " + " / ".join(shown(size, "number") for size in sizes)


def _spreads(worlds: Mapping[str, Measured]) -> list[str]:
    names = next(iter(worlds.values())).spreads
    rows = [
        [
            name,
            *(
                " / ".join(shown(value, "number") for value in world.spreads[name])
                for world in worlds.values()
            ),
        ]
        for name in names
    ]
    return ["Median / 90 % / 99 % / most.", table(["how many", *worlds], rows)]


_EXTRAS = {
    "How much fraud": _types, "Amounts": _amounts, "Day and week": _cycles, "Attacks": _groups,
    "Who shares what": _spreads,
}  # fmt: skip
