"""Artefacts, releases and the audit trail, over the folder store."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError, InvalidFieldError, NotFoundError
from events.types import Control
from scoring import (
    ACTIVATE,
    Model,
    Policy,
    Registry,
    Release,
    RuleSet,
    activate_command,
    make_release,
    release_of,
)
from scoring.registry import artefact_name
from storage import FolderBlobs, ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


@pytest.fixture
def registry(blobs: FolderBlobs, clock: ManualClock) -> Registry:
    return Registry(blobs, clock)


def stored(registry: Registry, clock: ManualClock, *, base_rate: float = 0.01, **changes: str) -> Release:
    release = make_release(
        model=registry.put("model", Model.cold(base_rate).to_bytes()),
        rules=registry.put("rules", RuleSet().to_bytes()),
        policy=registry.put("policy", Policy().to_bytes()),
        parser=changes.get("parser", "p1"),
        catalogue="c1",
        actor=changes.get("actor", "asha"),
        reason=changes.get("reason", "first"),
        clock=clock,
        metrics={"auc": 0.9, "nothing": float("nan")},
    )
    return registry.put_release(release)


def test_an_artefact_comes_back_under_the_hash_of_its_bytes(registry: Registry) -> None:
    name = registry.put("model", b"trees", {"rows": 10})
    assert name == artefact_name("model", b"trees")
    assert registry.get(name) == b"trees"
    assert registry.meta(name) == {"created": 1_000, "rows": 10}


def test_the_first_put_gives_the_meta(registry: Registry, clock: ManualClock) -> None:
    name = registry.put("rules", b"r", {"by": "asha"})
    clock.move_to(9_000)
    assert registry.put("rules", b"r", {"by": "ben"}) == name
    assert registry.meta(name) == {"created": 1_000, "by": "asha"}


def test_equal_bytes_of_different_kinds_are_different_artefacts(registry: Registry) -> None:
    assert registry.put("rules", b"{}") != registry.put("policy", b"{}")
    assert registry.put("alias-map", b"{}").startswith("alias-map-")


def test_damaged_bytes_are_noticed(registry: Registry, blobs: FolderBlobs) -> None:
    name = registry.put("model", b"trees")
    blobs.put(f"registry/artefacts/model/{name}", b"treez")
    with pytest.raises(CorruptError, match=name):
        registry.get(name)


@pytest.mark.parametrize(
    "name", ["model-zz", "model-../../x", "nothing", "", "release-" + "0" * 32, "model-" + "é" * 32]
)
def test_other_names_are_not_found(registry: Registry, name: str) -> None:
    with pytest.raises(NotFoundError):
        registry.get(name)


@pytest.mark.parametrize("name", ["", "release-", "release-../x", "x", "release-" + "0" * 32, "0" * 32])
def test_other_releases_are_not_found(registry: Registry, name: str) -> None:
    with pytest.raises(NotFoundError):
        registry.release(name)


def test_a_release_is_named_by_its_parts_and_the_first_put_wins(
    registry: Registry, clock: ManualClock
) -> None:
    first = stored(registry, clock)
    clock.move_to(5_000)
    again = stored(registry, clock, actor="ben", reason="the same once more")
    other = stored(registry, clock, parser="p2")
    assert first == again
    assert first.metrics == {"auc": 0.9}
    assert other.id != first.id
    assert registry.releases() == [first, other]


def test_a_release_of_missing_or_wrong_parts_is_refused(registry: Registry, clock: ManualClock) -> None:
    good = stored(registry, clock)

    def changed(**parts: str) -> Release:
        values = {"model": good.model, "rules": good.rules, "policy": good.policy, **parts}
        return make_release(
            model=values["model"], rules=values["rules"], policy=values["policy"], parser="p1", catalogue="c1",
            actor="a", reason="r", clock=clock,
        )  # fmt: skip

    with pytest.raises(NotFoundError, match="model"):
        registry.put_release(changed(model=artefact_name("model", b"never stored")))
    with pytest.raises(ConflictError, match="is no policy"):
        registry.put_release(changed(policy=good.rules))
    forged = Release(**{**{f: getattr(good, f) for f in good.__struct_fields__}, "parser": "p9"})
    with pytest.raises(ConflictError, match="hash of its parts"):
        registry.put_release(forged)


def test_the_audit_trail_says_who_when_and_why(registry: Registry, clock: ManualClock) -> None:
    assert registry.active() is None
    one, two = stored(registry, clock), stored(registry, clock, parser="p2")
    registry.activate(one.id, "asha", "launch")
    clock.move_to(2_000)
    registry.activate(two.id, "ben", "new parser")
    assert registry.active() == two
    assert registry.previous() == one
    registry.activate(registry.previous().id, "asha", "roll back")
    trail = [(a.sequence, a.release, a.actor, a.reason, a.time) for a in registry.activations()]
    assert trail == [
        (0, one.id, "asha", "launch", 1_000),
        (1, two.id, "ben", "new parser", 2_000),
        (2, one.id, "asha", "roll back", 2_000),
    ]


def test_there_is_nothing_to_roll_back_to_at_first(registry: Registry, clock: ManualClock) -> None:
    with pytest.raises(NotFoundError, match="roll back"):
        registry.previous()
    registry.activate(stored(registry, clock).id, "asha", "launch")
    with pytest.raises(NotFoundError, match="roll back"):
        registry.previous()


def test_activations_at_once_all_enter_the_trail(tmp_path: Path, clock: ManualClock) -> None:
    release = stored(Registry(FolderBlobs(tmp_path), clock), clock)
    names = [f"analyst {number}" for number in range(8)]

    def activate(name: str) -> None:
        Registry(FolderBlobs(tmp_path), clock).activate(release.id, name, "at once")

    threads = [threading.Thread(target=activate, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trail = Registry(FolderBlobs(tmp_path), clock).activations()
    assert [entry.sequence for entry in trail] == list(range(8))
    assert sorted(entry.actor for entry in trail) == names


def test_nothing_is_activated_without_a_name_a_reason_or_its_release(
    registry: Registry, clock: ManualClock
) -> None:
    release = stored(registry, clock)
    for actor, reason, at_fault in (("", "why", "actor"), ("who", "  ", "reason")):
        with pytest.raises(InvalidFieldError) as caught:
            registry.activate(release.id, actor, reason)
        assert caught.value.field == at_fault
        with pytest.raises(InvalidFieldError):
            activate_command(release.id, actor, reason, clock)
    with pytest.raises(NotFoundError):
        registry.activate("release-" + "0" * 32, "who", "why")
    assert registry.activations() == []


@settings(max_examples=30)
@given(name=st.text(min_size=1, max_size=80), now=st.integers(0, 10**12))
def test_a_command_names_its_release(name: str, now: int) -> None:
    command = activate_command(name, "asha", "launch", ManualClock(now))
    assert (command.command, command.actor, command.reason, command.time) == (ACTIVATE, "asha", "launch", now)
    assert release_of(command) == name
    assert command == activate_command(name, "asha", "launch", ManualClock(now))


@pytest.mark.parametrize(
    ("command", "payload", "field"),
    [
        (ACTIVATE, {}, "payload.release"),
        (ACTIVATE, {"release": 5}, "payload.release"),
        (ACTIVATE, {"release": "r", "also": 1}, "payload.release"),
        ("release.forget", {"release": "r"}, "command"),
    ],
)
def test_another_payload_is_refused(command: str, payload: dict[str, str | int], field: str) -> None:
    control = Control(id="c", time=0, command=command, actor="a", reason="r", payload={**payload})
    with pytest.raises(InvalidFieldError) as caught:
        release_of(control)
    assert caught.value.field == field
