"""Card numbers (PANs) in the clear: found, so that they are refused, and masked, so that they are never stored.

A card number has 13 to 19 digits, begins with an issuer's range and ends with its Luhn check digit (ISO/IEC
7812-1). The ranges are the public ones of the card schemes. Digits may stand in the usual groups (4-4-4-4, 4-6-5,
equal groups) with a space, hyphen or dot between. Not card numbers: digits inside a hexadecimal word (tokens,
hashes, UUIDs), longer runs of digits, and E.164 phone numbers (a leading `+`).
"""

import re
from collections.abc import Iterator, Mapping

MIN_DIGITS = 13
MAX_DIGITS = 19
_KEPT_FRONT = 6
_KEPT_BACK = 4

_SEPARATORS = r"[ \-.\u00a0\u2009\u2010\u2011\u2013]"
# Cheap test first: nearly every text fails it.
_POSSIBLE = re.compile(rf"\d(?:{_SEPARATORS}?\d){{12}}")
_RUN = re.compile(rf"\d+(?:{_SEPARATORS}\d+)*")
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
    in_range = any(
        size in lengths and first <= int(digits[: len(str(first))]) <= last
        for first, last, lengths in _RANGES
    )
    return in_range and _luhn(digits)


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
    groups = [match.span() for match in re.finditer(r"\d+", text[start:end])]
    first = 0
    while first < len(groups):
        for last in range(len(groups), first, -1):
            sizes = [stop - begin for begin, stop in groups[first:last]]
            if sum(sizes) > MAX_DIGITS or not _usual(sizes):
                continue
            begin, stop = start + groups[first][0], start + groups[last - 1][1]
            if is_card_number(_ascii(text[begin:stop])) and not _in_hex_word(text, begin, stop):
                yield begin, stop
                first = last - 1
                break
        first += 1


def _usual(sizes: list[int]) -> bool:
    return len(sizes) == 1 or sizes[0] == 4 or all(size == sizes[0] for size in sizes)  # noqa: PLR2004 - the first group of every scheme's layout


def _in_hex_word(text: str, start: int, end: int) -> bool:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
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


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of 10 to 18
    return total % 10 == 0
