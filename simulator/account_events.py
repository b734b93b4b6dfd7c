# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What happens on genuine customers' accounts: logins that fail now and then, resets, new devices, cards, addresses."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.changes import NEVER
from simulator.clock import MINUTE_MS, SECOND_MS
from simulator.population import Population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]

_FAILS = 0.07  # of logins that follow on failed ones ...
_LAST_FAIL = 0.6  # ... each with this chance the last
_FORGOT = 0.25  # of those, a password reset in between
_NEW_ADDRESS = 0.02  # of logins before which another address is put into the profile
_NEW_EMAIL = 0.004  # ... or another e-mail address: the same person's, for a typo
_NEW_DEVICE = 0.012  # ... or a device confirmed that was there before: its cookie had gone


def account_events(spec: WorldSpec, seeds: Seeds, people: Population, payments: Rows, who: Ints) -> Rows:
    """ACCOUNT_EVENT rows in the world's span, of customers `who` made `payments` and of what changes for them."""
    events = r.join(r.ACCOUNT_EVENT, [*_visits(spec, seeds, people, payments, who), *_changes(seeds, people)])
    events["id"] = seeds.ids(len(events), "account-events")
    return events[(events["time"] >= spec.start_ms) & (events["time"] < spec.end_ms)]


def _visits(spec: WorldSpec, seeds: Seeds, people: Population, payments: Rows, who: Ints) -> list[Rows]:
    """Logins before purchases and what goes with them."""
    rng = seeds.rng("account-events", "visits")
    with_account = np.flatnonzero((payments["account"] >= 0) & (payments["device"] >= 0))
    chosen = with_account[rng.random(len(with_account)) < spec.labels.login_share]
    login = r.blank(r.ACCOUNT_EVENT, len(chosen))
    login["kind"] = r.LOGIN
    for column in ("account", "device", "ip"):
        login[column] = payments[column][chosen]
    login["time"] = payments["time"][chosen] - _ms(MINUTE_MS * (1 + rng.exponential(6.0, len(chosen))))
    fails = np.flatnonzero(rng.random(len(login)) < _FAILS)
    times = rng.geometric(_LAST_FAIL, len(fails))
    failed = _again(login[np.repeat(fails, times)], r.LOGIN_FAILED)
    nth = 1 + np.arange(len(failed)) - np.repeat(np.cumsum(times) - times, times)
    failed["time"] -= _ms(SECOND_MS * nth * (5 + rng.exponential(15.0, len(failed))))
    forgot = _again(login[fails[rng.random(len(fails)) < _FORGOT]], r.RESET)
    forgot["time"] -= 2 * SECOND_MS
    draw = rng.random((3, len(login)))
    moved = _again(login[draw[0] < _NEW_ADDRESS], r.ADDRESS_CHANGED)
    moved["ship"] = people.home[who[chosen[draw[0] < _NEW_ADDRESS]], 1]
    mail = _again(login[draw[1] < _NEW_EMAIL], r.EMAIL_CHANGED)
    mail["email"] = people.email[who[chosen[draw[1] < _NEW_EMAIL]]]
    device = _again(login[draw[2] < _NEW_DEVICE], r.DEVICE_ADDED)
    for rows in (moved, mail, device):
        rows["time"] += _ms(SECOND_MS * (10 + rng.exponential(30.0, len(rows))))
    return [login, failed, forgot, moved, mail, device]


def _changes(seeds: Seeds, people: Population) -> list[Rows]:
    """Openings, replaced and second cards, new devices, moves: most are told, when the customer next looks in."""
    rng, everybody = seeds.rng("account-events", "changes"), np.arange(len(people))
    newcomers = everybody[people.newcomer]
    opened = _at(people, newcomers, people.joined[newcomers], r.OPENED)
    opened["device"], opened["email"] = people.device[newcomers], people.email[newcomers]
    second = newcomers[(people.second_card[newcomers] >= 0) & (rng.random(len(newcomers)) < 0.5)]
    wait = _ms(DAY_MS * rng.exponential(6.0, len(second)))
    another = _at(people, second, people.joined[second] + wait, r.CARD_ADDED)
    another["card"] = people.second_card[second]
    blocks = [opened, another]
    for held, kind, name in (
        (people.cards, r.CARD_ADDED, "card"),
        (people.devices, r.DEVICE_ADDED, "device"),
    ):
        some = everybody[(held.next >= 0) & (rng.random(len(everybody)) < 0.7)]
        rows = _at(people, some, held.since[some], kind)
        rows[name] = held.next[some]
        blocks.append(rows)
    movers = everybody[(people.stays.moved < NEVER) & (rng.random(len(everybody)) < 0.7)]
    wait = _ms(DAY_MS * rng.exponential(4.0, len(movers)))
    moved = _at(people, movers, people.stays.moved[movers] + wait, r.ADDRESS_CHANGED)
    moved["ship"] = people.homes.next_home[movers, 0]
    return [*blocks, moved]


def _again(rows: Rows, kind: int) -> Rows:
    """The same at the same time, but of another kind."""
    out = rows.copy()
    out["kind"] = kind
    return out


def _at(people: Population, who: Ints, time: Ints, kind: int) -> Rows:
    events = r.blank(r.ACCOUNT_EVENT, len(who))
    events["kind"], events["time"] = kind, time
    events["account"], events["ip"] = people.account[who], people.home_ip[who]
    return events


def _ms(time: NDArray[np.float64]) -> Ints:
    return time.astype(np.int64)
