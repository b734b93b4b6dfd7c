"""The graph features of an entity, in column order: graph/ computes them, the catalogue names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GraphColumn:
    name: str
    meaning: str


GRAPH_COLUMNS: tuple[GraphColumn, ...] = (
    GraphColumn("degree", "entities linked to this one"),
    GraphColumn("linked_cards", "cards linked to this entity"),
    GraphColumn("linked_accounts", "accounts linked to this entity"),
    GraphColumn("linked_devices", "devices linked to this entity"),
    GraphColumn("linked_addresses", "addresses linked to this entity"),
    GraphColumn("linked_emails", "e-mail addresses linked to this entity"),
    GraphColumn("linked_phones", "phone numbers linked to this entity"),
    GraphColumn("linked_ips", "IP addresses linked to this entity"),
    GraphColumn("transactions", "transactions that carried this entity"),
    GraphColumn("amount", "their sum, in major units of the base currency"),
    GraphColumn("age_days", "days from the first transaction to the cut"),
    GraphColumn("idle_days", "days from the last transaction to the cut"),
    GraphColumn("component_size", "entities in its connected component, hubs left out"),
    GraphColumn("community_size", "entities in its community"),
    GraphColumn("community_cards", "cards in its community"),
    GraphColumn("community_density", "links over possible links in its community"),
    GraphColumn("community_sharing", "mean cards a device, address, e-mail or phone of its community"),
    GraphColumn("fraud_linked", "linked entities with known fraud"),
    GraphColumn("community_fraud", "entities of its community with known fraud, itself left out"),
    GraphColumn("community_fraud_share", "the same over the community's cards and accounts"),
    GraphColumn("core_number", "largest k such that it lies in the k-core"),
    GraphColumn("ring_score", "0..1: how much its community looks like a fraud ring"),
)
