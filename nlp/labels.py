"""The labels of address spans: what a labeller (rules now, a trained one later) puts into `doc.ents`."""

from dataclasses import dataclass, field
from typing import Final

UNIT: Final = "UNIT"  # flat, apartment, suite, shop; with its word
BLOCK: Final = "BLOCK"  # wing, block or tower of a building
FLOOR: Final = "FLOOR"
HOUSE: Final = "HOUSE"  # a number that says it is a house's or plot's
NUMBER: Final = "NUMBER"  # a bare number: the resolver decides between house and unit
BUILDING: Final = "BUILDING"
STREET: Final = "STREET"
SECTOR: Final = "SECTOR"  # sector, phase, stage, pocket: a numbered part of a locality
AREA: Final = "AREA"  # locality, village, anything else with a name
CITY: Final = "CITY"
STATE: Final = "STATE"
COUNTRY: Final = "COUNTRY"
POSTCODE: Final = "POSTCODE"
POBOX: Final = "POBOX"
LANDMARK: Final = "LANDMARK"
CARE_OF: Final = "CARE_OF"
LOT: Final = "LOT"  # khasra, survey number, a superseded number

SEPARATOR: Final = "SEPARATOR"  # only inside the rules: what a span never crosses

LABELS: Final = (
    UNIT, BLOCK, FLOOR, HOUSE, NUMBER, BUILDING, STREET, SECTOR, AREA, CITY, STATE, COUNTRY, POSTCODE, POBOX,
    LANDMARK, CARE_OF, LOT,
)  # fmt: skip

SEPARATORS: Final = frozenset({",", ";", "|", "(", ")", "\n", " - "})


@dataclass(slots=True)
class Draft:
    """A text being labelled. `words` are lower case; `labels[i]` is "" until a rule takes token i.

    `country` is `IN`, `US` or, where the text does not say, `""`.

    `word(i)` past either end reads as a separator, so that rules need no bounds checks.
    """

    words: list[str]
    country: str = ""
    labels: list[str] = field(init=False)
    spans: list[tuple[int, int, str]] = field(init=False, default_factory=list)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.labels = [SEPARATOR if word in SEPARATORS else "" for word in self.words]
        self.size = len(self.words)

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < self.size else ","

    def free(self, index: int) -> bool:
        """Whether token `index` exists, is no separator and is not taken."""
        return 0 <= index < self.size and not self.labels[index]

    def at_edge(self, index: int) -> bool:
        """Whether `index` is a separator or outside the text."""
        return not 0 <= index < self.size or self.labels[index] == SEPARATOR

    def take(self, start: int, end: int, label: str) -> None:
        """Give tokens [start, end) to `label`."""
        self.spans.append((start, end, label))
        self.labels[start:end] = [label] * (end - start)
