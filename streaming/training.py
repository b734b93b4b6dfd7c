"""From a history to a release: served rows, what was known of them by a moment, model and thresholds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from events.arrival import Arrival
from events.errors import NotFoundError
from events.times import to_iso
from events.types import Label
from scoring import Columns, Costs, Registry, Release, RuleSet, make_release
from scoring.train import Rows, Trained, train_release
from storage.clock import Clock
from streaming.fold import Served


@dataclass(frozen=True, slots=True)
class Gathered:
    """n authorisations in order of arrival.

    `x` float32[n, c], `time` int64[n] ms, `amount` int64[n] base minor units, `cards` (the account where there is
    no card).
    """

    ids: tuple[str, ...]
    x: NDArray[np.float32]
    time: NDArray[np.int64]
    amount: NDArray[np.int64]
    cards: tuple[str, ...]


def gather(parts: Iterable[Served]) -> Gathered:
    """The rows of a back-fill in one table."""
    served = list(parts)
    transactions = [transaction for part in served for transaction in part.transactions]
    entities = [found for part in served for found in part.entities]
    return Gathered(
        ids=tuple(t.id for t in transactions),
        x=np.concatenate([part.x for part in served]) if served else np.empty((0, 0), np.float32),
        time=np.array([t.time for t in transactions], np.int64),
        amount=np.array([t.amount.base_minor for t in transactions], np.int64),
        cards=tuple(found.get("card") or found.get("account") or "" for found in entities),
    )


@dataclass(slots=True)
class Known:
    """Verdicts on transactions as they become known."""

    _labels: dict[str, list[Label]] = field(default_factory=dict)

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Pass `arrivals` on, noting the labels among them."""
        for arrival in arrivals:
            if isinstance(arrival.message, Label) and arrival.message.subject.kind == "transaction":
                self._labels.setdefault(arrival.message.subject.id, []).append(arrival.message)
            yield arrival

    def fraud(self, ids: Iterable[str], by_ms: int) -> NDArray[np.bool_]:
        """Whether the newest word on each id, known before `by_ms`, is fraud; no word counts as genuine."""
        return np.array([self._verdict(identity, by_ms) for identity in ids], np.bool_)

    def _verdict(self, identity: str, by_ms: int) -> bool:
        known = [label for label in self._labels.get(identity, ()) if label.known_at < by_ms]
        replaced = {label.supersedes for label in known}
        standing = [label for label in known if label.id not in replaced]
        return bool(standing) and max(standing, key=lambda label: (label.known_at, label.id)).is_fraud


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to train on. Rows in [`since_ms`, `until_ms` - `label_delay_ms`) count: younger ones have no labels yet."""

    until_ms: int
    label_delay_ms: int
    since_ms: int = 0
    seed: int = 7


def learn(rows: Gathered, known: Known, lesson: Lesson, columns: Columns, costs: Costs) -> Trained:
    """Train on what was known before `lesson.until_ms`. `NotFoundError` where no row counts."""
    old_enough = (rows.time >= lesson.since_ms) & (rows.time < lesson.until_ms - lesson.label_delay_ms)
    at = np.flatnonzero(old_enough)
    if not len(at):
        end = to_iso(lesson.until_ms - lesson.label_delay_ms)
        raise NotFoundError(
            f"nothing to learn from: none of {len(rows.ids)} authorisations is from {to_iso(lesson.since_ms)} or later "
            f"and before {end} (the time to train by, less the label delay)"
        )
    labelled = Rows(
        x=rows.x[at],
        y=known.fraud((rows.ids[i] for i in at.tolist()), lesson.until_ms),
        time=rows.time[at],
        amount=rows.amount[at],
        cards=[rows.cards[i] for i in at.tolist()],
    )
    return train_release(
        labelled, columns=columns, costs=costs, seed=lesson.seed, label_delay_ms=lesson.label_delay_ms
    )


def store(
    trained: Trained,
    registry: Registry,
    *,
    rules: RuleSet,
    parser: str,
    columns: Columns,
    actor: str,
    reason: str,
    clock: Clock,
    under: Release | None = None,
) -> Release:
    """Put the artefacts and their release into the registry. Nothing is activated.

    `under` is the release whose addresses it was trained on: its alias map and tagger go with the new one.
    """
    release = make_release(
        model=registry.put("model", trained.model),
        rules=registry.put("rules", rules.to_bytes()),
        policy=registry.put("policy", trained.policy),
        parser=parser,
        catalogue=columns.version,
        actor=actor,
        reason=reason,
        clock=clock,
        metrics=trained.metrics,
        alias_map=under.alias_map if under else None,
        tagger=under.tagger if under else None,
    )
    return registry.put_release(release)
