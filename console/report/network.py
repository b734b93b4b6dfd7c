"""A graph drawn: kinds by icon, shared entities filled and named, known fraud by shape and colour."""

from collections import Counter
from collections.abc import Sequence
from math import log2
from typing import NamedTuple

from markupsafe import Markup

from console.report import words
from console.report.data import Graph, Node
from console.report.glyphs import KINDS, node
from console.report.layout import Layout, lay_out
from console.report.svg import element, line, picture
from console.report.svg import words as text

_FEW, _MANY = 18, 45
_LETTER = 6.9  # mean width of a letter at the labels' size
_LABEL_HEIGHT = 14.0
_LONGEST = 24
_SHARED = 2
_MARGIN = 34.0
_Box = tuple[float, float, float, float]
_LARGE = 500.0


class _Label(NamedTuple):
    x: float
    anchor: str
    box: _Box


def is_shared(node: Node) -> bool:
    """Whether more than one customer uses it."""
    return node.customers >= _SHARED


def network(graph: Graph, *, name: str, title: str, width: float, most_height: float) -> Markup:
    """The drawing; empty without nodes. `title` is followed by what the graph shows, in words."""
    if not graph.nodes:
        return Markup("")
    radii = _radii(graph)
    layout = lay_out(graph, radii, width=width, most_height=most_height, margin=_MARGIN)
    order = sorted(range(len(graph.nodes)), key=lambda i: (is_shared(graph.nodes[i]), graph.nodes[i].fraud))
    return picture(
        (
            *(_link(graph, layout, i) for i in range(len(graph.links))),
            *(_node(graph.nodes[i], layout.places[i], radii[i]) for i in order),
            *_labels(graph, layout, radii),
        ),
        name=name,
        title=f"{title}. {told(graph)}",
        width=layout.width,
        height=layout.height,
        class_="chart network large" if width > _LARGE else "chart network",
    )


def told(graph: Graph) -> str:
    """The graph in words."""
    kinds = Counter(node.kind for node in graph.nodes)
    named = sorted(kinds, key=lambda kind: (list(KINDS).index(kind) if kind in KINDS else len(KINDS), kind))
    parts = [", ".join(_so_many(kinds[kind], kind) for kind in named)]
    parts.append(words.plural(len(graph.links), "link"))
    known = sum(node.fraud for node in graph.nodes)
    parts.append(f"{words.count(known) if known else 'none'} with known fraud")
    shared = shared_entities(graph)
    if shared:
        parts.append(
            "shared: " + ", ".join(f"{n.label} by {words.count(n.customers)} customers" for n in shared[:4])
        )
    if graph.left_out:
        parts.append(f"{words.plural(graph.left_out, 'entity', 'entities')} left out")
    return "; ".join(parts) + "."


def shared_entities(graph: Graph) -> list[Node]:
    """Entities that several customers use, the most used first."""
    return sorted((n for n in graph.nodes if is_shared(n)), key=lambda n: (-n.customers, n.kind, n.token))


def shared_words(graph: Graph) -> str:
    """`2 devices, 1 address`."""
    kinds = Counter(node.kind for node in graph.nodes if is_shared(node))
    return ", ".join(_so_many(kinds[kind], kind) for kind in sorted(kinds)) or "none"


def _so_many(number: int, kind: str) -> str:
    name = KINDS.get(kind, kind)
    return words.plural(number, name, name + ("es" if name.endswith("s") else "s"))


def _radii(graph: Graph) -> list[float]:
    plain = 15.0 if len(graph.nodes) <= _FEW else 13.0 if len(graph.nodes) <= _MANY else 11.0
    return [plain + (5.0 if is_shared(node) else 0.0) for node in graph.nodes]


def _link(graph: Graph, layout: Layout, number: int) -> Markup:
    link = graph.links[number]
    (x1, y1), (x2, y2) = layout.places[link.a], layout.places[link.b]
    thick = min(1.2 + 0.6 * log2(max(link.count, 1)), 4.0)
    known = graph.nodes[link.a].fraud or graph.nodes[link.b].fraud
    class_ = "link known" if known else "link"
    return line(float(x1), float(y1), float(x2), float(y2), class_, stroke_width=thick)


def _node(entity: Node, place: Sequence[float], radius: float) -> Markup:
    said = [f"{words.code_words(KINDS.get(entity.kind, entity.kind))} {entity.label}"]
    if is_shared(entity):
        said.append(f"shared by {words.count(entity.customers)} customers")
    if entity.fraud:
        said.append("known fraud")
    drawn = node(
        entity.kind, float(place[0]), float(place[1]), radius, shared=is_shared(entity), fraud=entity.fraud
    )
    return element("g", element("title", ", ".join(said)), drawn)


def _labels(graph: Graph, layout: Layout, radii: Sequence[float]) -> list[Markup]:
    """Names of shared entities (of all, where they are few), each where it covers least."""
    named = [i for i, node in enumerate(graph.nodes) if is_shared(node) or len(graph.nodes) <= _FEW]
    named.sort(key=lambda i: -graph.nodes[i].customers)
    taken: list[_Box] = [
        (x - r, y - r, x + r, y + r) for (x, y), r in zip(layout.places.tolist(), radii, strict=True)
    ]
    parts = []
    for i in named:
        entity = graph.nodes[i]
        label = entity.label if len(entity.label) <= _LONGEST else entity.label[: _LONGEST - 1] + "…"
        label += f" {words.TIMES}{entity.customers}" if is_shared(entity) else ""
        label_box = _best_box(layout, i, radii[i], label, taken)
        taken.append(label_box.box)
        class_ = "label shared" if is_shared(entity) else "label"
        anchor = f"{class_} {label_box.anchor}".strip()
        parts.append(text(label_box.x, label_box.box[3] - 3.5, label, anchor))
    return parts


def _best_box(layout: Layout, number: int, radius: float, label: str, taken: Sequence[_Box]) -> _Label:
    """Below, above, at a side or a corner: where it covers least, other labels least of all."""
    x, y = (float(place) for place in layout.places[number])
    width, off = len(label) * _LETTER, radius + 4
    middle = y - _LABEL_HEIGHT / 2
    tried = [
        _Label(x, "middle", (x - width / 2, y + off, x + width / 2, y + off + _LABEL_HEIGHT)),
        _Label(x, "middle", (x - width / 2, y - off - _LABEL_HEIGHT, x + width / 2, y - off)),
        _Label(x + off, "", (x + off, middle, x + off + width, middle + _LABEL_HEIGHT)),
        _Label(x - off, "end", (x - off - width, middle, x - off, middle + _LABEL_HEIGHT)),
    ]
    near = 0.72 * off
    for top in (y + near, y - near - _LABEL_HEIGHT):
        tried.append(_Label(x + near, "", (x + near, top, x + near + width, top + _LABEL_HEIGHT)))
        tried.append(_Label(x - near, "end", (x - near - width, top, x - near, top + _LABEL_HEIGHT)))
    nodes = len(layout.places)
    return min(
        tried,
        key=lambda it: (
            sum(_common(it.box, other) for other in taken[:nodes])
            + 4 * sum(_common(it.box, other) for other in taken[nodes:])
            + _outside(it.box, layout)
        ),
    )


def _common(a: _Box, b: _Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _outside(box: _Box, layout: Layout) -> float:
    return 50.0 * sum(
        max(0.0, over) for over in (-box[0], -box[1], box[2] - layout.width, box[3] - layout.height)
    )
