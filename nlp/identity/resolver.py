"""Texts -> places: what the strict key leaves apart is compared, and joined where nothing contradicts.

Two levels. Buildings first: texts without their units, one node a strict building token (or, without a key, one a
reading); candidates by blocking; edges by the score, the best first. An edge is refused where any two members of its
two sides contradict in house number or part (complete link), so that no chain bridges two house numbers, or where
most are too unlike. Within a building texts go by their unit; a building of which one unit alone is known is that
unit.

The result depends on the set of texts, not on their order: nodes, candidates and edges are sorted by content. It does
depend on the set: a further text may be the bridge, or the contradiction, that changes who is joined.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, NamedTuple

from msgspec import structs

from events.identity import content_hash
from nlp.identity.aliases import AliasMap, Join
from nlp.identity.blocking import CAP, candidates
from nlp.identity.compare import compare
from nlp.identity.contradictions import numbers_contradict, parts_contradict, posts_contradict
from nlp.identity.hubs import hub_reason
from nlp.identity.model import Model, contributions, load_model, log_odds, probability
from nlp.identity.read import PARSED, Texts
from nlp.identity.view import ParsedText

JOINS_IN_DEPTH_AT: Final = 0.75
JOINS_AT: Final = 0.3
"""Probability from which two buildings are joined, if nothing contradicts: in the countries known in depth, whose
strict key leaves less to do and more to spoil, and in all others (figures: `bench-address`)."""
CONTRADICTS_AT: Final = 0.05
"""Probability below which two texts of a place contradict each other."""
SLIPS_AT: Final = 0.8
"""The same for two that differ in their house numbers alone, as if these agreed."""
SLIPS: Final = frozenset({
    "AU", "NZ", "GB", "IE", "CA", "ZA", "DE", "AT", "CH", "NL", "BE", "FR", "ES", "IT", "PT",
})  # fmt: skip
"""Countries where one of two house numbers of a street may be a slip: some of those not known in depth."""
_FEW_NUMBERS: Final = 3  # house numbers of a street, from which on the next is a neighbour's
_FACES: Final = 3  # texts of a node that stand for it
_MOST_COMPARED: Final = 200  # pairs of two clusters; all pairs' numbers are compared in any case
_CLEARLY: Final = 0.005  # by which one house must be likelier than the next for a text without a number
_EVIDENCE: Final = 6  # features that a join keeps


_Edge = tuple[float, int, int, ParsedText, ParsedText]


class Item(NamedTuple):
    """A text with the name its owner knows it by."""

    id: str
    text: str
    country: str


@dataclass(slots=True)
class _Node:
    """Texts of one building token: `faces` are views without their units, `units` by unit form the strict tokens."""

    token: str
    faces: list[ParsedText] = field(default_factory=list)
    houses: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)  # where the directory knows the country's


class _Clusters:
    """Sets of indices that grow together; small into large."""

    def __init__(self, size: int) -> None:
        self._of = [[at] for at in range(size)]

    def members(self, at: int) -> list[int]:
        return self._of[at]

    def join(self, a: int, b: int) -> None:
        left, right = self._of[a], self._of[b]
        if left is right:
            return
        if len(left) < len(right):
            left, right = right, left
        left += right
        for at in right:
            self._of[at] = left


class Place(NamedTuple):
    """Where a text belongs: its strict token, its place's token, and the building's place."""

    token: str
    place: str
    building: str


@dataclass(slots=True)
class Resolved:
    """What `Resolver.resolve` found: the place by item id, and the map that says so."""

    places: dict[str, Place]
    aliases: AliasMap

    @property
    def keys(self) -> dict[str, str]:
        """Item id -> place token."""
        return {name: place.place for name, place in self.places.items()}


class Resolver:
    """Resolves sets of texts. `former`: the map in force, whose place tokens are kept where they can be."""

    def __init__(
        self,
        texts: Texts,
        model: Model | None = None,
        former: AliasMap | None = None,
        slips: frozenset[str] = SLIPS,
    ) -> None:
        self.texts = texts
        self.model = load_model() if model is None else model
        self.former = former
        self.slips = slips
        self._row = self.model.row()

    def resolve(self, items: Iterable[Item]) -> Resolved:
        """The places of all items."""
        read = [(item, self.texts.read(item.text, item.country)) for item in items]
        nodes, node_of = self._nodes(view for _, view in read)
        joins = self._building_joins(nodes)
        prefer = set(self.former.of.values()) if self.former else set()
        buildings = AliasMap(self.texts.parser.version, joins, prefer=prefer)
        units, unit_of = self._units(read, node_of, buildings)
        aliases = AliasMap(
            self.texts.parser.version, [*joins, *units], model=self.model.version, prefer=prefer,
            hubs=self._hubs(read, node_of, buildings, unit_of),
        )  # fmt: skip
        places = {}
        for (item, _), token, unit in zip(read, node_of, unit_of, strict=True):
            places[item.id] = Place(unit, aliases.place(unit), buildings.place(token))
        return Resolved(places, aliases)

    # Buildings.

    def _nodes(self, views: Iterable[ParsedText]) -> tuple[list[_Node], list[str]]:
        nodes: dict[str, _Node] = {}
        faces: dict[str, dict[str, ParsedText]] = defaultdict(dict)
        tokens = []
        for view in views:
            bare = without_unit(view)
            token = view.key.building if view.key else reading_token(bare)
            node = nodes.setdefault(token, _Node(token))
            faces[token].setdefault(bare.text, bare)
            node.houses.update(bare.of("house"))
            node.parts.update(bare.of("area"))
            if bare.post and bare.country in PARSED:
                node.posts.add(bare.post)
            tokens.append(token)
        for node in nodes.values():
            node.faces += [
                faces[node.token][text] for text in sorted(faces[node.token], key=text_hash)[:_FACES]
            ]
        return [nodes[token] for token in sorted(nodes)], tokens

    def _building_joins(self, nodes: Sequence[_Node]) -> list[Join]:
        faces = [(at, face) for at, node in enumerate(nodes) for face in node.faces]
        pairs = {
            (min(faces[a][0], faces[b][0]), max(faces[a][0], faces[b][0]))
            for a, b in candidates([face for _, face in faces], CAP)
        }
        edges = []
        for a, b in sorted(pairs):
            if a != b:
                score, one, other = self._best(nodes[a], nodes[b])
                if score >= (JOINS_IN_DEPTH_AT if one.country in PARSED else JOINS_AT):
                    edges.append((-score, a, b, one, other))
        edges.sort(key=lambda edge: edge[:3])
        clusters = _Clusters(len(nodes))
        joins = self._joined(nodes, _unambiguous(nodes, edges), clusters)
        return joins + self._slips(nodes, sorted(pairs), clusters)

    def _score(self, a: ParsedText, b: ParsedText) -> float:
        return probability(log_odds(self.model.base, self._row, compare(a, b).values))

    def _best(self, a: _Node, b: _Node) -> tuple[float, ParsedText, ParsedText]:
        scored = [(self._score(one, other), one, other) for one, other in product(a.faces, b.faces)]
        return max(scored, key=lambda row: row[0])

    def _joined(self, nodes: Sequence[_Node], edges: Iterable[_Edge], clusters: "_Clusters") -> list[Join]:
        joins = []
        for score, a, b, one, other in edges:
            left, right = clusters.members(a), clusters.members(b)
            if left is right or self._contradict(nodes, left, right, (a, b)):
                continue
            clusters.join(a, b)
            joins.append(self._join(nodes[a].token, nodes[b].token, -score, one, other))
        return joins

    def _slips(
        self, nodes: Sequence[_Node], pairs: Iterable[tuple[int, int]], clusters: "_Clusters"
    ) -> list[Join]:
        """Joins across two house numbers, where one must be a slip: all else agrees, and the street has few numbers.

        Only in the countries of `slips`: where many live in one street, its next number is a neighbour, not a slip.
        """
        edges: list[_Edge] = []
        streets = _Clusters(len(nodes))
        for a, b in pairs:
            one, other = nodes[a].faces[0], nodes[b].faces[0]
            if one.country not in self.slips or clusters.members(a) is clusters.members(b):
                continue
            if not numbers_contradict(nodes[a].houses, nodes[b].houses):
                continue
            score = self._score(one, with_house(other, one))
            if score >= SLIPS_AT:
                edges.append((-score, a, b, one, other))
                streets.join(a, b)
        joins = []
        for edge in sorted(edges, key=lambda edge: edge[:3]):
            _, a, b, one, other = edge
            if clusters.members(a) is clusters.members(b):
                continue
            if len({house for at in streets.members(a) for house in nodes[at].houses}) <= _FEW_NUMBERS:
                clusters.join(a, b)
                joins.append(
                    self._join(nodes[a].token, nodes[b].token, -edge[0], one, other, "one_number_slipped")
                )
        return joins

    def _contradict(
        self, nodes: Sequence[_Node], left: Sequence[int], right: Sequence[int], edge: tuple[int, int]
    ) -> bool:
        """Whether any two texts name different postcodes, numbers or parts, or most are too unlike for one place."""
        if any(posts_contradict(nodes[a].posts, nodes[b].posts) for a, b in product(left, right)):
            return True
        pairs = [pair for pair in product(left, right) if pair not in {edge, edge[::-1]}]
        if any(
            numbers_contradict(nodes[a].houses, nodes[b].houses)
            or parts_contradict(nodes[a].parts, nodes[b].parts)
            for a, b in pairs
        ):
            return True
        compared = pairs[:_MOST_COMPARED]
        return 2 * sum(self._best(nodes[a], nodes[b])[0] < CONTRADICTS_AT for a, b in compared) > len(
            compared
        )

    def _join(self, a: str, b: str, score: float, one: ParsedText, other: ParsedText, rule: str = "") -> Join:
        shares = contributions(self.model.weights, compare(one, other).values)[:_EVIDENCE]
        told = tuple((name, round(share, 2)) for name, share in shares)
        told = ((rule, 1.0), *told) if rule else told
        if b < a:
            a, b, one, other = b, a, other, one
        return Join(a, b, "building", round(score, 4), told, (text_hash(one.text), text_hash(other.text)))

    # Units.

    def _units(
        self, read: Sequence[tuple[Item, ParsedText]], node_of: Sequence[str], buildings: AliasMap
    ) -> tuple[list[Join], list[str]]:
        """Joins of one unit's tokens under several building tokens, and each item's own token."""
        own, by_unit, bare = [], defaultdict(list), defaultdict(list)
        for (_, view), token in zip(read, node_of, strict=True):
            form = unit_form(view)
            if form:
                strict = (
                    view.key.unit
                    if view.key and view.key.unit
                    else f"{token}.{content_hash('unit', form, size=8)}"
                )
                by_unit[buildings.place(token), form].append((strict, view))
            else:
                strict = token
                bare[buildings.place(token)].append((strict, view))
            own.append(strict)
        joins = []
        known: dict[str, list[str]] = defaultdict(list)
        for (building, form), found in by_unit.items():
            known[building].append(form)
            joins += _chained(found, "unit_equal")
        for building, found in bare.items():
            if len(known[building]) == 1:
                unit = by_unit[building, known[building][0]]
                quiet = [row for row in found if not says_more(row[1], [view for _, view in unit])]
                joins += _chained(
                    [min(unit, key=lambda row: (row[0], row[1].text)), *quiet], "only_unit_known"
                )
        return joins, own

    def _hubs(
        self,
        read: Sequence[tuple[Item, ParsedText]],
        node_of: Sequence[str],
        buildings: AliasMap,
        unit_of: Sequence[str],
    ) -> dict[str, str]:
        views, units = defaultdict(list), defaultdict(set)
        for (_, view), token, unit in zip(read, node_of, unit_of, strict=True):
            place = buildings.place(token)
            views[place].append(view)
            if unit != token:
                units[place].add(unit)
        reasons = {place: hub_reason(found, len(units[place])) for place, found in views.items()}
        return {place: reason for place, reason in reasons.items() if reason}


def _unambiguous(nodes: Sequence[_Node], edges: Iterable[_Edge]) -> list[_Edge]:
    """The edges without those of a text that names no house number and could as well be another house."""
    edges = list(edges)
    beside: dict[int, list[tuple[float, set[str]]]] = defaultdict(list)
    for score, a, b, _, _ in edges:  # best first
        for bare, other in ((a, b), (b, a)):
            if not nodes[bare].houses and nodes[other].houses:
                beside[bare].append((-score, nodes[other].houses))
    torn = set()
    for at, found in beside.items():
        best, houses = found[0]
        if any(numbers_contradict(houses, other) and best - score < _CLEARLY for score, other in found[1:]):
            torn.add(at)
    return [
        edge for edge in edges
        if not ((edge[1] in torn and nodes[edge[2]].houses) or (edge[2] in torn and nodes[edge[1]].houses))
    ]  # fmt: skip


def _chained(found: Sequence[tuple[str, ParsedText]], rule: str) -> list[Join]:
    """Joins that make one place of all tokens, by a rule and not by a score."""
    first: dict[str, ParsedText] = {}
    for token, view in sorted(found, key=lambda row: (row[0], row[1].text)):
        first.setdefault(token, view)
    tokens = list(first)
    head = tokens[0] if tokens else ""
    return [
        Join(
            head,
            token,
            "unit",
            1.0,
            ((rule, 1.0),),
            (text_hash(first[head].text), text_hash(first[token].text)),
        )
        for token in tokens[1:]
    ]


def without_unit(view: ParsedText) -> ParsedText:
    """The text as one of the whole building: unit and floor left out."""
    if not any(number.role in {"unit", "floor"} for number in view.numbers):
        return view
    return structs.replace(view, numbers=tuple(n for n in view.numbers if n.role not in {"unit", "floor"}))


def unit_form(view: ParsedText) -> str:
    """The unit within the building: its number with the block's letter, `""` where the text names none.

    The parser's unit counts, if it has one: the strict key is made of it.
    """
    units = view.of("unit")
    if not units and view.key and view.key.unit and len(view.of("house") + view.of("other")) > 1:
        return (
            view.key.unit
        )  # the parser knows two numbers apart that no word does: its unit, whatever its form
    blocks = [form[2:] for form in view.of("area") if form.startswith("bl")]
    if not units:
        return ""
    form = "+".join(sorted(unit.replace("-", "") for unit in units))
    if blocks and not form.startswith(blocks[0]):
        form = f"{blocks[0]}{form}"
    return form


def says_more(view: ParsedText, others: Sequence[ParsedText]) -> bool:
    """Whether a text without a unit has a number that texts with one lack: it may be another unit, unnamed."""
    known = {number.form for other in others for number in other.numbers}
    return any(
        number.form not in known for number in view.numbers if number.role in {"other", "house", "unit"}
    )


def with_house(view: ParsedText, other: ParsedText) -> ParsedText:
    """The text as if it had the other's house number."""
    numbers = tuple(number for number in view.numbers if number.role != "house")
    houses = tuple(number for number in other.numbers if number.role == "house")
    return structs.replace(view, numbers=(*numbers, *houses))


def reading_token(view: ParsedText) -> str:
    """The token of a text without a strict key: a hash of what was read in it, whatever its order and signs."""
    numbers = sorted(f"{number.role[0]}{number.form}" for number in view.numbers)
    words = sorted(word.form for word in view.words)
    if not words and not numbers:
        words = [view.text]
    return f"address.text.{content_hash('reading', view.country, view.post, *numbers, '/', *words)}"


def text_hash(text: str) -> str:
    """The hash of a text that stands for it in evidence: 16 hex digits."""
    return content_hash("address text", text, size=8)
