"""A world's payments as matrices: features, what was known at the cut, the truth, and who is resampled with whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from events.arrival import Arrival
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Transaction
from features.catalogue import Catalogue, default_catalogue
from nlp import AddressParser, KeyCache, load_parser
from nlp.identity import linked
from ringwatch.paired_rows import paired_rows
from scoring.ablation import Cut, History
from scoring.intervals import Observed
from simulator import Truth, World
from streaming.backfill import DAY_MS, BackfillSettings

LONGEST_WINDOW_DAYS = 30
REMEMBERED_KEYS = 1_000_000
_SECRET = b"a world's tokens need no secret!"


@dataclass(frozen=True, slots=True)
class Keys:
    """The address parser, and what it has already read."""

    parser: AddressParser
    cache: KeyCache

    @classmethod
    def load(cls) -> "Keys":
        parser = load_parser()
        return cls(parser, KeyCache(parser, size=REMEMBERED_KEYS))


@dataclass(frozen=True, slots=True)
class WorldRows:
    """One world, told and folded. `kind` and `ring` give each payment's fraud type and ring (`""`: none)."""

    catalogue: Catalogue
    history: History
    cut: Cut
    kind: npt.NDArray[np.str_]
    ring: npt.NDArray[np.str_]
    held_out_rings: int
    arrivals: int

    @property
    def warm(self) -> npt.NDArray[np.intp]:
        """Rows behind the longest velocity window."""
        start = int(self.history.time[0]) + LONGEST_WINDOW_DAYS * DAY_MS
        return np.flatnonzero(self.history.time >= start)


def door() -> Door:
    """A door whose tokens are the same on every run."""
    return Door(Tokeniser({1: _SECRET}, 1), default_rates())


def world_rows(
    world: World,
    *,
    until_ms: int,
    label_delay_ms: int,
    communities_every_ms: int,
    genuine_weight: float = 1.0,
    paired: bool = True,
    keys: Keys | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> WorldRows:
    """Tell `world` up to its end and fold it, `until_ms` being the moment that training ends and testing begins.

    `paired`: fold it without addresses, too. `genuine_weight`: how many payments each genuine one stands for.
    `progress` is told how many arrivals were folded since it was last called. The truth comes from the world alone, so
    training never sees it.
    """
    spec, catalogue, incidents, count = world.spec, default_catalogue(), _Incidents(world.truth), 0
    keys = keys or Keys.load()

    def told(added: int) -> None:
        nonlocal count
        count += added
        progress(added)

    arrivals = takewhile(lambda arrival: arrival.time < spec.end_ms, world.arrivals(door()))
    folded = paired_rows(
        incidents.watch(arrivals),
        catalogue,
        keys.parser,
        BackfillSettings(communities_every_ms=communities_every_ms),
        keys=keys.cache,
        bare=paired,
        progress=told,
    )
    rows, frauds = folded.rows, world.truth.frauds
    cut = Cut(until_ms, label_delay_ms)
    kind = np.array([frauds[i].type if i in frauds else "" for i in rows.ids])
    ring = np.array([frauds[i].ring or "" if i in frauds else "" for i in rows.ids])
    late = _held_out(ring, rows.time, cut)
    truth = Observed(
        fraud=kind != "",
        amount=rows.amount,
        day=rows.time // DAY_MS,
        cluster=incidents.clusters(rows.ids, rows.cards, kind, ring),
        weight=np.where(kind != "", 1.0, genuine_weight),
    )
    subsets = {"held-out rings": np.isin(ring, list(late))}
    subsets |= {str(name): kind == name for name in np.unique(kind) if name}
    history = History(
        rows.x, folded.bare, folded.known.fraud(rows.ids, cut.until_ms), truth, rows.time, subsets
    )
    return WorldRows(catalogue, history, cut, kind, ring, len(late), count)


def _held_out(ring: npt.NDArray[np.str_], time: npt.NDArray[np.int64], cut: Cut) -> set[str]:
    """Rings whose first fraud lies behind the cut."""
    first: dict[str, int] = {}
    for name, moment in zip(ring[ring != ""].tolist(), time[ring != ""].tolist(), strict=True):
        first[name] = min(moment, first.get(name, moment))
    return {name for name, moment in first.items() if moment >= cut.until_ms}


class _Incidents:
    """Which payments share a cause.

    A ring is one cause. Other frauds of one type are one cause where they share a card, an account or a device: a burst
    of card testing, a takeover. A genuine payment belongs to its card (its account where there is no card).
    """

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._traces: dict[str, tuple[str, ...]] = {}

    def watch(self, arrivals: Iterator[Arrival]) -> Iterator[Arrival]:
        for arrival in arrivals:
            message = arrival.message
            if isinstance(message, Transaction) and message.id in self._truth.frauds:
                parts = (message.card and message.card.token, message.account,
                         message.device and message.device.token)  # fmt: skip
                self._traces[message.id] = tuple(part for part in parts if part)
            yield arrival

    def clusters(
        self,
        ids: tuple[str, ...],
        cards: tuple[str, ...],
        kind: npt.NDArray[np.str_],
        ring: npt.NDArray[np.str_],
    ) -> npt.NDArray[np.int64]:
        names, pairs = list(cards), list[tuple[str, str]]()
        for row in np.flatnonzero(kind != "").tolist():
            own = f"ring {ring[row]}" if ring[row] else f"fraud {ids[row]}"
            traces = () if ring[row] else self._traces.get(ids[row], ())
            pairs += [(own, f"{kind[row]} {trace}") for trace in traces]
            names[row] = own
        at_root = linked(pairs)
        found = [at_root.get(name, name) for name in names]
        number = {name: at for at, name in enumerate(dict.fromkeys(found))}
        return np.array([number[name] for name in found], np.int64)
