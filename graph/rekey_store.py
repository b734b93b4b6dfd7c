"""Plans of re-keys, kept for ever: `addresses/rekeys/<plan>/plan.json` and the changes beside it."""

from collections.abc import Sequence

import msgspec

from events.errors import CorruptError, NotFoundError
from graph.rekey_plan import Change, Plan
from storage.blob import BlobStore

_FOLDER = "addresses/rekeys/"


def save_plan(blobs: BlobStore, plan: Plan, changes: Sequence[Change]) -> None:
    """Store a plan: its changes first, so that one that is found is whole."""
    blobs.put(f"{_FOLDER}{plan.id}/changes.json", msgspec.json.encode(changes))
    blobs.put(f"{_FOLDER}{plan.id}/plan.json", msgspec.json.encode(plan))


def load_plan(blobs: BlobStore, name: str) -> tuple[Plan, list[Change]]:
    """The plan of that id. `NotFoundError` where there is none, `CorruptError` where it can't be read."""
    plan = _plan(blobs, f"{_FOLDER}{name}/plan.json")
    try:
        changes = msgspec.json.decode(blobs.get(f"{_FOLDER}{name}/changes.json"), type=list[Change])
    except (msgspec.MsgspecError, NotFoundError) as error:
        raise CorruptError(f"the changes of {name} can't be read: {error}") from error
    return plan, changes


def plans(blobs: BlobStore) -> list[Plan]:
    """All plans, oldest first."""
    found = [_plan(blobs, key) for key in blobs.list(_FOLDER) if key.endswith("/plan.json")]
    return sorted(found, key=lambda plan: (plan.created, plan.id))


def _plan(blobs: BlobStore, key: str) -> Plan:
    try:
        return msgspec.json.decode(blobs.get(key), type=Plan)
    except (NotFoundError, ValueError) as error:
        if isinstance(error, msgspec.MsgspecError):
            raise CorruptError(f"{key} can't be read: {error}") from error
        raise NotFoundError(f"no plan is stored at {key}; `ringwatch address rekey plan` makes one") from None
