"""`ringwatch ring ENTITY --html`: a ring's dossier from blobs alone, published graph features and the lake's tables."""

import json
from pathlib import Path

import pytest

from events.errors import InvalidFieldError, NotFoundError, SettingsError
from events.types import Label, Transaction
from graph.publish import save
from ringwatch.cli.ring import ring
from ringwatch.reporting.kept import Kept
from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring
from storage import ManualClock
from tests.support.command import Call, call_of
from tests.support.made import DAY, T0
from tests.support.ring_facts import SPELLINGS, arrivals, decision, features, label
from tests.support.ring_facts import ring as made_ring
from tests.unit.test_report_pages import Parsed


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "var"


@pytest.fixture
def call(var: Path) -> Call:  # noqa: ARG001 - where its state is
    """Runs the command, errors raised as they are. No service runs."""
    return call_of(ring)


class Installation:
    """An installation whose parts have run: tokens of its own key, a lake, a version of graph features."""

    def __init__(self, var: Path) -> None:
        self.parts = Wiring(load_settings({"var": var}), clock=ManualClock(T0 + 40 * DAY))
        self.ring = [self.pay(n, f"r-{n % 5}", "d-ring", SPELLINGS[n % 2]) for n in range(20)]
        self.calm = [
            self.pay(100 + n, f"h-{n % 4}", "d-home", "9 Elm Street, Springfield IL 62704") for n in range(12)
        ]
        self.alone = self.pay(200, "s-1", "d-s", "1 Oak Street, Springfield IL 62704")
        self.members = self.tokens([*self.ring])
        self.features = features(
            {"co-ring": self.members, "co-home": self.tokens(self.calm), "co-s": self.tokens([self.alone])},
            [made_ring("co-ring", self.members)],
            columns={"community_sharing": {"co-ring": 4.0, "co-home": 3.0}, "ring_score": {"co-home": 0.3}},
        )

    def pay(self, number: int, card: str, device: str, text: str) -> Transaction:
        return self.parts.door.transaction(
            {"id": f"t{number}", "time": T0 + number * DAY // 10, "amount": "20.00", "currency": "USD",
             "card": card, "device": device, "shipping_address": text}
        )  # fmt: skip

    def tokens(self, payments: list[Transaction]) -> tuple[str, ...]:
        found = {each.card.token for each in payments if each.card}
        found |= {each.device.token for each in payments if each.device}
        for each in payments:
            key = self.parts.local_addresses.get(each.addresses[0].text)[0]
            found |= {key.token} if key else set()
        return tuple(sorted(found))

    def publish(self) -> None:
        save(self.features, self.parts.blobs)

    def fill_lake(self) -> None:
        """Payments; decisions from the sixth of the ring on, its last ten stopped; what two labels say."""
        kept = Kept(self.parts.blobs, rows=15)
        labels: list[Label] = [label(self.ring[n].id, days=30) for n in (2, 8, 15)]
        labels.append(label(self.ring[19].id, fraud=False, days=31))
        for _ in kept.watch(arrivals([*self.ring, *self.calm, self.alone], labels)):
            pass
        kept.decided(
            decision(each, "review" if n >= 5 else "approve") for n, each in enumerate(self.ring[5:], 0)
        )
        kept.decided(decision(each, "approve") for each in self.calm)
        kept.flush()


@pytest.fixture
def installation(var: Path) -> Installation:
    return Installation(var)


def test_a_dossier_of_the_running_installation(
    call: Call, installation: Installation, tmp_path: Path
) -> None:
    installation.publish()
    installation.fill_lake()
    file = tmp_path / "ring.html"
    file.write_text("an older dossier")
    result = call("device:d-ring", "--html", file)
    assert "ring co-ring: score 0.90, 5 customers" in result.stdout
    assert f"dossier: {file}" in result.stdout

    html = file.read_text()
    parsed = Parsed(html)
    assert parsed.faults == []
    said = parsed.text
    assert "Ring co-ring" in said
    # Of the three frauds one was made before ringwatch decided, one approved, one stopped; the first stop is the 11th.
    assert "Lost $20" in said
    assert "Saved $20" in said
    assert "First stopped 11th payment of 20, 5 made before ringwatch decided" in said
    assert "fraud, before ringwatch decided" in said
    for text in SPELLINGS:
        assert text in said
    assert "Left alone: 4 customers who share as much" in said
    assert f"Graph features {installation.features.version}" in said
    assert "Release" not in said  # none is in force
    for raw in ("r-0", "r-4", "h-1", "d-ring", "d-home", "s-1"):
        assert raw not in said
    assert installation.ring[0].card is not None
    assert installation.ring[0].card.token in said


def test_every_member_leads_to_the_same_page_and_json_names_it(
    call: Call, installation: Installation, tmp_path: Path
) -> None:
    installation.publish()
    installation.fill_lake()
    entities = [installation.members[0], "card:r-3", f"address:{SPELLINGS[0]}"]
    for number, entity in enumerate(entities):
        file = tmp_path / f"{number}.html"
        (line,) = call(entity, "--html", file, "--json").stdout.splitlines()
        assert json.loads(line) == {
            "ring": "co-ring", "score": 0.9, "customers": 5, "value": 12_345, "known_fraud": 1, "why": "they share",
            "members": list(installation.members), "html": str(file),
        }  # fmt: skip
        assert "Ring co-ring" in file.read_text()


def test_what_is_missing_is_said_with_the_remedy(
    call: Call, installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "ring.html"
    with pytest.raises(NotFoundError, match=r"no version of graph features .*`ringwatch run worker`"):
        call("device:d-ring", "--html", file)
    installation.publish()
    with pytest.raises(
        NotFoundError, match=r"the lake holds no payment of ring co-ring: `ringwatch run lake`"
    ):
        call("device:d-ring", "--html", file)
    installation.fill_lake()
    with pytest.raises(
        NotFoundError, match=f"belongs to no ring of graph features {installation.features.version}"
    ):
        call("card:s-1", "--html", file)
    with pytest.raises(InvalidFieldError, match="neither a token nor KIND:RAW"):
        call("d-ring", "--html", file)
    with pytest.raises(SettingsError, match="there is no folder"):
        call("device:d-ring", "--html", tmp_path / "nowhere" / "ring.html")
    assert not file.exists()


def test_without_a_page_the_graph_is_asked(call: Call) -> None:
    with pytest.raises(SettingsError, match="ringwatch up"):
        call("device:d-ring")
