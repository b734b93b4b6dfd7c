"""A release: one of each artefact, named by content hash and switched together."""

import math
from collections.abc import Mapping
from types import EllipsisType

from msgspec import Struct, field

from events.errors import InvalidFieldError
from events.identity import content_hash
from events.types import Control
from storage.clock import Clock

COMMAND = "release.activate"


class Release(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manifest. `id` is the hash of its parts (`model` .. `tagger`), so equal parts are one release.

    `model`, `rules`, `policy`, `alias_map` and `tagger` are artefact names in the registry; `parser` and `catalogue`
    are versions of code and tables that the running process has or has not. `parser` makes the strict keys of
    addresses, `tagger` (None: the one of the package) finds their fields, `alias_map` (None: every address by itself)
    says which are one place. `created` (epoch ms), `actor`, `reason` and `metrics` (of the model, on held-out time) are
    those of the first put.
    """

    id: str
    model: str
    rules: str
    policy: str
    parser: str
    catalogue: str
    alias_map: str | None = None
    tagger: str | None = None
    created: int
    actor: str
    reason: str
    metrics: dict[str, float] = field(default_factory=dict)


class Activation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the audit trail: who made `release` the active one, when (epoch ms) and why."""

    sequence: int
    release: str
    actor: str
    reason: str
    time: int


def release_id(
    *,
    model: str,
    rules: str,
    policy: str,
    parser: str,
    catalogue: str,
    alias_map: str | None = None,
    tagger: str | None = None,
) -> str:
    """`release-<32 hex>` of the parts."""
    # A release without a tagger of its own is named as before there were any.
    more = () if tagger is None else (tagger,)
    return "release-" + content_hash(
        "release", model, rules, policy, parser, catalogue, alias_map or "", *more
    )


def make_release(
    *,
    model: str,
    rules: str,
    policy: str,
    parser: str,
    catalogue: str,
    actor: str,
    reason: str,
    clock: Clock,
    metrics: Mapping[str, float] | None = None,
    alias_map: str | None = None,
    tagger: str | None = None,
) -> Release:
    """A release of these parts, made now. Metrics that are not finite are left out."""
    require_who_and_why(actor, reason)
    return Release(
        id=release_id(
            model=model,
            rules=rules,
            policy=policy,
            parser=parser,
            catalogue=catalogue,
            alias_map=alias_map,
            tagger=tagger,
        ),
        model=model,
        rules=rules,
        policy=policy,
        parser=parser,
        catalogue=catalogue,
        alias_map=alias_map,
        tagger=tagger,
        created=clock.now_ms(),
        actor=actor,
        reason=reason,
        metrics={name: float(value) for name, value in (metrics or {}).items() if math.isfinite(value)},
    )


def changed_release(
    release: Release,
    *,
    actor: str,
    reason: str,
    clock: Clock,
    alias_map: str | EllipsisType | None = ...,
    tagger: str | EllipsisType | None = ...,
) -> Release:
    """`release` with another alias map or tagger; what is not given stays."""
    return make_release(
        model=release.model,
        rules=release.rules,
        policy=release.policy,
        parser=release.parser,
        catalogue=release.catalogue,
        actor=actor,
        reason=reason,
        clock=clock,
        metrics=release.metrics,
        alias_map=release.alias_map if isinstance(alias_map, EllipsisType) else alias_map,
        tagger=release.tagger if isinstance(tagger, EllipsisType) else tagger,
    )


def require_who_and_why(actor: str, reason: str) -> None:
    """`InvalidFieldError` where either is blank: every switch is audited."""
    for name, value in (("actor", actor), ("reason", reason)):
        if not value.strip():
            raise InvalidFieldError(name, "is required for a release", f"say --{name}")


def activate_command(release: str, actor: str, reason: str, clock: Clock) -> Control:
    """The control message that asks every scorer to switch to `release`."""
    require_who_and_why(actor, reason)
    now = clock.now_ms()
    return Control(
        id=content_hash(COMMAND, release, actor, reason, str(now)),
        time=now,
        command=COMMAND,
        actor=actor,
        reason=reason,
        payload={"release": release},
    )


def release_of(control: Control) -> str:
    """The release a `release.activate` command names; `InvalidFieldError` where it names none."""
    if control.command != COMMAND:
        raise InvalidFieldError("command", f"is {control.command!r}, not {COMMAND!r}")
    release = control.payload.get("release")
    if not isinstance(release, str) or set(control.payload) != {"release"}:
        raise InvalidFieldError("payload.release", "a release command names one release, and nothing else")
    return release
