"""From texts to places: comparison, blocking, resolution and the alias map on top of the strict keys."""

from nlp.identity.aliases import AliasMap, Join
from nlp.identity.lines import match_lines, resolve_lines
from nlp.identity.links import linked
from nlp.identity.match import Match, Why, match
from nlp.identity.read import Texts
from nlp.identity.resolver import Item, Place, Resolved, Resolver
from nlp.identity.view import ParsedText

__all__ = [
    "AliasMap", "Item", "Join", "Match", "ParsedText", "Place", "Resolved", "Resolver", "Texts", "Why", "linked",
    "match", "match_lines", "resolve_lines",
]  # fmt: skip
