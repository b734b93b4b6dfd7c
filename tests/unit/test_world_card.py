from collections.abc import Iterator
from itertools import pairwise
from math import isnan
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from bench._card_measures import Measured, measure
from bench._card_published import MEASURES, Figure, published, shown
from bench._card_seen import FraudPayment, bursts
from bench._card_stats import auc
from bench._card_tables import UNEXPLAINED, card
from bench.world_card import DOCUMENT, card_of, settings_table, splice
from events import topics
from simulator import Truth, World, preset

HOUR_MS = 3_600_000


class Lived(msgspec.Struct):
    measured: Measured
    truth: Truth
    raws: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def lived() -> Lived:
    world = World(preset("tiny"), 1)
    raws: dict[str, list[dict[str, Any]]] = {}
    for item in world.submissions():
        raws.setdefault(item.topic, []).append(item.raw)
    return Lived(measure(world), world.truth, raws)


def test_the_documents_card_has_a_row_for_each_published_figure() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    assert len(published()) > 50
    for figure in published():
        ends = figure.value if isinstance(figure.value, tuple) else (figure.value,)
        told = [shown(end, MEASURES[figure.key].unit) for end in ends]
        wanted = (figure.of, f"{figure.source}, {figure.year or 'undated'} ({figure.kind})", *told)
        mine = [row for row in rows if all(part in row for part in wanted)]
        assert mine, figure
        assert all(("not confirmed" in row) != figure.confirmed for row in mine), figure


def test_every_departure_in_the_document_has_its_reason() -> None:
    assert UNEXPLAINED not in DOCUMENT.read_text()


def test_the_document_shows_the_settings_as_they_ship() -> None:
    assert settings_table() in DOCUMENT.read_text(), "run make world-card"


def test_every_setting_is_in_the_table() -> None:
    rows = {line.split(" | ")[0] for line in settings_table().splitlines()}
    for name in _names(msgspec.to_builtins(preset("issuer"))):
        assert f"| `{name}`" in rows, name


def _names(table: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _names(value, f"{above}{name}.")
        elif name != "start_ms":  # given by whoever makes the world, not by the file
            yield above + name


def test_a_card_is_written_between_the_markers_and_is_the_same_again(tmp_path: Path) -> None:
    document = tmp_path / "world.md"
    document.write_text("before\n<!-- card: begin -->\nold\n<!-- card: end -->\nafter\n")
    texts = []
    for _ in range(2):
        document.write_text(splice(document.read_text(), "card", card_of({"tiny": preset("tiny")}, 1)))
        texts.append(document.read_text())
    assert texts[0] == texts[1]
    assert texts[0].startswith("before\n")
    assert texts[0].endswith("after\n")
    assert "\nold\n" not in texts[0]
    for each in MEASURES.values():
        assert f"| {each.says} |" in texts[0]


def test_a_document_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="needs one <!-- card: begin -->"):
        splice("nothing here", "card", "text")


def test_measures_agree_with_a_count_by_hand(lived: Lived) -> None:
    payments = [raw for raw in lived.raws[topics.TRANSACTIONS.name] if raw["kind"] == "authorisation"]
    declined = {
        raw["transaction"]: raw["code"]
        for raw in lived.raws[topics.OUTCOMES.name]
        if raw["kind"] == "issuer" and not raw["approved"]
    }
    frauds = lived.truth.frauds
    through = [raw["id"] for raw in payments if raw["id"] not in declined]
    lost = [name for name in through if name in frauds]
    disputes = {
        raw["subject"]["id"] for raw in lived.raws[topics.LABELS.name] if raw["verdict"] == "chargeback"
    }
    values = lived.measured.values
    assert values["rate_attempts"] == pytest.approx(1e4 * len(frauds) / len(payments))
    assert values["rate_count"] == pytest.approx(1e4 * len(lost) / len(through))
    stopped = {
        raw["subject"]["id"] for raw in lived.raws[topics.LABELS.name] if raw["verdict"] == "confirmed"
    }
    missed = set(lost) - stopped
    assert values["reported"] == pytest.approx(len(disputes & missed) / len(missed))
    assert values["first_party"] == pytest.approx(len(disputes - set(frauds)) / len(disputes))
    assert values["declined_funds"] == pytest.approx(
        sum(code in {"51", "61"} for code in declined.values()) / len(declined)
    )
    assert values["ring_members"] == pytest.approx(np.mean([len(ring.members) for ring in lived.truth.rings]))


def test_shares_of_the_day_and_the_week_sum_to_one(lived: Lived) -> None:
    for shares in (*lived.measured.hours.values(), *lived.measured.weekdays.values()):
        assert sum(shares) == pytest.approx(1)


def test_quantiles_rise(lived: Lived) -> None:
    for quantiles in lived.measured.amounts.values():
        assert all(low <= high for low, high in pairwise(quantiles))


def test_every_measure_is_measured_and_no_other(lived: Lived) -> None:
    assert lived.measured.values.keys() == MEASURES.keys()


def test_a_departure_without_a_reason_is_called_so(lived: Lived) -> None:
    far = Figure(key="rate_attempts", value=1e-6, of="nothing", source="nobody", kind="press", fits=("tiny",))
    assert UNEXPLAINED in card({"tiny": lived.measured}, (far,), "")
    near = msgspec.structs.replace(far, value=lived.measured.values["rate_attempts"])
    assert UNEXPLAINED not in card({"tiny": lived.measured}, (near,), "")


@pytest.mark.parametrize(("simulated", "ratio"), [(1.0, 0.5), (2.0, 1.0), (3.0, 1.0), (8.0, 2.0)])
def test_a_range_is_left_by_its_nearer_end(simulated: float, ratio: float) -> None:
    figure = Figure(key="rate_value", value=(2.0, 4.0), of="", source="", kind="paper", fits=())
    assert figure.ratio(simulated) == pytest.approx(ratio)


def test_a_burst_ends_after_two_quiet_hours_or_at_another_merchant() -> None:
    hours = [(0.0, "a"), (1.9, "a"), (3.0, "b"), (3.5, "a"), (5.6, "a")]
    tests = [FraudPayment(i, int(hour * HOUR_MS), None, None, shop) for i, (hour, shop) in enumerate(hours)]
    assert sorted(bursts(tests)) == [1, 1, 3]


def test_auc_is_the_chance_that_fraud_lies_higher() -> None:
    bad, good = np.array([1.0, 2.0, 5.0]), np.array([1.0, 1.0, 3.0, 4.0])
    pairs = [(b > g) + 0.5 * (b == g) for b in bad for g in good]
    assert auc(bad, good) == pytest.approx(np.mean(pairs))
    assert isnan(auc(bad, np.array([])))
