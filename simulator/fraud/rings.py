"""Rings: who is in them, what they share as far as they are careless, and where the goods go.

What they do with it is `ring_life`.
"""

from dataclasses import dataclass

import numpy as np

from simulator.fraud.scene import Persona, Scene
from simulator.spec import DAY_MS
from simulator.spelling import CASUAL, DISGUISED, TIDY

MEMBERS_A_DEVICE = 5.0
MEMBERS_AN_IP = 8.0
SPELLINGS = (4, 12)  # of a drop
AT_MULE = 0.5  # of drops, where there are mules, that are one's home
LIVES_AT_DROP = 0.5  # of invented people who share a drop, that claim to live there
OUR_CARDS = 0.5  # of stolen cards are our customers'
MULE_OWN_CARD = 0.5  # of mules who let their own card be used; the others take one out in their name
MULE_TRIES = 20


@dataclass(frozen=True, slots=True)
class Links:
    """Which of the ring's things a member uses; for what is False he has his own."""

    device: bool
    drop: bool
    ip: bool
    phone: bool


@dataclass(frozen=True, slots=True)
class Role:
    """A member, in `Book` numbers. `card` pays for the fraud and `bill` is where it is billed to, a text.

    `home` are texts of his own address, be it a mule's real home or one that an invented person goes by. `opened` and
    `begin` (his first fraud) are epoch ms.
    """

    persona: Persona
    card: int
    bill: int
    home: tuple[int, ...]
    mule: bool
    links: Links
    opened: float
    begin: float


@dataclass(frozen=True, slots=True)
class RingPlan:
    """What a ring is, in `Book` numbers; `drops` are the spellings of each drop, used one after the other."""

    country: int
    opsec: float
    members: tuple[Role, ...]
    devices: tuple[int, ...]
    ips: tuple[int, ...]
    phone: int
    drops: tuple[tuple[int, ...], ...]
    begin: float
    end: float

    def drop_at(self, time: float) -> tuple[int, ...]:
        """The drop in use at epoch ms `time`."""
        phase = int((time - self.begin) / max(self.end - self.begin, 1.0) * len(self.drops))
        return self.drops[min(max(phase, 0), len(self.drops) - 1)]


@dataclass(frozen=True, slots=True)
class _Den:
    """What all members have in common before any link: where they are, and whether they pay with stolen cards."""

    country: int
    drops: tuple[tuple[int, ...], ...]
    steals: bool


def plan_ring(scene: Scene, rng: np.random.Generator, concern: tuple[str, ...]) -> RingPlan:
    """A ring that strikes about the world's span.

    What is shared has randomness of its own: another `rings.opsec` cuts links and leaves all else as it was.
    """
    settings, book = scene.spec.rings, scene.book
    country, size = scene.country(rng), _size(scene, rng)
    begin, end = _active(scene, rng)
    people = scene.personas(size, country, *concern)
    begins = begin + rng.random(size) * (end - begin)
    mules = _mules(scene, rng, country, begins)
    where = np.full(1 + int(size / MEMBERS_AN_IP), country, np.int8)
    devices = book.add_devices(1 + int(size / MEMBERS_A_DEVICE), *concern, "shared").tolist()
    if rng.random() < settings.kiosk_share:
        devices.append(int(rng.choice(scene.commons.kiosks[country])))
    drops = _drops(scene, rng, country, mules, concern)
    den = _Den(country, drops, steals=bool(rng.random() < settings.stolen_card_share))
    apart = scene.seeds.rng(*concern, "opsec")
    opsec = _opsec(settings.opsec, settings.opsec_spread, apart)
    shared = scene.seeds.rng(*concern, "links").random((size, 4)) >= opsec
    members = tuple(
        _role(scene, rng, who, Links(*shared[k].tolist()), den, (*concern, str(k)))
        for k, who in enumerate(zip(people, mules, begins.tolist(), strict=True))
    )
    return RingPlan(
        country, opsec, members, tuple(devices), tuple(book.add_ips(where, *concern, "shared").tolist()),
        int(book.add_phones(where[:1], *concern, "shared")[0]), drops, begin, end,
    )  # fmt: skip


def _size(scene: Scene, rng: np.random.Generator) -> int:
    settings = scene.spec.rings
    drawn = settings.members * np.exp(settings.spread * rng.standard_normal())
    return int(np.clip(np.rint(drawn), 2, max(2, settings.most_members)))


def _active(scene: Scene, rng: np.random.Generator) -> tuple[float, float]:
    """From the first to the last member's first fraud, epoch ms; the world's span may cut either end.

    Rings begin at any time, some before the span: else there would be fewest at its end, where models are tested.
    """
    spec = scene.spec
    days = rng.uniform(*spec.rings.active_days)
    begin = spec.start_ms + rng.uniform(-days, spec.days) * DAY_MS
    return begin, begin + days * DAY_MS


def _opsec(mean: float, spread: float, rng: np.random.Generator) -> float:
    """Beta distributed; a spread beyond what a share can have is cut, and at 0 and 1 there is nothing to draw."""
    room = mean * (1 - mean)
    variance = min(spread**2, 0.95 * room)
    if not variance:
        return mean
    strength = room / variance - 1
    return float(rng.beta(mean * strength, (1 - mean) * strength))


def _mules(
    scene: Scene, rng: np.random.Generator, country: int, begins: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[int]:
    """The customer that each member is, -1 for none; they are customers when they begin, each of another household."""
    people = scene.people
    found: list[int] = []
    houses: set[int] = set()
    for begin in begins.tolist():
        mule = -1
        for _ in range(MULE_TRIES if rng.random() < scene.spec.rings.mule_share else 0):
            someone = scene.customer(rng, country)
            house = int(people.home_place[someone])
            there = (
                people.joined[someone] < begin < people.left[someone] and people.country[someone] == country
            )
            if there and house not in houses:
                mule = someone
                houses.add(house)
                break
        found.append(mule)
    return found


def _drops(
    scene: Scene, rng: np.random.Generator, country: int, mules: list[int], concern: tuple[str, ...]
) -> tuple[tuple[int, ...], ...]:
    """Lockers and forwarders, a mule's real home, or a dwelling taken for it; many spellings each."""
    spec, found = scene.spec.rings, []
    low, high = spec.drops
    homes = [mule for mule in mules if mule >= 0]
    for k in range(min(high, low + int(rng.geometric(0.5)) - 1)):
        if rng.random() < spec.locker_share:
            found.append(tuple(scene.parcel_point(rng, country)))
            continue
        at_mule = homes and rng.random() < AT_MULE
        place = scene.people.home_place[[homes[k % len(homes)]]] if at_mule else scene.home(rng, country)
        n = int(rng.integers(SPELLINGS[0], SPELLINGS[1] + 1))
        plain = scene.texts(place, CASUAL, *concern, "drop", str(k))
        found.append(
            (*plain, *scene.texts(np.repeat(place, n - 1), DISGUISED, *concern, "drop", str(k), "more"))
        )
    return tuple(found)


def _role(
    scene: Scene, rng: np.random.Generator, who: tuple[Persona, int, float], links: Links, den: _Den,
    concern: tuple[str, ...],
) -> Role:  # fmt: skip
    persona, mule, begin = who
    people = scene.people
    opened = begin - rng.uniform(*scene.spec.rings.dormant_days) * DAY_MS
    own = rng.random()
    if mule >= 0:  # his account and things; the card may be another
        persona = Persona(
            int(people.card[mule]) if own < MULE_OWN_CARD else persona.card, int(people.account[mule]),
            int(people.device[mule]), int(people.email[mule]), int(people.phone[mule]), int(people.home_ip[mule]),
        )  # fmt: skip
        home, opened = tuple(people.home[mule].tolist()), max(opened, float(people.joined[mule]))
    else:
        home = tuple(scene.texts(np.repeat(scene.home(rng, den.country), 2), TIDY, *concern))
    card, bill = persona.card, home[0]
    lives, drop = rng.random() < LIVES_AT_DROP, den.drops[int(rng.integers(len(den.drops)))]
    address = drop[int(rng.integers(len(drop)))]
    if den.steals:
        card, bill = _stolen(scene, rng, den.country, concern)
    elif links.drop and lives and mule < 0:
        bill = address
    return Role(persona, card, bill, home, mule >= 0, links, opened, begin)


def _stolen(
    scene: Scene, rng: np.random.Generator, country: int, concern: tuple[str, ...]
) -> tuple[int, int]:
    """A stolen card, and the address that it is billed to."""
    if rng.random() < OUR_CARDS:
        victim = scene.shopper(rng, country)
        return int(scene.people.card[victim]), int(scene.people.home[victim, 0])
    card = int(scene.book.add_cards(np.full(1, country, np.int8), *concern, "stolen")[0])
    return card, scene.texts(scene.home(rng, country), TIDY, *concern, "stolen")[0]
