# ruff: noqa: PLR2004 - a pair, a digit, a slip or two: small numbers that say themselves
"""An address text as the comparison sees it: its numbers with roles, its words with weights.

Made of raw tokens, so that it works for any country; where the parser knows a country, its fields correct the roles.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from events.types import AddressKey
from nlp.fields import ParsedAddress
from nlp.identity import lexicon as lx
from nlp.identity.letters import plain, slips
from nlp.identity.names import one_name
from nlp.identity.numbers import Number, Role, likeness, number_form, ordinal
from nlp.identity.postcodes import NUMBER_FIRST, postcode
from nlp.identity.tokens import SEPARATORS, tokens

# A capital inside a word, or behind a number, begins another: NorthAirport, 5thStreet, 7AWashington, ApartmentC-208.
_GLUED: Final = re.compile(
    r"(?<=[a-z]{2})(?=[A-Z](?:[a-z]|-?\d))|(?<=\d[A-Z])(?=[A-Z][a-z])|(?<=\d(?:st|nd|rd|th))(?=[A-Z])|(?<=[a-z]{3})(?=\d)"
)
_SG_FLOOR: Final = re.compile(r"#\s*[a-z]?\d{1,2}-(?=\w)")  # #05-12: floor 5, door 12
_MOST: Final = 300  # characters that are looked at: beyond, a text is no address
_NO_WORDS: Final = frozenset({"no", "nr", "num", "number", "numero", "nro"})
_WINDOW: Final = 4  # words beside the house number that may name its street
_RARE: Final = 1.0
_COMMON: Final = 0.5
_SHORT: Final = 0.3
_ASIDE: Final = 0.15  # landmarks and people
_ASIDE_WORDS: Final = frozenset(
    [
        "near",
        "nr",
        "opp",
        "opposite",
        "behind",
        "beside",
        "c/o",
        "s/o",
        "w/o",
        "d/o",
        "attn",
        "facing",
        "adjacent",
        "adj",
        "next",
        "landmark",
    ]
)
_UNIT_FIRST: Final = frozenset({"AU", "NZ"})
_TYPE_LETTERS: Final = 2


class Word(Struct, frozen=True):
    """A word in its one form. `street`: it may be of the house's street; `weight` 0..1 by how much it tells."""

    form: str
    weight: float
    street: bool = False


class ParsedText(Struct, frozen=True):
    """One address text ready to be compared.

    `numbers` and `words` are in the text's order, each once; `post` is the postcode; `types` and `directions` are of
    streets; `grams` three letters each of the words run together; `key` the strict key, if the parser gave one.
    """

    text: str
    country: str
    numbers: tuple[Number, ...]
    words: tuple[Word, ...]
    post: str
    types: frozenset[str]
    directions: frozenset[str]
    grams: frozenset[str]
    key: AddressKey | None = None

    def of(self, role: Role) -> tuple[str, ...]:
        """The numbers of a role."""
        return tuple(number.form for number in self.numbers if number.role == role)


def view(
    text: str,
    country: str = "",
    parsed: ParsedAddress | None = None,
    weights: Mapping[str, float] | None = None,
) -> ParsedText:
    """`text` as the comparison sees it. `country`: ISO 3166 alpha-2, `""` where it is not known.

    `weights` are of frequent words, 0..1; all others weigh 1.
    """
    country = country.upper()
    flat = one_name(plain(_GLUED.sub(" ", text[:_MOST])), country)
    if country == "SG":
        flat = _SG_FLOOR.sub("# ", flat)
    start, end, post = postcode(flat, country)
    reader = _Reader(
        tokens(f"{flat[:start]} , {flat[end:]}" if post else flat, country), country, weights or {}
    )
    reader.read()
    numbers = reader.numbers()
    if parsed is not None:
        numbers = _corrected(numbers, parsed)
    words = reader.words()
    squeezed = "".join(word.form for word in words)
    return ParsedText(
        text=text, country=country, numbers=tuple(dict.fromkeys(numbers)), words=words, post=post,
        types=frozenset(reader.types), directions=frozenset(reader.directions),
        grams=frozenset(squeezed[at : at + 3] for at in range(len(squeezed) - 2)),
        key=parsed.key if parsed else None,
    )  # fmt: skip


def _corrected(numbers: Sequence[Number], parsed: ParsedAddress) -> list[Number]:
    """The numbers with the roles that the parser gives them, where the text's own words say none."""
    roles = {form: role for role, form in parsed_numbers(parsed)}
    written = {number.form.replace("-", "") for number in numbers}
    both = (
        len(roles) > 1 and roles.keys() <= written
    )  # the parser found a house and a unit: it knows them apart
    fixed = []
    for number in numbers:
        role = roles.get(number.form.replace("-", ""))
        free = not number.said and (number.role == "other" or (both and number.role in {"house", "unit"}))
        fixed.append(Number(number.form, role, said=False) if role and free else number)
    return fixed


def parsed_numbers(parsed: ParsedAddress) -> Iterable[tuple[Role, str]]:
    """The parser's house and unit number, without signs: the one place that knows its fields' names."""
    house, unit = parsed.canonical.house, parsed.canonical.unit
    if unit:
        yield "unit", unit.replace("-", "")
    if house:
        yield "house", house.replace("-", "")


class _Reader:
    """Reads tokens from left to right; `roles[i]` is the role of the number at i, `kinds[i]` what the word at i is."""

    def __init__(self, found: list[str], country: str, weights: Mapping[str, float]) -> None:
        self.found, self.country, self.weights = found, country, weights
        self.size = len(found)
        self.roles: dict[int, tuple[Role, bool, str]] = {}
        self.used: set[int] = set()  # words that only said what a number is
        self.names: dict[int, tuple[str, float]] = {}
        self.types: list[str] = []
        self.directions: list[str] = []
        self.type_at: list[int] = []
        self.house_at = -1
        self.segment: list[int] = []
        self.signed: list[int] = []  # numbers with a # that may be a house's or a unit's

    def word(self, at: int) -> str:
        return self.found[at] if 0 <= at < self.size else ","

    def read(self) -> None:
        segment = 0
        for token in self.found:
            segment += token in SEPARATORS
            self.segment.append(segment)
        self._say_roles()
        self._read_words()
        self._choose_house()

    # Numbers.

    def _say_roles(self) -> None:
        for at, token in enumerate(self.found):
            if _is_number(token):
                self._say_role(at, token)
            elif token.isalpha() and (len(token) == 1 or token in lx.ROMAN):
                self._say_letter(at, token)

    def _say_role(self, at: int, token: str) -> None:  # noqa: C901, PLR0912, PLR0915 - a table of cases
        nth = ordinal(token)
        before, after = self.word(at - 1), self.word(at + 1)
        back = at - 1
        further = self.word(at - 2)
        if (
            self.country in _POINTED
            and before in {"no", "nr", "number"}
            and further in lx.STREET_TYPES
            and at > 2
        ):
            further = ","
        if before in lx.HOUSE_WORDS and further not in SEPARATORS:
            before, back = further, at - 2  # Flat No 5, Sector No 3
        elif before == "#" and further in lx.UNIT_WORDS:
            before, back = further, at - 2  # Apt #5
        if self.country in _DOM and token[0] == "d" and token[1:2].isdigit():
            token = token[1:]
        form = number_form(nth or token)
        role: Role | None = None
        if after in lx.FLOOR_WORDS and (nth or not self.word(at + 2)[:1].isdigit()):
            role = "floor"
            self.used.add(at + 1)
            back = at
        elif before == "f" and back < at - 1:
            role = "unit"  # F.No. 302
        elif before in lx.FLOOR_WORDS:
            role = "floor"
        elif before in lx.BOX_WORDS:
            role = "box"
            self.used.update(i for i in (back - 1, back - 2) if self.word(i) in {"p", "o", "po"})
        elif before in lx.UNIT_WORDS:
            role = "unit"
        elif before in lx.AREA_WORDS and not (nth and lx.AREA_WORDS[before] not in _PARTS_NTH):
            role = "area"
            form = f"{lx.AREA_WORDS[before][:2]}{form}"
        elif (
            after in lx.AREA_WORDS
            and not self.word(at + 2)[:1].isdigit()
            and (nth or lx.AREA_WORDS[after] in _PARTS_AFTER)
            and not (self.country != "IN" and lx.AREA_WORDS[after] in {"cross", "main"})
        ):
            role = "area"
            form = f"{lx.AREA_WORDS[after][:2]}{form}"
            self.used.add(at + 1)
            back = at
        elif nth or (before not in lx.HOUSE_WORDS and self._is_bare_type(back)):
            role = "street"
            back = at
        if role:
            self.roles[at] = role, True, form
            self.used.update(range(back, at))
        elif before == "#" or self.word(at - 1) == "#":
            unit = self.country in {"US", "CA", "AU", "NZ", "SG"}
            self.roles[at] = ("unit" if unit else "house"), True, form
            if not unit:
                self.signed.append(at)
        else:
            said = self.word(at - 1) in lx.HOUSE_WORDS and len(self.word(at - 1)) > 1
            for back in (at - 1, at - 2):
                if self.word(back) not in lx.HOUSE_WORDS:
                    break
                self.used.add(back)
            later = (
                said
                and self.country in _POINTED
                and any(role == "other" for role, _, _ in self.roles.values())
            )
            self.roles[at] = ("unit" if later else "house" if said else "other"), said, form

    def _say_letter(self, at: int, token: str) -> None:
        """`Block B`, `B Wing`, `Phase II`: a part that goes by a letter."""
        before, after = self.word(at - 1), self.word(at + 1)
        word = before if lx.AREA_WORDS.get(before) in lx.PART_WORDS else after
        kind = lx.AREA_WORDS.get(word, "")
        if kind not in lx.PART_WORDS or (
            word == after and (token in lx.ROMAN or word in {"building", "bldg"})
        ):
            return
        form = lx.ROMAN.get(token, token) if kind in {"phase", "stage", "sector"} else token
        self.roles[at] = "area", True, f"{kind[:2]}{form}"
        self.used.add(at - 1 if word == before else at + 1)

    def _is_bare_type(self, at: int) -> bool:
        """Whether a street's type stands at `at` without a name before it: `Calle 12`, `Highway 50`."""
        word = self.word(at)
        is_type = word in lx.STREET_TYPES or word in lx.ROUTE_WORDS
        before = self.word(at - 1)
        bare = before in SEPARATORS or (before[:1].isdigit() and not ordinal(before))
        return is_type and (bare or word in _ROUTES)

    def _choose_house(self) -> None:
        """The house number among those that no word explains: beside a street's words, else the first."""
        said = [at for at, (role, _, _) in self.roles.items() if role == "house"]
        free = [at for at, (role, _, _) in self.roles.items() if role == "other"]
        said = self._without_strangers(said)
        if (
            len(self.signed) == 1
            and len(said) + len(free) > 1
            and not any(r == "unit" for r, _, _ in self.roles.values())
        ):
            at = self.signed[0]  # #402, 12 Main Road: beside a house's number it is the unit's
            self.roles[at] = "unit", True, self.roles[at][2]
            said.remove(at)
        if not said and not free:
            built = [
                at for at, (_, _, form) in self.roles.items() if form[:2] == "bl" and form[2:3].isdigit()
            ]
            for at in built[:1]:  # Building 5, Al Maktoum Road
                self.roles[at] = "house", True, self.roles[at][2][2:]
                said = [at]
        if not said and free:
            near = [at for at in free if any(self.segment[at] == self.segment[t] for t in self.type_at)]
            named = [at for at in free if self._has_name(at)]
            pool = near or named or free
            said = [
                pool[0] if self.country in NUMBER_FIRST or len(pool) == 1 else min(pool, key=self._distance)
            ]
            at = said[0]
            self.roles[at] = "house", False, self.roles[at][2]
        if said:
            self.house_at = said[0]

    def _without_strangers(self, said: list[int]) -> list[int]:
        """`Karkhana No 3, Plot No 11`: the number of a word we do not know, beside a house's, is a unit's."""
        strange = [at for at in said if self.word(at - 1) in _NO_WORDS and self.word(at - 2).isalpha()]
        strange = [at for at in strange if self.word(at - 2) not in lx.HOUSE_WORDS]
        known = [at for at in said if at not in strange]
        if not known:
            return said
        for at in strange:
            self.roles[at] = "unit", True, self.roles[at][2]
            self.used.add(at - 2)
        return known

    def _distance(self, at: int) -> tuple[int, int]:
        gaps = [abs(at - t) for t in self.type_at]
        return (0, at) if not gaps else (min(gaps) // _WINDOW, at)

    def _has_name(self, at: int) -> bool:
        return any(self.segment[i] == self.segment[at] for i in self.names)

    def numbers(self) -> list[Number]:
        """The numbers in their order; `3/12` in Australia is unit 3 of house 12."""
        out = []
        for role, said, form in self.roles.values():
            parts = form.split("-")
            if role == "house" and self.country in _UNIT_FIRST and len(parts) == 2:
                out += [Number(parts[0], "unit"), Number(parts[1], "house")]
            elif (
                role == "house"
                and len(parts) > 1
                and self.country in _UNIT_LAST
                and likeness(parts[0], form) == "suffix"
            ):
                out += [Number(parts[0], "house", said), Number("-".join(parts[1:]), "unit")]
            elif role == "house" and len(parts) == 2 and self.country in _TWO_NUMBERS:
                out += [Number(parts[1], "house"), Number(parts[0], "other")]
            else:
                out.append(Number(form, role, said))
        return out

    # Words.

    def _read_words(self) -> None:
        aside = False
        for at, token in enumerate(self.found):
            if token in SEPARATORS:
                aside = False
            elif at in self.used or at in self.roles or token == "#":  # noqa: S105 - a sign
                continue
            elif token in _ASIDE_WORDS:
                aside = True
            else:
                self._read_word(at, token, aside=aside)

    def _read_word(self, at: int, token: str, *, aside: bool) -> None:
        before, after = self.word(at - 1), self.word(at + 1)
        starts = before in SEPARATORS or at - 1 in self.roles or before in lx.STREET_TYPES
        ends = after in SEPARATORS or at + 1 in self.roles
        if self._is_country(at, token):
            return
        if token in {"st", "ste", "dr", "san", "santa"}:
            named = not starts or ends
            if token in {"st", "dr"} and named:
                self._type(at, "street" if token == "st" else "drive")  # noqa: S105 - a word
            else:
                self._name(at, lx.NAME_WORDS.get(token, token), _COMMON, aside=aside)
            return
        kind = lx.STREET_TYPES.get(token) or type_slip(token)
        if kind and (
            len(token) > _TYPE_LETTERS or starts or (ends and token in _SHORT_TYPES) or token in _SHORT_TYPES
        ):
            self._type(at, kind)
        elif token in lx.DIRECTIONS and (len(token) > _TYPE_LETTERS or self.country in _POINTED):
            self.directions.append(lx.DIRECTIONS[token])
        elif token in lx.NOISE or (token in lx.FLOOR_WORDS and len(token) > _TYPE_LETTERS):
            return
        else:
            self._plain_name(at, token, aside=aside)

    def _plain_name(self, at: int, token: str, *, aside: bool) -> None:
        if self.country not in _ENGLISH:  # where Florence is a street or a girl, not Firenze
            token = lx.CITIES.get(token, token)
        token = lx.NAME_WORDS.get(token, token)
        for suffix, kind in lx.GLUED if self.country in _NO_SUFFIXES else lx.SUFFIXES:
            if token.endswith(suffix) and len(token) >= len(suffix) + 3:
                self._type(at, kind)
                token = token[: -len(suffix)].rstrip("s")
                break
        weight = _SHORT if len(token) <= _TYPE_LETTERS and token.isascii() else self.weights.get(token, _RARE)
        if token in lx.COMMON:
            weight = min(weight, _COMMON)
        self._name(at, token, weight, aside=aside)

    def _is_country(self, at: int, token: str) -> bool:
        if token not in lx.COUNTRIES:
            return False
        alone = self.word(at - 1) in SEPARATORS and self.word(at + 1) in SEPARATORS
        last = at == self.size - 1
        return (alone and at > 0) or last or (len(token) > 3 and at >= self.size - 3)

    def _type(self, at: int, kind: str) -> None:
        self.types.append(kind)
        self.type_at.append(at)

    def _name(self, at: int, form: str, weight: float, *, aside: bool) -> None:
        self.names[at] = form, _ASIDE if aside else weight

    def words(self) -> tuple[Word, ...]:
        """The names once each, those of the house's street marked."""
        street = self._street()
        out: dict[str, Word] = {}
        for role, _, form in self.roles.values():
            # 5th Avenue, Calle 72, 3rd Cross: the number is the street's name.
            if role == "street" or (role == "area" and form[:2] in _LANES):
                out[f"#{form}"] = Word(f"#{form}", _RARE, street=True)
        if not any(word.street for word in out.values()) and not any(at in street for at in self.names):
            for kind in self.types[:1]:  # The Terrace: the type is the name
                out[f"~{kind}"] = Word(f"~{kind}", _COMMON, street=True)
        for at, (form, weight) in self.names.items():
            word = Word(form, weight, at in street and weight > _ASIDE)
            known = out.get(form)
            if known is None or (word.street and not known.street) or word.weight > known.weight:
                out[form] = word
        return tuple(out.values())

    def _street(self) -> set[int]:
        """Where the names of the house's street stand: beside its number, or with a street's type."""
        house = self.house_at
        anchor = house
        if house >= 0:
            near = [at for at in self.names if self.segment[at] == self.segment[house]]
            if not near and self.type_at:
                anchor = min(self.type_at, key=lambda at: abs(at - house))
            elif not near:
                near = [at for at in self.names if abs(self.segment[at] - self.segment[house]) == 1]
                return set(near[:_WINDOW])
        elif self.type_at:
            anchor = self.type_at[0]
        if anchor < 0:
            first = min((self.segment[at] for at in self.names), default=0)
            return {at for at in self.names if self.segment[at] == first}
        near = [at for at in self.names if self.segment[at] == self.segment[anchor]]
        types = [at for at in self.type_at if self.segment[at] == self.segment[anchor]]
        return self._window(anchor, near, types)

    def _window(self, anchor: int, near: list[int], types: list[int]) -> set[int]:
        """The names of the segment that are nearest to the number: to the first type behind it, or before it."""
        after = [at for at in near if at >= anchor]
        before = [at for at in near if at <= anchor]
        type_after = next((at for at in types if at >= anchor), None)
        type_before = next((at for at in reversed(types) if at <= anchor), None)
        if self.country in NUMBER_FIRST:
            if type_after is not None and [at for at in after if at <= type_after]:
                return {at for at in after if at <= type_after}
            return set(after[: _WINDOW - 1]) or set(before[-_WINDOW:])
        if type_before is not None and type_before != anchor:
            start = type_before
            inner = {at for at in before if at >= start}
            return inner or set(before[-_WINDOW:]) or set(after[: _WINDOW - 1])
        return set(before[-_WINDOW:]) or set(after[: _WINDOW - 1])


@lru_cache(maxsize=16_384)
def type_slip(word: str) -> str:
    """The type that a misspelt long type's word means: `steret`, `cresent`; empty where it is none."""
    if len(word) < _LONG_TYPE - 1 or not word.isascii():
        return ""
    return next(
        (kind for kind in _LONG_TYPES if slips(min(word, kind, key=len), max(word, kind, key=len)) == 1), ""
    )


def _is_number(token: str) -> bool:
    return any(char.isdigit() for char in token)


_PARTS_NTH: Final = frozenset({"phase", "stage", "block"})
_PARTS_AFTER: Final = frozenset({"block", "sector", "phase", "stage", "pocket"})
_LANES: Final = frozenset({"cr", "ma", "ga", "so", "lo", "he"})
_UNIT_LAST: Final = frozenset({"PL", "TR", "AT"})  # 12/3 is unit 3 of house 12 (but a range in `12-14`)
_TWO_NUMBERS: Final = frozenset({"CZ", "SK"})  # 1234/12: number in the register, number in the street
_ENGLISH: Final = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "ZA"})
_LONG_TYPE: Final = 6
_LONG_TYPES: Final = (
    "street",
    "avenue",
    "crescent",
    "circuit",
    "terrace",
    "parade",
    "highway",
    "boulevard",
    "esplanade",
    "strasse",
    "avenida",
    "carretera",
    "ulitsa",
)
_DOM: Final = frozenset({"RU", "UA", "BY", "KZ"})  # d12: house 12
_ROUTES: Final = frozenset(
    ["highway", "hwy", "route", "rte", "nh", "sh", "interstate", "ruta", "rodovia", "autopista"]
)
_POINTED: Final = frozenset({"US", "CA"})
_SHORT_TYPES: Final = frozenset(["rd", "av", "ln", "dr", "pl", "ct", "sq", "al"])
_NO_SUFFIXES: Final = frozenset({"US", "IN", "GB", "IE", "AU", "NZ", "CA"})
