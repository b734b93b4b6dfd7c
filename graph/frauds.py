"""What labels say of an entity: known fraud, counted by subject, the newest word on a subject deciding."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from events.types import EntityKind, JoinedLabel


class Mark(NamedTuple):
    """One label on one entity. Order: a later `known_at` overrules, then the greater label id."""

    known_at: int
    label: str
    fraud: bool


def subject_of(joined: JoinedLabel) -> str:
    """What the label speaks of, as one string: two labels of one subject are one fraud, or none."""
    return f"{joined.label.subject.kind}:{joined.label.subject.id}"


def marked_entities(joined: JoinedLabel) -> list[tuple[EntityKind, str]]:
    """The entities a label marks. Merchants are left out: fraud happens *at* them."""
    return [(kind, token) for kind, token in joined.entities.items() if kind != "merchant"]


def mark_of(joined: JoinedLabel) -> Mark:
    label = joined.label
    return Mark(label.known_at, label.id, label.is_fraud)


def newest(marks: Iterable[tuple[str, Mark]]) -> dict[str, Mark]:
    """The deciding mark of each subject."""
    deciding: dict[str, Mark] = {}
    for subject, mark in marks:
        held = deciding.get(subject)
        if held is None or mark > held:
            deciding[subject] = mark
    return deciding


def count(deciding: Mapping[str, Mark]) -> tuple[int, int]:
    """(subjects known as fraud, epoch ms when the first of them became known; 0 where there is none)."""
    known = [mark.known_at for mark in deciding.values() if mark.fraud]
    return len(known), min(known, default=0)
