"""How close to a PIN a name is known, and as what."""

from nlp.directory.kinds import CITY, DISTRICT, STATE
from nlp.directory.loaded import DISTRICT_BITS, DISTRICT_MASK, India
from nlp.directory.view import ANY, IN_DISTRICT, IN_PIN, IN_STATE, View


def read(india: India, number: int, view: View | None) -> tuple[int, int]:
    """The kinds of a name at the closest place that `view` knows it, and how close that is; 0 for no place."""
    if number >= 0:
        return _read_name(india, number, view)
    admin = india.admins[-1 - number]
    kinds, vouched = _read_name(india, admin.name, view) if admin.name >= 0 else (0, ANY)
    rows = []
    if admin.city >= 0 and admin.city != admin.name:
        city, close = _read_name(india, admin.city, view)
        rows.append((city & CITY, close))
    if admin.state:
        rows.append((STATE, ANY if view is None or view.state != admin.state else known_state(view)))
    if admin.districts:
        rows.append((DISTRICT, ANY if view is None else _read_districts(india, admin.districts, view)))
    for more, close in rows:
        if more and close > vouched:
            kinds, vouched = more, close
        elif close == vouched:
            kinds |= more
    return kinds, vouched


def _read_name(india: India, number: int, view: View | None) -> tuple[int, int]:
    if view is None:
        return india.all_kinds[number] >> DISTRICT_BITS, ANY
    kinds = view.kinds.get(number, 0)
    if kinds:
        return kinds, IN_PIN
    in_district = in_state = elsewhere = 0
    states, homes, state = india.district_state, view.homes, view.state
    for post in india.posts[india.post_ends[number - 1] if number else 0 : india.post_ends[number]]:
        district = post & DISTRICT_MASK
        if district in homes:
            in_district |= post
        elif states[district] == state:
            in_state |= post
        else:
            elsewhere |= post
    if in_district:
        return in_district >> DISTRICT_BITS, IN_DISTRICT
    if in_state:
        return in_state >> DISTRICT_BITS, IN_STATE
    return elsewhere >> DISTRICT_BITS, ANY


def known_state(view: View) -> int:
    """How close a view's own state is."""
    return IN_PIN if view.known else IN_STATE


def _read_districts(india: India, districts: frozenset[int], view: View) -> int:
    if not districts.isdisjoint(view.homes):
        return IN_PIN if view.known else IN_DISTRICT
    return IN_STATE if any(india.district_state[at] == view.state for at in districts) else ANY
