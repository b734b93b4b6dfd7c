"""Reports and dossiers as one HTML file each: nothing is loaded, by file and by policy."""

from base64 import b64encode
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from console.report import bars, figures, words
from console.report.curves import capacity_panels
from console.report.data import Dossier, Graph, Report
from console.report.glyphs import KINDS, legend_icon
from console.report.network import is_shared, network, shared_entities, shared_words, told
from console.report.timeline import MEANINGS, Course, course, kind_of, legend_mark, said, timeline

_OPEN = 2  # dossiers unfolded in a report; the others are a click (and on paper nothing) away
_RING_WIDTH, _RING_HEIGHT = 640.0, 640.0
_OTHER_WIDTH, _OTHER_HEIGHT = 360.0, 420.0
_ACTIONS = ("approve", "challenge", "review", "decline")
_MOST_IMPORTANT = 12


@dataclass(frozen=True, slots=True)
class _DossierView:
    """A dossier with all that is drawn of it. `name` begins every id, so that ids are unique in a page."""

    it: Dossier
    name: str
    course: Course
    figures: tuple[figures.Figure, ...]
    graph: Markup
    timeline: Markup
    timeline_said: str
    other_graph: Markup
    likeness: tuple[tuple[str, str, str], ...]
    graph_kinds: tuple[tuple[Markup, str], ...]
    payment_kinds: tuple[tuple[Markup, str], ...]


def render_report(report: Report) -> str:
    """The report as HTML. The same report gives the same bytes."""
    return _page(
        "report.html",
        report.currency,
        report=report,
        title=report.title,
        figures=figures.head_figures(report),
        summary=figures.summary(report),
        sums=figures.sums(report),
        panels=capacity_panels(report),
        actions=[(name, report.by_action[name]) for name in _in_order(report.by_action)],
        ring_figures=figures.ring_figures(report),
        dossiers=[
            _view(dossier, f"ring-{i}", report.currency) for i, dossier in enumerate(report.dossiers, 1)
        ],
        open_dossiers=_OPEN,
        most_important=_MOST_IMPORTANT,
        groups=_groups(report),
    )


def render_dossier(
    dossier: Dossier, *, currency: str, generated: int, source: str = "", release: str = ""
) -> str:
    """One ring's dossier as HTML. `generated` is when, epoch ms; `source` says of which data."""
    return _page(
        "dossier.html",
        currency,
        title=f"Ring {dossier.id}",
        view=_view(dossier, "ring", currency),
        generated=generated,
        source=source,
        release=release,
    )


def _view(dossier: Dossier, name: str, currency: str) -> _DossierView:
    other, way = dossier.look_alike, course(dossier)
    return _DossierView(
        it=dossier,
        name=name,
        course=way,
        figures=figures.dossier_figures(dossier, way, currency),
        graph=network(
            dossier.graph,
            name=f"{name}-graph",
            title=f"Graph of ring {dossier.id}",
            width=_RING_WIDTH,
            most_height=_RING_HEIGHT,
        ),
        timeline=timeline(dossier, currency, f"{name}-time"),
        timeline_said=said(dossier, currency) if dossier.payments else "",
        other_graph=Markup("")
        if other is None
        else network(
            other.graph,
            name=f"{name}-other",
            title=f"Graph of {other.title}, left alone",
            width=_OTHER_WIDTH,
            most_height=_OTHER_HEIGHT,
        ),
        likeness=figures.likeness(
            dossier, shared_words(dossier.graph), "" if other is None else shared_words(other.graph)
        ),
        graph_kinds=_graph_legend(dossier.graph),
        payment_kinds=tuple(
            (legend_mark(kind), meaning)
            for kind, meaning in MEANINGS.items()
            if any(kind_of(payment) == kind for payment in dossier.payments)
        ),
    )


def _graph_legend(graph: Graph) -> tuple[tuple[Markup, str], ...]:
    kinds = {node.kind for node in graph.nodes}
    found = [(legend_icon(kind), name) for kind, name in KINDS.items() if kind in kinds]
    if kinds - set(KINDS):
        found.append((legend_icon("other"), "other"))
    if any(is_shared(node) for node in graph.nodes):
        found.append((legend_icon(shared=True), f"shared, {words.TIMES} customers"))
    if any(node.fraud for node in graph.nodes):
        found.append((legend_icon(fraud=True), "known fraud"))
    return tuple(found)


def _groups(report: Report) -> list[tuple[str, float, int]]:
    """(group, share, features) of what the model looks at, the weightiest first."""
    shares: dict[str, list[float]] = {}
    for each in report.importance:
        shares.setdefault(each.group, []).append(each.share)
    return sorted(((group, sum(s), len(s)) for group, s in shares.items()), key=lambda row: (-row[1], row[0]))


def _in_order(by_action: dict[str, int]) -> list[str]:
    return [name for name in _ACTIONS if name in by_action] + sorted(set(by_action) - set(_ACTIONS))


def _page(template: str, currency: str, **context: Any) -> str:
    money = partial(words.money, currency=currency)
    style, script = _file("style.css"), _file("page.js")
    return (
        _environment()
        .get_template(template)
        .render(
            money=money,
            whole=partial(money, exact=False),
            currency=currency,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
            **context,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("console.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    made.globals |= {
        "bars": bars,
        "words": words,
        "told": told,
        "shared_entities": shared_entities,
        "kind_of": kind_of,
        "meanings": MEANINGS,
        "kinds": KINDS,
    }
    return made


def _clean(value: object) -> object:
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _file(name: str) -> str:
    return files("console.report").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """For the page's policy: only this style and this script may run."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
