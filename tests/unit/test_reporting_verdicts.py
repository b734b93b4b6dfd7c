"""What labels say of a payment; and the lake's tables read by what stands in them."""

from pathlib import Path

from events import codec, topics
from events.types import Label, Transaction
from lake import files
from lake.tables import Stored
from ringwatch.reporting.kept import Kept
from ringwatch.reporting.lake_facts import lake_facts
from ringwatch.reporting.verdicts import verdicts_of
from storage import FolderBlobs
from tests.support.made import T0
from tests.support.ring_facts import arrivals, decision, features, key, label, paid, tokens_of


def test_silence_is_not_an_acquittal() -> None:
    found = verdicts_of([label("a"), label("b", fraud=False)])
    assert [found.fraud(name) for name in "abc"] == [True, False, None]
    assert len(found) == 2


def test_the_newest_word_counts_whatever_the_order() -> None:
    accused, cleared = label("a", code="stolen"), label("a", fraud=False, name="m", days=9)
    for labels in ([accused, cleared], [cleared, accused]):
        found = verdicts_of(labels)
        assert found.fraud("a") is False
        assert found.reason("a") == ""
    assert verdicts_of([accused]).reason("a") == "stolen"
    assert verdicts_of([accused]).reason("b") == ""


def test_of_a_table_the_rows_with_a_value_come_and_no_others(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    payments = [paid(n, f"card-{n % 4}", device=f"device-{n % 3}") for n in range(30)]
    kept = Kept(blobs, rows=7)
    for _ in kept.watch(arrivals(payments)):
        pass
    kept.flush()
    cards = {each.card.token for each in payments[:2] if each.card}
    devices = {each.device.token for each in payments[:1] if each.device}

    def found(**wanted: set[str]) -> list[str]:
        return [codec.decode(data, Transaction).id for data in files.matching(blobs, "transactions", wanted)]

    assert found(card=cards) == [f"t{n}" for n in range(30) if n % 4 in (0, 1)]
    assert found(card=cards, device=devices) == [f"t{n}" for n in range(30) if n % 4 in (0, 1) or n % 3 == 0]
    assert found(card={"card.1.none"}) == []
    assert found(card=set()) == []
    assert list(files.matching(FolderBlobs(tmp_path / "empty"), "labels", {"subject": {"t1"}})) == []


def test_what_was_sent_twice_counts_once_and_shadows_do_not_count(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    payment = paid(1, "a")
    refund = type(payment)(
        **{**{f: getattr(payment, f) for f in payment.__struct_fields__}, "id": "r", "kind": "refund"}
    )
    kept = Kept(blobs)
    for _ in kept.watch(arrivals([payment, payment, refund], [label("t1")])):
        pass
    kept.decided(
        [
            decision(payment, "decline", lane="shadow"),
            decision(payment, "review"),
            decision(payment, "approve"),
        ]
    )
    kept.flush()
    members = tokens_of([payment])
    facts = lake_facts(blobs, features({"co": members}), key)(members)
    assert [each.transaction.id for each in facts.of(members)] == ["t1"]
    assert facts.decisions["t1"].action == "review"
    assert facts.fraud("t1") is True
    assert lake_facts(blobs, facts.features, key)(("card.1." + "0" * 32,)).payments == {}


def test_kept_tables_are_lake_tables(tmp_path: Path) -> None:
    """The same files that the lake's writer would have made of the same records."""
    payments = [paid(n, "a") for n in range(5)]
    kept, blobs = Kept(FolderBlobs(tmp_path / "kept"), rows=3), FolderBlobs(tmp_path / "lake")
    for _ in kept.watch(arrivals(payments)):
        pass
    kept.flush()
    for first, following in ((0, 3), (3, 5)):
        rows = [
            Stored(n, T0 + n * 60_000, payments[n], codec.encode(payments[n]))
            for n in range(first, following)
        ]
        files.write(blobs, topics.TRANSACTIONS.name, 0, first, following, rows)
    kept_blobs = FolderBlobs(tmp_path / "kept")
    assert list(kept_blobs.list()) == list(blobs.list())
    assert files.read(kept_blobs, "transactions").equals(files.read(blobs, "transactions"))
    assert [
        each.message for each in files.arrivals(kept_blobs) if not isinstance(each.message, Label)
    ] == payments
