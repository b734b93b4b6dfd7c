"""A customer's card in other hands: a few payments within days."""

from simulator import rows as r
from simulator.clock import HOUR_MS
from simulator.fraud.scene import Scene, Traces
from simulator.fraud.thief import make_thief, our_customer, steal, stranger
from simulator.rows import Rows
from simulator.spec import DAY_MS

STRANGERS = 0.25  # of stolen cards, whose owners have never bought from us
MORE = 1.3  # further payments behind the first, mean
HOURS_BETWEEN = 5.0


def make_stolen(scene: Scene, number: int) -> tuple[Rows, Rows]:
    """PAYMENT and ACCOUNT_EVENT rows of one stolen card."""
    concern = ("stolen", str(number))
    rng, traces, spec = scene.seeds.rng(*concern), Traces(), scene.spec
    if rng.random() < STRANGERS:
        victim = stranger(scene, rng, scene.country(rng), *concern)
        time = float(spec.start_ms + rng.random() * spec.days * DAY_MS)
    else:
        who = scene.shopper(rng)
        victim = our_customer(scene, who, int(scene.people.card[who]))
        time = scene.begin(rng, who)
    thief = make_thief(scene, rng, victim.country, *concern)
    for _ in range(1 + int(rng.poisson(MORE))):
        traces.payments.append(steal(scene, rng, thief, victim, time, r.STOLEN))
        time += rng.exponential(HOURS_BETWEEN) * HOUR_MS
    return traces.rows(scene, *concern)
