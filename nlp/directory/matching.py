"""Which words of an address name a place of the directory, and how far its PIN vouches for it."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from nlp.directory.aliases import state_codes
from nlp.directory.areas import Span, Vouched
from nlp.directory.closeness import known_state, read
from nlp.directory.kinds import CITY, DISTRICT, STATE, kind_of
from nlp.directory.loaded import BEGINNING, DISTRICT_BITS, DISTRICT_MASK, India
from nlp.directory.names import APART
from nlp.directory.slips import skeletons
from nlp.directory.view import ANY, IN_DISTRICT, IN_PIN, Names, View, Views
from nlp.directory.words import DISTRICT_CUES, ORDINARY, STREET_ENDS

VOUCHED: Final[tuple[Vouched, ...]] = (
    "any",
    "state",
    "district",
    "pin",
)  # by the numbers of `nlp.directory.view`
_MOST_MISSPELT: Final = 3
_CODE: Final = 2  # letters of a state's code
_SHORTEST: Final = 4  # letters of a name that no PIN vouches for
_TOWN: Final = CITY | DISTRICT
_SHORTEST_NEAR: Final = 5
_LONGEST: Final = 30  # letters of a word of a name
# Score, start, end, kinds, vouched, number of the name (or its text where it was misspelt).
_Found = tuple[int, int, int, int, int, "int | str"]


def spans(india: India, views: Views, words: Sequence[str], pin: str | None) -> list[Span]:
    """The places in `words` (lower case, no marks), without overlap: longest first, then the best vouched for."""
    words = [word if word.isalpha() or word.isdigit() else _apart(word) for word in words]
    view = views.of(pin)
    found = _exact(india, words, view)
    if view is None:
        view, found = _without_pin(india, views, words, found)
    if view is not None:
        found += _misspelt(views.names(view), words, [each for each in found if each[4] >= IN_DISTRICT])
    return _kinds(words, _without_overlap(found, len(words))) if found else []


def _without_pin(
    india: India, views: Views, words: Sequence[str], found: list[_Found]
) -> tuple[View | None, list[_Found]]:
    """What the text names itself vouches for the rest; where it names no city or district, one may be misspelt."""
    view = _named(india, views, found)
    if view is not None:
        found = _exact(india, words, view)
        if view.homes:
            return view, found
    sure = [each for each in found if _is_sure(each)]
    # No other name outweighs the city that all else depends on.
    slips = [(each[0] + 2 * IN_PIN, *each[1:]) for each in _misspelt(views.everywhere, words, sure)]
    if view is not None:
        slips = [each for each in slips if read(india, india.ids[str(each[5])], view)[1] > ANY]
    if slips:
        view = _named(india, views, found + slips)
        found = (found if view is None else _exact(india, words, view)) + slips
    return view, found


def _is_sure(exact: _Found) -> bool:
    """Whether a name is no city's misspelt: lists of localities have those too."""
    _, start, end, kinds, vouched, number = exact
    return vouched > ANY or end - start > 1 or kinds & CITY > 0 or (isinstance(number, int) and number < 0)


def _apart(word: str) -> str:
    """`7th` as the directory writes it, `7 th`."""
    return " ".join(APART.findall(word)) or word


def _without_overlap(found: list[_Found], size: int) -> list[_Found]:
    found.sort(key=lambda each: (-each[0], each[1]))
    taken = [False] * size
    kept = []
    for each in found:
        start, end = each[1], each[2]
        if True not in taken[start:end]:
            taken[start:end] = [True] * (end - start)
            kept.append(each)
    kept.sort(key=lambda each: each[1])
    return kept


def _exact(india: India, words: Sequence[str], view: View | None) -> list[_Found]:
    found: list[_Found] = []
    number_of = india.ids.get
    size = len(words)
    # `mp`, or `m`, `p` of `M.P.`, where that is the state anyway: codes are words too.
    codes, close = (_codes(view.state), known_state(view)) if view is not None else (frozenset[str](), ANY)
    for start, word in enumerate(words):
        number = number_of(word)
        if word in codes or (len(word) == 1 and word + "".join(words[start + 1 : start + 2]) in codes):
            end = start + _CODE // len(word)
            found.append((2 + IN_PIN, start, end, STATE, close, "".join(words[start:end])))
        phrase, end, ordinary = word, start + 1, True
        while number is not None:
            last = words[end - 1]
            ordinary = ordinary and last in ORDINARY
            if number != BEGINNING:
                kinds, vouched = read(india, number, view)
                if vouched == IN_PIN:
                    # Mandi is a city of Himachal Pradesh; elsewhere it is a market.
                    good = not ordinary or end - start > 1 or (number < 0 and kinds & _TOWN > 0)
                else:
                    short = (
                        end - start == 1 and (len(word) < _SHORTEST or word.isdigit()) and not kinds & STATE
                    )
                    street = last in STREET_ENDS and vouched < IN_DISTRICT
                    good = kinds > 0 and not (ordinary or short or street)
                if good:
                    found.append((2 * (end - start) + vouched, start, end, kinds, vouched, number))
            if end == size:
                break
            phrase = f"{phrase} {words[end]}"
            number = number_of(phrase)
            end += 1
    return found


@cache
def _codes(state: str) -> frozenset[str]:
    return frozenset(code for code, of in state_codes().items() if of == state and len(code) == _CODE)


def _named(india: India, views: Views, found: list[_Found]) -> View | None:
    """Without a PIN: the last city or district that the text names vouches for the rest, and the last state."""
    state, homes = "", frozenset[int]()
    for _, _, _, _, _, number in sorted(found, key=lambda each: (each[2], each[2] - each[1])):
        if isinstance(number, str):
            number = india.ids.get(number, BEGINNING)  # noqa: PLW2901 - the same name
        if number >= 0:
            continue
        admin = india.admins[-1 - number]
        state = admin.state or state
        if admin.city >= 0:
            start = india.post_ends[admin.city - 1] if admin.city else 0
            posts = india.posts[start : india.post_ends[admin.city]]
            cities = {post & DISTRICT_MASK for post in posts if post & (CITY << DISTRICT_BITS)}
            homes = admin.districts | cities or homes
        elif admin.districts:
            homes = admin.districts
    if state:
        homes = frozenset(at for at in homes if india.district_state[at] == state)
    elif homes:
        states = {india.district_state[at] for at in homes}
        state = states.pop() if len(states) == 1 else ""
    return views.named(state, homes) if state or homes else None


def _misspelt(names: Names, words: Sequence[str], sure: list[_Found]) -> list[_Found]:
    """Those of `names` that are there with a slip, beside what is `sure`."""
    size = len(words)
    free = [word.isalpha() and word.isascii() and len(word) <= _LONGEST for word in words]
    for _, start, end, *_ in sure:
        free[start:end] = [False] * (end - start)
    if True not in free:
        return []
    plain = "\n".join(words).encode("ascii", "replace")
    cut, bones = plain.split(b"\n"), skeletons(plain).split(b"\n")
    if len(cut) != size:
        return []
    found: list[_Found] = []
    for start, end in _runs(words, free):
        text, line, bare = "".join(words[start:end]), b"".join(cut[start:end]), b"".join(bones[start:end])
        at = names.find(text, line, bare) if len(text) >= _SHORTEST_NEAR else -1
        if at >= 0:
            score = 2 * (end - start) + names.vouched[at] - 1
            found.append((score, start, end, names.kinds[at], names.vouched[at], names.names[at]))
    return found


def _runs(words: Sequence[str], free: list[bool]) -> Iterator[tuple[int, int]]:
    """Start and end of what may be a misspelt name."""
    for start in range(len(words)):
        ordinary = True
        for end in range(start + 1, min(start + _MOST_MISSPELT, len(words)) + 1):
            if not free[end - 1]:
                break
            ordinary = ordinary and (len(words[end - 1]) == 1 or words[end - 1] in ORDINARY)
            if not ordinary:
                yield start, end


def _kinds(words: Sequence[str], kept: list[_Found]) -> list[Span]:
    """Which of its kinds each name is: as the words beside it say, else a city once, then its district or state."""
    result = []
    named: set[str] = set()
    in_city = False
    for _, start, end, kinds, vouched, number in kept:
        if isinstance(number, str):
            name, exact = number, number == words[start]
        else:
            name, exact = " ".join(words[start:end]), True
        cue = words[start - 1] if start else ""
        if (
            words[end : end + 1]
            and words[end] in DISTRICT_CUES
            and not "".join(words[end + 1 : end + 2]).isalpha()
        ):
            cue = words[end]  # `Tiruvallur Dt,`
        kind = kind_of(kinds, cue, again=name in named, in_city=in_city)
        if kind == "city":
            named.add(name)
            in_city = in_city or vouched >= IN_DISTRICT
        result.append(Span(start, end, kind, VOUCHED[vouched], name, exact))
    return result
