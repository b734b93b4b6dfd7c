"""Two views of addresses -> named features, each of one direction: what speaks for one place, and what against it."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from msgspec import structs

from nlp.identity.likeness import partners
from nlp.identity.numbers import Number, Role, likeness
from nlp.identity.view import ParsedText, Word

FOR: Final = (
    "house_equal", "house_elsewhere", "house_range", "unit_equal", "part_equal", "street_number_equal", "floor_equal",
    "box_equal", "post_equal", "post_close", "street_low", "street_high", "street_best", "cover_low", "cover_high",
    "cover_best", "shared_words", "place_low", "letters_low", "letters_high", "type_equal", "direction_equal",
    "other_numbers_equal",
    "house_and_street", "same_strict_building", "same_strict_unit",
)  # fmt: skip
"""Features that only ever raise the score."""
AGAINST: Final = (
    "house_suffix", "house_differs", "house_one_sided", "unit_differs", "unit_one_sided", "part_differs",
    "street_number_differs", "floor_differs", "box_differs", "post_differs", "type_differs", "direction_differs",
    "direction_one_sided", "numbers_conflict", "numbers_left_over", "both_unmatched", "both_unmatched_much",
    "street_unmatched", "place_unmatched", "no_place_shared", "house_without_street", "no_street", "no_house",
)  # fmt: skip
"""Features that only ever lower it."""
FEATURES: Final = FOR + AGAINST
_INDEX: Final = {name: at for at, name in enumerate(FEATURES)}
_OF_UNITS: Final = ("unit_differs", "numbers_conflict", "floor_differs", "part_differs")
"""What tells two flats of one building, whose strict key is the same."""
_HALF: Final = 0.5
_COVER: Final = 0.6
_LETTERS: Final = 0.35
_MOST_SHARED: Final = 5.0
_MOST_UNMATCHED: Final = 1.0
_NEAR: Final = 3  # first characters that near postcodes share
_MOST_LEFT: Final = 2
_SWAPPED: Final = 2  # characters


class Put(Protocol):
    """Notes a feature's value and the words it came from."""

    def __call__(self, name: str, value: float, words: str = "") -> None: ...


class Compared(NamedTuple):
    """Values by the order of `FEATURES`, and by a feature's name the words that it came from."""

    values: list[float]
    words: dict[str, str]


def compare(a: ParsedText, b: ParsedText) -> Compared:
    """The features of two texts; symmetric."""
    values = [0.0] * len(FEATURES)
    told: dict[str, str] = {}

    def put(name: str, value: float, words: str = "") -> None:
        if value:
            values[_INDEX[name]] = value
            if words:
                told[name] = words

    a, b = _same_roles(a, b)
    house = _numbers(a, b, put)
    street = _words(a, b, put)
    if house > 0:
        put("house_and_street", house * street)
        put("house_without_street", house * (1 - street))
    _postcodes(a, b, put)
    _signs(a, b, put)
    if not any(values[_INDEX[name]] for name in _OF_UNITS):
        _strict(a, b, put)
    return Compared(values, told)


# Numbers.


def _same_roles(a: ParsedText, b: ParsedText) -> tuple[ParsedText, ParsedText]:
    """Both texts with one reading where one took for the house number what the other took for the postcode."""
    if a.post and a.post in b.of("house") and b.post not in {"", a.post} and b.post not in a.of("house"):
        return _read_again(a), b
    if a.post and a.post != b.post and a.post in b.of("house"):
        return (a, _read_again(b)) if b.post and b.post in a.of("house") else (_read_again(a), b)
    if b.post and b.post != a.post and b.post in a.of("house"):
        return a, _read_again(b)
    return a, b


def _read_again(text: ParsedText) -> ParsedText:
    """House number and postcode the other way round; what was the house's number may be the unit's."""
    if (
        len(text.of("house")) == 1
        and text.of("house")[0].isdigit()
        and len(text.of("house")[0]) == len(text.post)
    ):
        post = text.of("house")[0]
        numbers = tuple(Number(text.post, "house") if n.role == "house" else n for n in text.numbers)
    else:
        post = ""
        numbers = tuple(Number(n.form, "other") if n.role == "house" else n for n in text.numbers)
        numbers = (*numbers, Number(text.post, "house"))
    return structs.replace(text, numbers=numbers, post=post)


def _numbers(a: ParsedText, b: ParsedText, put: Put) -> float:
    """Puts what the numbers say; returns how far the house numbers agree, 0..1."""
    left_a, left_b = list(a.numbers), list(b.numbers)
    for role, equal, _ in _ROLES:
        ours = {number.form for number in left_a if number.role == role}
        both = sorted(ours & {number.form for number in left_b if number.role == role})
        for left in (left_a, left_b):
            left[:] = [number for number in left if number.role != role or number.form not in both]
        put(equal, min(len(both), _MOST_LEFT), " ".join(both))
    house = _house(left_a, left_b, put)
    for role, equal, differs in _ROLES:
        _sets(role, left_a, left_b, equal, differs, put)
    rest_a, rest_b = {n.form for n in left_a}, {n.form for n in left_b}
    both_rest = rest_a & rest_b
    put("other_numbers_equal", min(len(both_rest), _MOST_LEFT), " ".join(sorted(both_rest)))
    only_a, only_b = rest_a - both_rest, rest_b - both_rest
    if only_a and only_b and _alike(left_a, left_b, both_rest):
        put("numbers_left_over", 1.0, " ".join(sorted(only_a | only_b)))
    elif only_a and only_b:
        put("numbers_conflict", 1.0, f"{' '.join(sorted(only_a))} | {' '.join(sorted(only_b))}")
    elif only_a or only_b:
        put("numbers_left_over", min(len(only_a | only_b), _MOST_LEFT), " ".join(sorted(only_a | only_b)))
    return house


def _alike(left_a: Sequence[Number], left_b: Sequence[Number], both: set[str]) -> bool:
    """Whether what is left differs by a space (`6 54`, `654`) or a letter in front (`42`, `f42`) alone."""
    ours, theirs = ("".join(n.form for n in left if n.form not in both) for left in (left_a, left_b))
    return ours == theirs or (
        not any(n.said for n in (*left_a, *left_b)) and likeness(ours, theirs) == "suffix"
    )


_ROLES: Final[tuple[tuple[Role, str, str], ...]] = (
    ("unit", "unit_equal", "unit_differs"),
    ("area", "part_equal", "part_differs"),
    ("street", "street_number_equal", "street_number_differs"),
    ("floor", "floor_equal", "floor_differs"),
    ("box", "box_equal", "box_differs"),
)


def _take(numbers: list[Number], role: Role) -> list[Number]:
    taken = [number for number in numbers if number.role == role]
    numbers[:] = [number for number in numbers if number.role != role]
    return taken


def _house(left_a: list[Number], left_b: list[Number], put: Put) -> float:
    ours, theirs = _take(left_a, "house"), _take(left_b, "house")
    if not ours and not theirs:
        put("no_house", 1.0)
        return 0.0
    best, pair = "differ", (ours[:1], theirs[:1])
    for mine in ours:
        for other in theirs:
            found = likeness(mine.form, other.form)
            if _RANK[found] > _RANK[best]:
                best, pair = found, ([mine], [other])
    said = " | ".join(" ".join(number.form for number in side) for side in pair)
    if best != "differ":
        put(f"house_{best}", 1.0, said)
        left_a += [number for number in ours if number not in pair[0]]
        left_b += [number for number in theirs if number not in pair[1]]
        return _AGREES[best]
    # A number that the other text has in another role may be its house number, read amiss.
    for own, own_left, spare, other_left in ((ours, left_a, theirs, left_b), (theirs, left_b, ours, left_a)):
        hit = _read_amiss(own, other_left, alone=not spare)
        if hit is not None:
            other_left.remove(hit)
            other_left.extend(spare)
            own_left.extend(number for number in own if number.form != hit.form)
            put("house_elsewhere", 1.0, hit.form)
            return 0.8
    put("house_differs" if ours and theirs else "house_one_sided", 1.0, said)
    return 0.0


def _read_amiss(own: Sequence[Number], others: Sequence[Number], *, alone: bool) -> Number | None:
    """The other text's number that may be its house number; one that says it is a unit's only where no other is."""
    forms = {number.form for number in own}
    may_be = (other for other in others if not other.said or (alone and other.role == "unit"))
    return next((other for other in may_be if other.form in forms), None)


_RANK: Final = {"differ": 0, "suffix": 1, "range": 2, "equal": 3}
_AGREES: Final = {"suffix": 0.3, "range": 0.8, "equal": 1.0}


def _sets(role: Role, left_a: list[Number], left_b: list[Number], equal: str, differs: str, put: Put) -> None:
    """What is left of a role on both sides differs; what the other text has in no said role is equal all the same."""
    ours, theirs = _take(left_a, role), _take(left_b, role)
    only_a = [number.form for number in ours if not _found(number, left_b)]
    only_b = [number.form for number in theirs if not _found(number, left_a)]
    if len(only_a) < len(ours) or len(only_b) < len(theirs):
        put(equal, 1.0, " ".join(sorted({n.form for n in (*ours, *theirs)} - {*only_a, *only_b})))
    said = f"{' '.join(only_a)} | {' '.join(only_b)}"
    if only_a and only_b:
        kinds = {form[:2] for form in only_a} & {form[:2] for form in only_b}
        if kinds or role != "area":
            put(differs, 1.0, said)
    elif role == "unit" and (only_a or only_b):
        if left_a and left_b:
            return
        other = left_b if only_a else left_a
        if any(not number.said or number.role == "house" for number in other):
            put("numbers_conflict", 1.0, said)
        else:
            put("unit_one_sided", 1.0, said)


def _found(number: Number, others: list[Number]) -> bool:
    """Whether the other side has it in no said role; it is taken out there."""
    bare = number.form.lstrip("abcdefghijklmnopqrstuvwxyz") if number.role == "area" else number.form
    hit = next((other for other in others if not other.said and other.form in {number.form, bare}), None)
    if hit is not None:
        others.remove(hit)
    return hit is not None


# Words.


def _words(a: ParsedText, b: ParsedText, put: Put) -> float:
    """Puts what the words say; returns how far the streets agree, 0..1."""
    found_a, found_b = partners(a.words, b.words), partners(b.words, a.words)
    street_a, street_b = _cover(a.words, found_a, street=True), _cover(b.words, found_b, street=True)
    cover_a, cover_b = max(_cover(a.words, found_a), 0.0), max(_cover(b.words, found_b), 0.0)
    low, high = min(street_a, street_b), max(street_a, street_b)
    if low < 0:  # a street that is numbered, or none
        put("no_street", 1.0)
        low = high = street = max(street_a, street_b, 0.0) if high >= 0 else min(cover_a, cover_b)
    else:
        street = (low + high) / 2
    put("street_low", min(low / _HALF, 1.0))
    put("street_high", max((low - _HALF) / (1 - _HALF), 0.0))
    put("street_best", high, _named(a.words, found_a, matched=True, street=True))
    put("street_unmatched", 1 - high, _unmatched(a, b, found_a, found_b, street=True))
    place_a, place_b = _cover(a.words, found_a, street=False), _cover(b.words, found_b, street=False)
    if place_a >= 0 and place_b >= 0:
        put("place_unmatched", 1 - max(place_a, place_b))
        put("no_place_shared", float(place_a == place_b == 0))
        put("place_low", min(place_a, place_b))
    least = min(cover_a, cover_b)
    put("cover_low", min(least / _COVER, 1.0))
    put("cover_high", max((least - _COVER) / (1 - _COVER), 0.0))
    put("cover_best", max(cover_a, cover_b), _named(a.words, found_a, matched=True))
    shared = min(_weight(a.words, found_a), _weight(b.words, found_b), _MOST_SHARED)
    put("shared_words", shared / _MOST_SHARED)
    lost = min(_lost(a.words, found_a), _lost(b.words, found_b))
    put("both_unmatched", min(lost, _MOST_UNMATCHED), _unmatched(a, b, found_a, found_b))
    put("both_unmatched_much", max(min(lost - _MOST_UNMATCHED, 2.0), 0.0))
    if a.grams and b.grams:
        share = len(a.grams & b.grams) / min(len(a.grams), len(b.grams))
        put("letters_low", min(share / _LETTERS, 1.0))
        put("letters_high", max((share - _LETTERS) / (1 - _LETTERS), 0.0))
    return street


def _cover(words: Sequence[Word], found: Sequence[float], *, street: bool | None = None) -> float:
    """The share of the words' weight that is found: of all, of the street's or of the others; -1: there are none."""
    total = got = 0.0
    for word, score in zip(words, found, strict=True):
        if street is None or word.street is street:
            total += word.weight
            got += word.weight * score
    return got / total if total else -1.0


def _weight(words: Sequence[Word], found: Sequence[float]) -> float:
    return sum(word.weight * score for word, score in zip(words, found, strict=True))


def _lost(words: Sequence[Word], found: Sequence[float]) -> float:
    return sum(word.weight for word, score in zip(words, found, strict=True) if not score)


def _named(words: Sequence[Word], found: Sequence[float], *, matched: bool, street: bool = False) -> str:
    return " ".join(
        word.form
        for word, score in zip(words, found, strict=True)
        if bool(score) is matched and (word.street or not street)
    )


def _unmatched(
    a: ParsedText, b: ParsedText, found_a: Sequence[float], found_b: Sequence[float], *, street: bool = False
) -> str:
    ours = _named(a.words, found_a, matched=False, street=street)
    theirs = _named(b.words, found_b, matched=False, street=street)
    return f"{ours} | {theirs}" if ours or theirs else ""


# Postcodes, types, directions, strict keys.


def _postcodes(a: ParsedText, b: ParsedText, put: Put) -> None:
    if not a.post or not b.post:
        return
    short, long = sorted((a.post, b.post), key=len)
    if long.startswith(short):  # ZIP and ZIP+4, 1012 and 1012ab
        put("post_equal", 1.0, short)
    elif _near(short, long):
        put("post_close", 1.0, f"{a.post} | {b.post}")
    else:
        put("post_differs", 1.0, f"{a.post} | {b.post}")


def _near(a: str, b: str) -> bool:
    """One character exchanged, two swapped, or one more or less."""
    if len(a) != len(b):
        return len(b) - len(a) == 1 and any(b[:at] + b[at + 1 :] == a for at in range(len(b)))
    odd = [at for at in range(len(a)) if a[at] != b[at]]
    return len(odd) == 1 or (
        len(odd) == _SWAPPED and sorted(a[at] for at in odd) == sorted(b[at] for at in odd)
    )


def _signs(a: ParsedText, b: ParsedText, put: Put) -> None:
    if a.types and b.types:
        same = a.types & b.types
        put("type_equal" if same else "type_differs", 1.0, " ".join(sorted(same or a.types | b.types)))
    if a.directions and b.directions:
        same = a.directions & b.directions
        put(
            "direction_equal" if same else "direction_differs",
            1.0,
            " ".join(sorted(same or a.directions | b.directions)),
        )
    elif a.directions or b.directions:
        put("direction_one_sided", 1.0, " ".join(sorted(a.directions | b.directions)))


def _strict(a: ParsedText, b: ParsedText, put: Put) -> None:
    if a.key and b.key and a.key.building == b.key.building:
        put("same_strict_building", 1.0)
        if a.key.unit and a.key.unit == b.key.unit:
            put("same_strict_unit", 1.0)
