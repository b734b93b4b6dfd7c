"""Card numbers (PANs) in the clear: found, so that they are refused, and masked, so that they are never stored.

A card number has 13 to 19 digits, begins with an issuer's range and ends with its Luhn check digit (ISO/IEC
7812-1). The ranges are the public ones of the card schemes. Digits may stand in the usual groups (4-4-4-4, 4-6-5,
equal groups) with a space, hyphen or dot between. Not card numbers: digits inside a hexadecimal word (tokens,
hashes, UUIDs), longer runs of digits, and E.164 phone numbers (a leading `+`).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

MIN_DIGITS = 13
MAX_DIGITS = 19
_KEPT_FRONT = 6
_KEPT_BACK = 4
_LONGEST_HEX = 128
"""Digits of SHA-512: hexadecimal words are not followed further, so that long texts take no longer than they must."""

_SEPARATORS = r"[ \-.\u00a0\u2009\u2010\u2011\u2013]"
# Cheap test first: nearly every text fails it.
_POSSIBLE = re.compile(rf"\d(?:{_SEPARATORS}?\d){{12}}")
_RUN = re.compile(rf"\d+(?:{_SEPARATORS}\d+)*")
_DIGITS = re.compile(r"\d+")
_UUID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
_WORD = re.compile(r"[0-9A-Za-z]+")
_HEX_WORD = re.compile(r"[0-9a-fA-F]*[a-fA-F][0-9a-fA-F]*")

# (first, last, lengths): a number is of the range where its leading digits lie between the two.
_VISA = (13, 16, 19)
_LONG = (16, 17, 18, 19)
_RANGES: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, _VISA),
    (51, 55, (16,)), (2221, 2720, (16,)),  # Mastercard
    (34, 34, (15,)), (37, 37, (15,)),  # American Express
    (6011, 6011, _LONG), (644, 649, _LONG), (65, 65, _LONG),  # Discover, RuPay
    (300, 305, (14, *_LONG)), (3095, 3095, (14, *_LONG)), (36, 36, (14, *_LONG)), (38, 39, (14, *_LONG)),  # Diners
    (3528, 3589, _LONG),  # JCB, RuPay
    (62, 62, _LONG), (81, 82, _LONG), (60, 60, (16,)), (508, 508, (16,)),  # UnionPay, RuPay
    (2200, 2204, _LONG),  # Mir
    (50, 50, (13, 14, 15, *_LONG)), (56, 58, (13, 14, 15, *_LONG)), (63, 63, (13, 14, 15, *_LONG)),  # Maestro
    (67, 67, (13, 14, 15, *_LONG)),
)  # fmt: skip


def is_card_number(digits: str) -> bool:
    """Whether `digits` (only digits) has the length, an issuer's range and the check digit of a card number."""
    size = len(digits)
    if not MIN_DIGITS <= size <= MAX_DIGITS:
        return False
    return size in _lengths(digits[:4]) and _luhn(digits)


def find_card_numbers(text: str) -> list[str]:
    """The card numbers in `text`, as digits without separators, in order of appearance."""
    if _POSSIBLE.search(text) is None:
        return []
    return [_ascii(text[start:end]) for start, end in _spans(text)]


def has_card_number(text: str) -> bool:
    """Whether `find_card_numbers` finds any; fast where there is none."""
    return _POSSIBLE.search(text) is not None and next(_spans(text), None) is not None


def first_card_number(text: str) -> int | None:
    """The index in `text` where its first card number begins, or None."""
    if _POSSIBLE.search(text) is None:
        return None
    return next((start for start, _ in _spans(text)), None)


def card_number_path(value: object, path: str = "") -> str | None:
    """The dotted path of the first string or integer inside decoded JSON `value` with a card number, or None.

    Integers of 13 digits are left alone: they are epoch milliseconds, and no scheme issues 13 digits any more.
    """
    if isinstance(value, str):
        return path if has_card_number(value) else None
    if isinstance(value, int):
        text = str(value) if 10**MIN_DIGITS <= value < 10**MAX_DIGITS else ""
        return path if text and is_card_number(text) else None
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{path}.{mask(str(key))}" if path else mask(str(key))
            found = inner if has_card_number(str(key)) else card_number_path(item, inner)
            if found is not None:
                return found
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            found = card_number_path(item, f"{path}.{index}" if path else str(index))
            if found is not None:
                return found
    return None


def mask(text: str) -> str:
    """`text` with every possible card number reduced to its first six and last four digits.

    More eager than `find_card_numbers` (any 13 to 19 neighbouring digits that could be one, hexadecimal words
    included): a mask that hides too much costs nothing, one that hides too little is a leak.
    """
    while _POSSIBLE.search(text) is not None:
        masked = _RUN.sub(lambda run: _mask_run(run.group()), text)
        if masked == text:
            break
        text = masked
    return text


def mask_bytes(data: bytes) -> bytes:
    """`mask` for bytes of any encoding that keeps ASCII digits as they are."""
    return mask(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    if "-" in text:
        text = _UUID.sub(lambda match: "x" * len(match.group()), text)
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start < MIN_DIGITS or (start > 0 and text[start - 1] == "+"):
            continue
        if not run.group().isdigit():
            yield from _grouped(text, start, end)
        elif is_card_number(_ascii(run.group())) and not _in_hex_word(text, start, end):
            yield start, end


def _grouped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of whole groups that together are a card number, the longest first, none overlapping."""
    groups = [match.span() for match in _DIGITS.finditer(text, start, end)]
    first = 0
    while first < len(groups):
        begin = groups[first][0]
        for last in reversed(_ends(groups, first)):
            stop = groups[last][1]
            if is_card_number(_ascii(text[begin:stop])) and not _in_hex_word(text, begin, stop):
                yield begin, stop
                first = last
                break
        first += 1


def _ends(groups: list[tuple[int, int]], first: int) -> list[int]:
    """Indices of the last group of every card number's length and layout that begins with group `first`."""
    size = groups[first][1] - groups[first][0]
    total, even, found = 0, True, []
    for last in range(first, len(groups)):
        width = groups[last][1] - groups[last][0]
        total += width
        even = even and width == size
        # Every scheme's layout begins with a group of four; some people write equal groups.
        if total > MAX_DIGITS or not (even or size == 4):  # noqa: PLR2004 - said above
            break
        if total >= MIN_DIGITS:
            found.append(last)
    return found


def _in_hex_word(text: str, start: int, end: int) -> bool:
    first, last = max(0, start - _LONGEST_HEX), min(len(text), end + _LONGEST_HEX)
    while start > first and text[start - 1].isalnum():
        start -= 1
    while end < last and text[end].isalnum():
        end += 1
    return any(_HEX_WORD.fullmatch(word) is not None for word in _WORD.findall(text[start:end]))


def _mask_run(run: str) -> str:
    places = [index for index, char in enumerate(run) if char.isdigit()]
    digits = "".join(_ascii(run[index]) for index in places)
    chars = list(run)
    first = 0
    while first + MIN_DIGITS <= len(digits):
        for size in range(min(MAX_DIGITS, len(digits) - first), MIN_DIGITS - 1, -1):
            if is_card_number(digits[first : first + size]):
                for place in places[first + _KEPT_FRONT : first + size - _KEPT_BACK]:
                    chars[place] = "*"
                first += size - 1
                break
        first += 1
    return "".join(chars)


def _ascii(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdigit())


@lru_cache(maxsize=10_000)
def _lengths(head: str) -> frozenset[int]:
    """The lengths of the card numbers that begin with the four digits `head`."""
    return frozenset(
        size
        for first, last, lengths in _RANGES
        if first <= int(head[: len(str(first))]) <= last
        for size in lengths
    )


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of 10 to 18
    return total % 10 == 0
