"""An alias map for the addresses that there are, by the parser and the tagger in force."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from nlp.identity import AliasMap, Item, Join, Resolver, Texts
from nlp.identity.resolver import text_hash

if TYPE_CHECKING:
    from nlp.lifecycle.field_parser import FieldParser
    from nlp.parser import AddressParser


class Known(NamedTuple):
    """An address that there is: its strict token, that of its building (its own where it is one), one of its texts."""

    token: str
    building: str
    text: str


def map_addresses(
    addresses: Iterable[Known], parser: "FieldParser", former: AliasMap | None = None
) -> AliasMap:
    """The map of `addresses`. Tokens of `former`'s places are kept where they can be.

    A token of another parser version is at the place of the token that the present one gives to its text; a building of
    such, where its units' texts now name several, at that of the first.
    """
    held = sorted(addresses)
    # No slips of house numbers are mended here: of two neighbours in a quiet street one would pay for the other.
    resolver = Resolver(texts_of(parser), former=former, slips=frozenset())
    found = resolver.resolve(Item(it.token, it.text, "") for it in held)
    made = found.aliases
    older = list(_older((it for it in held if it.token.split(".")[1] != parser.version), parser))
    if not older:
        return made
    prefer = set(former.of.values()) if former else set()
    return AliasMap(made.parser, [*made.joins, *older], model=made.model, prefer=prefer, hubs=made.hubs)


def _older(held: Iterable[Known], parser: "FieldParser") -> Iterator[Join]:
    """Joins of tokens of other versions with the present ones of the same texts."""
    seen: set[str] = set()
    for it in held:
        key = parser.parse(it.text).key
        if key is None:
            continue
        yield _same_text(it.token, key.token, it)
        if it.building != it.token and it.building not in seen:
            seen.add(it.building)
            yield _same_text(it.building, key.building, it)


def texts_of(parser: "FieldParser") -> Texts:
    """What the identity reads texts with."""
    return Texts(cast("AddressParser", parser))  # it asks for `parse` and `version`


def _same_text(older: str, now: str, of: Known) -> Join:
    a, b = sorted((older, now))
    said = text_hash(of.text)
    unit = older == of.token and of.building != of.token
    return Join(a, b, "unit" if unit else "building", 1.0, (("same_text", 1.0),), (said, said))
