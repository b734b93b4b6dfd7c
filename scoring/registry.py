"""The registry: immutable artefacts by content hash, releases, and who activated which.

Layout below the blob store's root:

    registry/artefacts/<kind>/<kind>-<hash>          the bytes
    registry/artefacts/<kind>/<kind>-<hash>.json     their meta, as of the first put
    registry/releases/<release id>.json
    registry/activations/<sequence, 10 digits>.json  append-only: a sequence number is taken once
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeVar, get_args

import msgspec

from events.errors import ConflictError, CorruptError, NotFoundError
from events.identity import content_hash
from events.types import Scalar
from scoring.release import Activation, Release, release_id, require_who_and_why
from storage.blob import BlobStore
from storage.clock import Clock

Kind = Literal["model", "rules", "policy", "catalogue", "alias-map", "tagger"]
KINDS: tuple[Kind, ...] = get_args(Kind)

T = TypeVar("T")

_ATTEMPTS = 100
_HASH = re.compile(r"[0-9a-f]{32}")
_json = msgspec.json.Encoder(order="deterministic")


class Registry:
    """Artefacts and releases over a blob store. Puts are idempotent; nothing is ever changed or removed."""

    def __init__(self, blobs: BlobStore, clock: Clock) -> None:
        self._blobs = blobs
        self._clock = clock

    def put(self, kind: Kind, data: bytes, meta: Mapping[str, Scalar] | None = None) -> str:
        """Store an artefact and return its name. Bytes already there keep the meta of their first put."""
        name = artefact_name(kind, data)
        key = _artefact_key(name)
        if not self._blobs.exists(key):
            self._put_first(key + ".json", _json.encode({**(meta or {}), "created": self._clock.now_ms()}))
            self._blobs.put(key, data, if_absent=True)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of an artefact; `NotFoundError` for an unknown name, `CorruptError` on other bytes."""
        data = self._blobs.get(_artefact_key(name))
        if artefact_name(_kind_of(name), data) != name:
            raise CorruptError(f"artefact {name} has other bytes than its name says")
        return data

    def meta(self, name: str) -> dict[str, Scalar]:
        """The meta of an artefact; `created` (epoch ms) is always there."""
        return _decode(self._blobs.get(_artefact_key(name) + ".json"), dict[str, Scalar], name)

    def put_release(self, release: Release) -> Release:
        """Store `release` and return it, or the one stored first where the same parts are a release already.

        Raises `NotFoundError` for a part the registry does not hold, `ConflictError` where the id is not the
        hash of the parts or a part is of another kind.
        """
        self._check(release)
        self._put_first(_release_key(release.id), _json.encode(release))
        return self.release(release.id)

    def release(self, id_: str) -> Release:
        """The release of that id; `NotFoundError` where there is none."""
        return _decode(self._blobs.get(_release_key(id_)), Release, id_)

    def find(self, kind: Kind) -> list[str]:
        """Names of all artefacts of a kind, oldest first."""
        prefix = f"registry/artefacts/{kind}/"
        names = [key.removeprefix(prefix) for key in self._blobs.list(prefix) if not key.endswith(".json")]
        return sorted(names, key=lambda name: (self.meta(name)["created"], name))

    def releases(self) -> list[Release]:
        """All releases, oldest first."""
        found = [
            _decode(self._blobs.get(key), Release, key) for key in self._blobs.list("registry/releases/")
        ]
        return sorted(found, key=lambda release: (release.created, release.id))

    def activate(self, id_: str, actor: str, reason: str) -> Activation:
        """Append to the audit trail that `id_` is the active release. Checks that all its parts are there."""
        require_who_and_why(actor, reason)
        self._check(self.release(id_))
        for _ in range(_ATTEMPTS):
            history = self.activations()
            activation = Activation(
                sequence=history[-1].sequence + 1 if history else 0,
                release=id_,
                actor=actor,
                reason=reason,
                time=self._clock.now_ms(),
            )
            key = f"registry/activations/{activation.sequence:010d}.json"
            try:
                self._blobs.put(key, _json.encode(activation), if_absent=True)
            except ConflictError:  # somebody else took this sequence number
                continue
            return activation
        raise ConflictError("activations keep colliding; try again")

    def activations(self) -> list[Activation]:
        """The audit trail, oldest first."""
        return [
            _decode(self._blobs.get(key), Activation, key)
            for key in self._blobs.list("registry/activations/")
        ]

    def active(self) -> Release | None:
        """The release activated last; None before the first activation."""
        history = self.activations()
        return self.release(history[-1].release) if history else None

    def previous(self) -> Release:
        """The release that was active before the present one; `NotFoundError` where there was none."""
        history = self.activations()
        for activation in reversed(history):
            if activation.release != history[-1].release:
                return self.release(activation.release)
        raise NotFoundError("no earlier release to roll back to")

    def _check(self, release: Release) -> None:
        expected = release_id(
            model=release.model,
            rules=release.rules,
            policy=release.policy,
            parser=release.parser,
            catalogue=release.catalogue,
            alias_map=release.alias_map,
            tagger=release.tagger,
        )
        if release.id != expected:
            raise ConflictError(f"release {release.id} is not the hash of its parts ({expected})")
        parts: list[tuple[Kind, str]] = [
            ("model", release.model),
            ("rules", release.rules),
            ("policy", release.policy),
        ]
        if release.alias_map is not None:
            parts.append(("alias-map", release.alias_map))
        if release.tagger is not None:
            parts.append(("tagger", release.tagger))
        for kind, name in parts:
            if _kind_of(name) != kind:
                raise ConflictError(f"{name} is no {kind}")
            if not self._blobs.exists(_artefact_key(name)):
                raise NotFoundError(f"the registry holds no {kind} {name}")

    def _put_first(self, key: str, data: bytes) -> None:
        """Write unless something is there: the first put wins."""
        if self._blobs.exists(key):
            return
        try:
            self._blobs.put(key, data, if_absent=True)
        except ConflictError:  # written by another process since: theirs was first
            return


def artefact_name(kind: Kind, data: bytes) -> str:
    """`<kind>-<32 hex>` of the bytes."""
    return f"{kind}-{content_hash(kind, data)}"


def _kind_of(name: str) -> Kind:
    for kind in KINDS:
        if name.startswith(f"{kind}-") and _HASH.fullmatch(name[len(kind) + 1 :]):
            return kind
    raise NotFoundError(f"{name!r} names no artefact")


def _artefact_key(name: str) -> str:
    return f"registry/artefacts/{_kind_of(name)}/{name}"


def _release_key(id_: str) -> str:
    if not id_.startswith("release-") or not _HASH.fullmatch(id_.removeprefix("release-")):
        # A name from outside never becomes a path of another kind.
        raise NotFoundError(f"{id_!r} names no release")
    return f"registry/releases/{id_}.json"


def _decode(data: bytes, type_: type[T], name: str) -> T:
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"{name}: {error}") from error
