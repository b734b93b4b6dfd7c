"""One `[[feature]]` table of a user's file, read field by field; what is wrong is collected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from features.wording import milliseconds


def meant(word: str, known: Iterable[str], *, few: bool = True) -> str:
    """The end of a complaint: the word that comes near, else (where they are `few`) all there are."""
    names = list(known)
    near = get_close_matches(word, names, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f" (there are {', '.join(names)})" if few else "; `ringwatch features list` shows them"


@dataclass(frozen=True)
class Table:
    """The `number`-th table of the file at `path`, from 1. `faults` is shared by all."""

    path: Path
    number: int
    content: Mapping[str, Any]
    faults: list[str]

    def fault(self, field: str, complaint: str) -> None:
        name = self.content.get("name")
        title = f"feature {self.number} ({name})" if isinstance(name, str) else f"feature {self.number}"
        self.faults.append(f"{self.path}: {title}: {field}: {complaint}")

    def only(self, known: Sequence[str]) -> None:
        """Tell of fields that are not among `known`."""
        for field in self.content:
            if field not in known:
                self.fault(field, f"there is no such field here{meant(field, known)}")

    def text(self, field: str, default: str | None = None) -> str | None:
        """A text that is not empty; None where it is at fault. Without `default` it must be there."""
        value = self._value(field, default)
        if isinstance(value, str) and (value or value == default):
            return value
        if value is not None:
            self.fault(field, f"is {value!r}: write a text in quotes")
        return None

    def texts(self, field: str, default: tuple[str, ...] | None = None) -> tuple[str, ...] | None:
        """A list of texts."""
        value = self._value(field, default)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            if value or default == ():
                return tuple(value)
            self.fault(field, "is empty: name at least one, or leave it out")
        elif value is not None:
            self.fault(field, f"is {value!r}: write a list of texts, in brackets")
        return None

    def one_of(self, field: str, known: Sequence[str]) -> str | None:
        """A text of `known`."""
        value = self.text(field)
        if value is not None and value not in known:
            self.fault(field, f"there is no {value!r}{meant(value, known)}")
            return None
        return value

    def some_of(self, field: str, known: Sequence[str], default: tuple[str, ...]) -> tuple[str, ...] | None:
        """A list of texts of `known`."""
        values = self.texts(field, default)
        unknown = [value for value in values or () if value not in known]
        for value in unknown:
            self.fault(field, f"there is no {value!r}{meant(value, known)}")
        return None if unknown else values

    def span(self, field: str, default: int | None = None) -> int | None:
        """A span of time such as `7d`, in ms."""
        if default is not None and field not in self.content:
            return default
        value = self.text(field)
        if value is None:
            return None
        try:
            return milliseconds(value)
        except ValueError as error:
            self.fault(field, str(error))
            return None

    def whole(self, field: str) -> int | None:
        """A whole number, None where there is none."""
        value = self.content.get(field)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.fault(field, f"is {value!r}: write a whole number of minor units of the base currency")
        return None

    def _value(self, field: str, default: Any) -> Any:
        value = self.content.get(field, default)
        if value is None:
            self.fault(field, "is missing: every feature of this sort has one")
        return value
