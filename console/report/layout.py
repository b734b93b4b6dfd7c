"""Where the nodes of a drawn graph go: the same graph always gives the same places."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from console.report.data import Graph

Places = NDArray[np.float64]  # [n, 2]

_STEP = 62.0  # wished for between two linked nodes
_GAP = 40.0  # between two parts that no link joins
_MOST_GROWTH = 1.9  # a small graph is drawn larger, but no more than so
_TURNS = 12
_DESCENT, _LAST_RATE = 40, 0.1
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Node places float64[n, 2] inside a drawing of `width` by `height`."""

    places: Places
    width: float
    height: float


def lay_out(
    graph: Graph, radii: Sequence[float], *, width: float, most_height: float, margin: float
) -> Layout:
    """Parts are laid out each for itself, turned to lie flat, and put side by side.

    `radii` are the nodes' own; nodes never touch unless the drawing is too small for all of them.
    """
    whole = nx.Graph()
    whole.add_nodes_from(range(len(graph.nodes)))
    whole.add_edges_from((link.a, link.b) for link in graph.links)
    parts = sorted((sorted(part) for part in nx.connected_components(whole)), key=lambda p: (-len(p), p[0]))
    places = np.zeros((len(graph.nodes), 2))
    inner = width - 2 * margin
    x = y = shelf = 0.0
    for part in parts:
        found = _flat(_spread(whole, part), inner)
        size = found.max(axis=0)
        if x > 0 and x + size[0] > inner:
            x, y, shelf = 0.0, y + shelf + _GAP, 0.0
        places[part] = found + np.array([x, y])
        x, shelf = x + size[0] + _GAP, max(shelf, size[1])
    places = _apart(_fit(places, inner, most_height - 2 * margin), np.asarray(radii))
    return _framed(places, width, margin)


def _spread(whole: nx.Graph, part: list[int]) -> Places:
    """float64[len(part), 2], as far apart as the links between them say (linked nodes `_STEP`).

    Stress by stochastic gradient descent over pairs (Zheng, Pawar and Goodman, IEEE TVCG 25, 2019). In plain floats:
    a matrix library's threads would cost more than they save, and could change the last digit from machine to machine.
    """
    draw = random.Random(len(part))  # noqa: S311 - a layout is no secret
    number = {node: i for i, node in enumerate(part)}
    pairs = [
        (number[node], number[other], float(far))
        for node, reached in nx.all_pairs_shortest_path_length(whole.subgraph(part))
        for other, far in reached.items()
        if number[node] < number[other]
    ]
    pairs.sort()
    x = [draw.random() for _ in part]
    y = [draw.random() for _ in part]
    widest = max((far for _, _, far in pairs), default=1.0) ** 2
    for turn in range(_DESCENT):
        rate = widest * (_LAST_RATE / widest) ** (turn / (_DESCENT - 1))
        draw.shuffle(pairs)
        for a, b, far in pairs:
            dx, dy = x[a] - x[b], y[a] - y[b]
            now = math.hypot(dx, dy) or 1e-9
            push = min(rate / far**2, 1.0) * (far - now) / (2.0 * now)
            x[a] += push * dx
            y[a] += push * dy
            x[b] -= push * dx
            y[b] -= push * dy
    return np.array([x, y]).T * _STEP


def _flat(places: Places, width: float) -> Places:
    """Turned to the angle where the drawing is lowest and not too wide, its corner at the origin."""
    best: tuple[float, Places] | None = None
    for turn in range(_TURNS):
        angle = math.pi * turn / _TURNS
        turned = places @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        turned = turned - turned.min(axis=0)
        size = turned.max(axis=0)
        # What would have to be shrunk to fit comes last, then what is high.
        cost = max(float(size[0]) / width, 1.0) * 1e4 + float(size[1])
        if best is None or cost < best[0] - 1e-6:
            best = (cost, turned)
    assert best is not None  # noqa: S101 - there is at least one turn
    return best[1]


def _fit(places: Places, width: float, height: float) -> Places:
    if not len(places):
        return places
    places = places - places.min(axis=0)
    room = np.array([width, height]) / np.maximum(places.max(axis=0), 1e-9)
    grown = min(float(room.min()), _MOST_GROWTH)
    # Where it must shrink, each way shrinks by itself: distances matter less than that nodes stay apart.
    return np.asarray(places * (grown if grown >= 1 else np.minimum(room, 1.0)))


def _apart(places: Places, radii: NDArray[np.float64]) -> Places:
    """Nodes that touch are pushed apart, a little in each of some rounds."""
    places = places.copy()
    wished = radii[:, None] + radii[None, :] + 7.0
    for _ in range(_ROUNDS):
        between = places[:, None, :] - places[None, :, :]
        far = np.linalg.norm(between, axis=2)
        np.fill_diagonal(far, np.inf)
        push = np.maximum(wished - far, 0.0)
        if not push.any():
            break
        # Two nodes at one point part along a direction of their own.
        same = far < 1e-6  # noqa: PLR2004 - a rounding error
        between[same] = (1.0, 0.37)
        places += (between / np.maximum(far, 1e-6)[:, :, None] * push[:, :, None]).sum(axis=1) * 0.35
    return places


def _framed(places: Places, width: float, margin: float) -> Layout:
    if not len(places):
        return Layout(places, width, 2 * margin)
    places = places - places.min(axis=0)
    size = places.max(axis=0)
    places = places * (min(1.0, (width - 2 * margin) / max(float(size[0]), 1e-9)), 1.0)
    size = places.max(axis=0)
    places = places + (np.array([(width - size[0]) / 2, margin]))
    return Layout(np.round(places, 1), width, float(np.ceil(size[1] + 2 * margin)))
