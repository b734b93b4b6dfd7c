"""The alias map: strict token -> place token, made of joins that each have their evidence and can be undone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from events.errors import NotFoundError
from events.identity import content_hash
from nlp.identity.links import linked

Level = Literal["building", "unit"]
_VERSION_BYTES: Final = 4


class Join(Struct, frozen=True, order=True):
    """Two tokens that are one place, and why.

    `score` is the probability of the match that joined them; `features` its largest shares of the log-odds (1: a
    rule joined them); `texts` hashes of the two texts that were compared.
    """

    a: str
    b: str
    level: Level
    score: float
    features: tuple[tuple[str, float], ...]
    texts: tuple[str, str]

    @property
    def id(self) -> str:
        """Its name: the hash of what it joins at which level."""
        return content_hash("join", self.level, self.a, self.b, size=8)


class _Stored(Struct, frozen=True, forbid_unknown_fields=True):
    parser: str
    model: str
    joins: tuple[Join, ...]
    prefer: tuple[str, ...]
    hubs: dict[str, str]


class AliasMap:
    """An immutable map of strict tokens to places; equal content has equal bytes and version.

    A place's token is the strict token of one of its members: the preferred one (that of an earlier map) where there
    is, else the smallest. A token that nothing is known of is its own place. `hubs`: place token -> reason.
    """

    def __init__(
        self,
        parser: str,
        joins: Iterable[Join] = (),
        *,
        model: str = "",
        prefer: Iterable[str] = (),
        hubs: Mapping[str, str] | None = None,
    ) -> None:
        self.parser, self.model = parser, model
        self.joins = tuple(sorted({join.id: join for join in joins}.values()))
        joined = {token for join in self.joins for token in (join.a, join.b)}
        self.prefer = tuple(sorted(joined.intersection(prefer)))
        self.hubs = dict(sorted((hubs or {}).items()))
        self.of = _components(self.joins, frozenset(self.prefer))

    @cached_property
    def version(self) -> str:
        """The content's hash, 8 hex digits."""
        return content_hash("alias map", self.encode(), size=_VERSION_BYTES)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Place token -> the strict tokens of it, of places with more than one."""
        found: dict[str, list[str]] = defaultdict(list)
        for token, place in self.of.items():
            found[place].append(token)
        return {place: tuple(sorted(tokens)) for place, tokens in sorted(found.items())}

    def place(self, token: str) -> str:
        """The place of a strict token."""
        return self.of.get(token, token)

    def evidence(self, token: str) -> tuple[Join, ...]:
        """Why a token is where it is: the joins it is part of."""
        return tuple(join for join in self.joins if token in {join.a, join.b})

    def without(self, *ids: str) -> "AliasMap":
        """A map without these joins; the part that has the former place's token keeps it.

        Raises `NotFoundError` where it has no such join.
        """
        missing = set(ids) - {join.id for join in self.joins}
        if missing:
            raise NotFoundError(f"no join {', '.join(sorted(missing))} in alias map {self.version}")
        kept = [join for join in self.joins if join.id not in ids]
        prefer = {*self.prefer, *self.of.values()}
        return AliasMap(self.parser, kept, model=self.model, prefer=prefer, hubs=self.hubs)

    def encode(self) -> bytes:
        """As JSON, the same bytes for the same content."""
        stored = _Stored(self.parser, self.model, self.joins, self.prefer, self.hubs)
        return msgspec.json.encode(stored, order="deterministic")

    @classmethod
    def decode(cls, data: bytes) -> "AliasMap":
        """What `encode` made. Raises `msgspec.ValidationError` on anything else."""
        stored = msgspec.json.decode(data, type=_Stored)
        return cls(stored.parser, stored.joins, model=stored.model, prefer=stored.prefer, hubs=stored.hubs)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_bytes(self.encode())

    @classmethod
    def load(cls, path: Path) -> "AliasMap":
        """Read it from a file."""
        return cls.decode(path.read_bytes())


def _components(joins: Iterable[Join], prefer: frozenset[str]) -> dict[str, str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for token, least in linked((join.a, join.b) for join in joins).items():
        groups[least].append(token)
    of = {}
    for tokens in groups.values():
        place = min(tokens, key=lambda token: (token not in prefer, token))
        of.update(dict.fromkeys(tokens, place))
    return dict(sorted(of.items()))
