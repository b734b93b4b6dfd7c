import re
from types import ModuleType

from events import errors
from events.errors import InputError, RingwatchError


def tree_in_docstring(module: ModuleType) -> dict[str, str]:
    """Parent by child, read from the drawing."""
    found: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for line in (module.__doc__ or "").splitlines():
        name = re.search(r"\b[A-Z][A-Za-z]+Error\b", line.split("  ")[-1] if "──" not in line else line)
        if name is None or not (line.startswith("RingwatchError") or "── " in line):
            continue
        depth = line.index(name.group())
        while parents and parents[-1][0] >= depth:
            parents.pop()
        if parents:
            found[name.group()] = parents[-1][1]
        parents.append((depth, name.group()))
    return found


def below(base: type[RingwatchError]) -> list[type[RingwatchError]]:
    return [child for direct in base.__subclasses__() for child in (direct, *below(direct))]


def test_the_docstring_draws_every_error() -> None:
    defined = [kind for kind in below(RingwatchError) if kind.__module__ == "events.errors"]
    assert tree_in_docstring(errors) == {kind.__name__: kind.__bases__[0].__name__ for kind in defined}


def test_codes_are_unique() -> None:
    kinds = [kind for kind in below(RingwatchError) if kind.__module__ == "events.errors"]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_input_errors_read_as_one_line() -> None:
    assert str(InputError("amount.minor", "is negative", "send refunds as refunds")) == (
        "amount.minor: is negative (send refunds as refunds)"
    )
    assert str(InputError("", "is not JSON")) == "is not JSON"
