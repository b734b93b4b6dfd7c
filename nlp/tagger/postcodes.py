"""Which tokens are the postcode: it decides what the directory may say of the rest."""

from collections.abc import Sequence
from typing import Final

_PIN: Final = 6
_HALF: Final = 3
_ZIP: Final = 5


def pin_of(words: Sequence[str], country: str) -> str | None:
    """The last PIN or ZIP among the tokens of a text (`560038`, `560 038`, `94117-1234`); None where there is none."""
    for i in range(len(words) - 1, -1, -1):
        word = words[i]
        if country == "US":
            if word[:_ZIP].isdigit() and len(word[:_ZIP]) == _ZIP and word[_ZIP:] in {"", *_plus(word)} and i:
                return word[:_ZIP]
        elif word.isdigit() and word[0] != "0":
            if len(word) == _PIN:
                return word
            after = words[i + 1] if i + 1 < len(words) else ""
            if len(word) == len(after) == _HALF and after.isdigit():
                return word + after
    return None


def _plus(word: str) -> tuple[str, ...]:
    """The four digits more of a ZIP+4, with their dash."""
    rest = word[_ZIP:]
    return (rest,) if len(rest) == _ZIP and rest[0] in "-—" and rest[1:].isdigit() else ()
