"""A small world of mules: customers with homes of their own who use one tablet and one drop."""

from bench.graph_world import DAY_MS, START_MS, Customer, Keyed, chargeback, payment, token
from events.types import AddressKey, Transaction
from graph import EdgeFold, EdgeTable, GraphFeatures, compute

CUT = START_MS + 100 * DAY_MS


def person(name: str, device: str, home: str) -> Customer:
    return Customer(
        card=token("card", name),
        account=token("account", name),
        email=token("email", name),
        phone=token("phone", name),
        devices=(token("device", device),),
        address=AddressKey(building=token("address", home), unit=None),
        ips=(token("ip", name),),
        since=0,
        until=0,
    )


def pays(who: Customer, number: int, day: float, *, fraud: bool) -> list[Keyed]:
    paid = payment(
        f"{who.card}-{number}", START_MS + round(day * DAY_MS), who, who.devices[0], who.ips[0], "merchant.0.m", 100
    )  # fmt: skip
    message, key = paid
    assert isinstance(message, Transaction)
    told = (chargeback(f"l{who.card}-{number}", message.time + DAY_MS, message, key), None)
    return [paid, told] if fraud else [paid]


def folded(events: list[Keyed]) -> EdgeTable:
    edges = EdgeFold()
    for event, key in events:
        edges.add(event, key)
    return edges.table()


def mule_world(*, frauds: int) -> list[Keyed]:
    """Four mules with homes and phones of their own who use one tablet once; of `frauds` of them that is known."""
    events: list[Keyed] = []
    for i in range(4):
        at_home = person(f"m{i}", f"phone{i}", f"home{i}")
        for number in range(10):
            events += pays(at_home, number, 5 * number, fraud=False)
        with_tablet = person(f"m{i}", "tablet", "drop")
        events += pays(with_tablet, 99, 60 + i, fraud=i < frauds)
    return events


def features(events: list[Keyed], previous: GraphFeatures | None = None) -> GraphFeatures:
    return compute(folded(events), CUT, previous=previous)
