"""The dossier of one ring of the running installation: graph features as published, payments as the lake has them."""

from dataclasses import dataclass

from msgspec import structs

from console.report.data import Dossier
from events.errors import NotFoundError, SettingsError, UnavailableError
from events.times import to_iso
from graph.graph_features import GraphFeatures, Ring
from graph.publish import current, load, newest
from ringwatch.reporting.dossiers import dossier
from ringwatch.reporting.lake_facts import lake_facts, look_alike
from ringwatch.reporting.look_alikes import signatures
from ringwatch.wiring import Wiring
from scoring import COLD


@dataclass(frozen=True, slots=True)
class RingPage:
    """A ring with its dossier, and what `console.report.render_dossier` wants to know beside it."""

    ring: Ring
    dossier: Dossier
    currency: str
    source: str
    release: str


def ring_page(parts: Wiring, token: str) -> RingPage:
    """The ring that an entity belongs to in the graph features being served, else in the newest version.

    Neither graph nor cache need to run: versions and the lake are blobs. `NotFoundError`, with the remedy, where there
    is no version, no ring, or no payment of its customers in the lake.
    """
    features = _features(parts)
    ring = next((each for each in features.rings if token in each.members), None)
    if ring is None:
        raise NotFoundError(
            f"{token} belongs to no ring of graph features {features.version}, cut {to_iso(features.cut_ms)}"
        )
    facts_of = lake_facts(parts.blobs, features, lambda text: parts.local_addresses.get(text)[0])
    facts = facts_of(ring.members)
    paid = facts.of(ring.members)
    if not paid:
        raise NotFoundError(
            f"the lake holds no payment of ring {ring.id}: `ringwatch run lake` writes what comes over the log"
        )
    return RingPage(
        ring,
        structs.replace(
            dossier(ring, facts), look_alike=look_alike(ring, features, signatures(features), facts_of)
        ),
        currency=paid[0].transaction.amount.base_currency,
        source=f"Graph features {features.version}, cut {to_iso(features.cut_ms)}",
        release="" if (release := parts.active_release()) == COLD else release,
    )


def _features(parts: Wiring) -> GraphFeatures:
    try:
        version = current(parts.cache)
    except (SettingsError, UnavailableError):
        version = None
    try:
        return load(parts.blobs, version or newest(parts.blobs))
    except NotFoundError as error:
        raise NotFoundError(
            f"{error}: `ringwatch run worker` and `ringwatch run beat` find rings in the graph"
        ) from error
