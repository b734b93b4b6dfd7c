"""Puts an alias map in force in the database, in bounded transactions while the stream goes on, and takes it back.

(:Rekey {key: 'map'}) says which map holds and how far its plan has come; it moves in the transaction that changes the
(:Alias) nodes. Two that apply one plan (a worker that was killed and its successor, a redelivery) therefore share the
work, and whoever is behind finds out. Links are not touched: the writer neither waits nor knows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from events.errors import ConflictError
from graph.aliases import DROP_ALIASES, PUT_ALIASES, members_of, read_aliases
from graph.driver import GraphStore, Work
from graph.rekey_plan import BATCH, Change, Counts, Plan, batches_of, changes_of, count_changes, plan_id

SETTLED_MS = 60_000
"""Links younger than this, by the newest event, are not counted: some of their time may still be on their way."""

_STATE = "MATCH (r:Rekey {key: 'map'}) RETURN r.state"
_TAKE = "MERGE (r:Rekey {key: 'map'}) SET r.taken = coalesce(r.taken, 0) + 1 RETURN r.state"
_KEEP = "MATCH (r:Rekey {key: 'map'}) SET r.state = $state, r.map = $map"
_NEWEST = "MATCH (n:{label}) RETURN max(n.last_seen)"


class RekeyState(msgspec.Struct, frozen=True, kw_only=True):
    """Which map holds in the database: `map`, the whole of it once `done` of `batches`; before, some of `former`.

    `counts` are those of the batches that are done.
    """

    map: str = ""
    former: str = ""
    plan: str = ""
    done: int = 0
    batches: int = 0
    counts: Counts = Counts()

    @property
    def settled(self) -> bool:
        return self.done == self.batches

    @property
    def mark(self) -> str:
        """Names this state: a plan that was made from another one must not be applied."""
        return f"{self.plan}:{self.done}"


def state_of(store: GraphStore) -> RekeyState:
    """Where the database stands."""
    return _decoded(store.read(_STATE))


def make_plan(
    store: GraphStore, wanted: Mapping[str, str], map_: str, now_ms: int, *, batch: int = BATCH
) -> tuple[Plan, list[Change]]:
    """What it takes from the places that hold now, be they half applied, to those of the map named `map_`."""
    state, cut = state_of(store), newest_ms(store) - SETTLED_MS
    changes = changes_of(read_aliases(store.read), wanted)
    counts, batches = Counts(), batches_of(changes, batch)
    for part in batches:
        counts += count_changes(store.read, part, _known(store.read, part), cut)
    plan = Plan(
        id=plan_id(state.mark, map_, cut, changes),
        map=map_,
        former=state.map,
        behind=state.mark,
        cut_ms=cut,
        batch=batch,
        batches=len(batches),
        counts=counts,
        created=now_ms,
    )
    return plan, changes


def apply_plan(
    store: GraphStore,
    plan: Plan,
    changes: Sequence[Change],
    *,
    why: Mapping[str, str] | None = None,
    fence: Callable[[], None] = lambda: None,
) -> Iterator[RekeyState]:
    """Apply what is left of `plan`; yields the state behind each transaction.

    `why` is the evidence of joins, by strict token. `fence` raises where the caller may no longer write. Raises
    `ConflictError` where the database was changed since the plan was made; doing it again once it is done changes
    nothing.
    """
    if plan.id != plan_id(plan.behind, plan.map, plan.cut_ms, changes):
        raise ConflictError(f"these are not the changes of {plan.id}")
    parts = batches_of(changes, plan.batch)
    state = _begin(store, plan)
    yield state
    while not state.settled:
        fence()
        state = _apply(store, plan, parts[state.done], state.done, why or {})
        yield state


def newest_ms(store: GraphStore) -> int:
    """The time of the newest event that was written; 0 where there is none."""
    found = (store.read(_NEWEST.format(label=label))[0][0] for label in ("Card", "Account"))
    return max((at for at in found if at is not None), default=0)


def _begin(store: GraphStore, plan: Plan) -> RekeyState:
    def work(tx: Work) -> RekeyState:
        state = _decoded(tx.run(_TAKE))
        if state.plan == plan.id:
            return state
        if state.mark != plan.behind:
            raise ConflictError(
                f"{plan.id} was made behind {plan.behind}, the database is behind {state.mark}: plan anew"
            )
        state = RekeyState(map=plan.map, former=plan.former, plan=plan.id, batches=plan.batches)
        _keep(tx, state)
        return state

    return store.write(work)


def _apply(
    store: GraphStore, plan: Plan, part: Sequence[Change], number: int, why: Mapping[str, str]
) -> RekeyState:
    known = _known(store.read, part)  # nobody else changes these places while the plan is under way

    def work(tx: Work) -> RekeyState:
        state = _decoded(tx.run(_TAKE))
        if state.plan != plan.id:
            raise ConflictError(f"{plan.id} was given up for {state.plan}")
        if state.done != number:  # another one has done it
            return state
        counts = count_changes(tx.run, part, known, plan.cut_ms)
        put = [
            (it.strict, it.after, plan.map, why.get(it.strict, "")) for it in part if it.after != it.strict
        ]
        if put:
            tx.run(PUT_ALIASES, {"rows": put})
        if dropped := [it.strict for it in part if it.after == it.strict]:
            tx.run(DROP_ALIASES, {"keys": dropped})
        state = msgspec.structs.replace(state, done=number + 1, counts=state.counts + counts)
        _keep(tx, state)
        return state

    return store.write(work)


def _known(read: Callable[..., list[tuple[str, ...]]], part: Sequence[Change]) -> dict[str, str]:
    """The present place of every address at the places that `part` changes."""
    return members_of(read, {place for it in part for place in (it.before, it.after)})


def _keep(tx: Work, state: RekeyState) -> None:
    tx.run(_KEEP, {"state": msgspec.json.encode(state).decode(), "map": state.map})


def _decoded(rows: Sequence[tuple[object, ...]]) -> RekeyState:
    text = rows[0][0] if rows else None
    return msgspec.json.decode(text, type=RekeyState) if isinstance(text, str) else RekeyState()
