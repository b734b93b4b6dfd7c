"""What a report's HTML says and what it must not do; tests/pages has what a browser makes of it."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from console.report import Graph, Link, Node, Report, render_dossier, render_report, words
from console.report.layout import lay_out
from console.report.timeline import course
from tests.unit import report_examples as examples

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr", "rect", "circle", "line", "path"}
MOST_BYTES = 2_000_000


class Parsed(HTMLParser):
    """Tags with their attributes, texts, and whether every tag is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def of(self, *names: str) -> list[tuple[str, dict[str, str]]]:
        return [(tag, attributes) for tag, attributes in self.tags if tag in names]


def dossier_page(name: str) -> str:
    made = {"big": examples.big_dossier, "hostile": examples.hostile_dossier}[name]()
    return render_dossier(
        made, currency="INR", generated=examples.SINCE, source="payments.parquet", release="r-9"
    )


PAGES: dict[str, Callable[[], str]] = {
    "full": lambda: render_report(examples.full_report()),
    "minimal": lambda: render_report(examples.minimal_report()),
    "real": lambda: render_report(examples.real_report()),
    "big": lambda: dossier_page("big"),
    "hostile": lambda: dossier_page("hostile"),
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: make() for name, make in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_file_that_loads_nothing(pages: dict[str, str], name: str) -> None:
    html = pages[name]
    parsed = Parsed(html)
    assert not parsed.of("link", "img", "iframe", "object", "embed", "base", "form", "image", "use")
    for _, attributes in parsed.tags:
        assert not {"src", "srcset", "action", "style", "xlink:href", "data"} & set(attributes)
        assert not [key for key in attributes if key.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
    assert not re.search(r"@import|url\(|https?:|fetch\(|XMLHttp|file:", html)
    assert len(html.encode()) < MOST_BYTES


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_lets_only_our_own_style_and_script_run(pages: dict[str, str], name: str) -> None:
    html = pages[name]
    policy = next(a["content"] for _, a in Parsed(html).of("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("name", PAGES)
def test_structure_is_sound(pages: dict[str, str], name: str) -> None:
    parsed = Parsed(pages[name])
    assert parsed.faults == []
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = Counter(a["id"] for _, a in parsed.tags if "id" in a)
    assert [each for each, count in ids.items() if count > 1] == []
    named = [a[key] for _, a in parsed.tags for key in ("aria-labelledby",) if key in a]
    links = [a["href"][1:] for _, a in parsed.of("a")]
    assert set(named + links) <= set(ids)
    for _, attributes in parsed.of("svg"):
        assert attributes.get("aria-hidden") == "true" or attributes.get("role") == "img"
        assert ("aria-labelledby" in attributes) == (attributes.get("role") == "img")
    assert all("scope" in attributes for _, attributes in parsed.of("th"))
    assert len(parsed.of("caption")) == len(parsed.of("table"))


@pytest.mark.parametrize("name", PAGES)
def test_the_same_report_gives_the_same_bytes(pages: dict[str, str], name: str) -> None:
    assert PAGES[name]().encode() == pages[name].encode()


def test_money_comes_first_and_every_figure_appears(pages: dict[str, str]) -> None:
    report, text = examples.full_report(), Parsed(pages["full"]).text
    for needed in figures_of(report):
        assert needed in text, needed
    order = ["What it was worth", "What more analysts", "Precision and recall", "What each kind of evidence adds",
             "What the model looks at", "How fast it decides", "True rings found", "What can't be known"]  # fmt: skip
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)


def figures_of(report: Report) -> list[str]:
    """Every figure and text of a report, as a page should have it."""

    def whole(minor: int) -> str:
        return words.money(minor, report.currency, exact=False)

    money, quality, whole_latency = report.money, report.quality, report.whole_latency
    assert money is not None
    assert quality is not None
    assert whole_latency is not None
    found = [report.title, report.source, report.release, "67,214", *report.unknown]
    found += [whole(n) for n in (money.saved, money.fraud, money.fraud_stopped, money.lost_to_fraud)]
    found += ["72.0%", "0.34", "98.2%", "1,043", "63", "28 days", "first stopped here, at transaction 5"]
    for point in report.curve:
        found += [whole(point.saved), whole(point.fraud_stopped), words.share(point.approval_rate)]
        found += [words.count(point.reviews_per_day), words.count(point.good_declined_per_fraud)]
    found += [words.share(n) for n in (quality.precision, quality.recall, quality.base_rate)]
    found += [words.score(quality.average_precision), words.score(quality.auc), words.count(quality.frauds)]
    found += [words.count(n) for n in report.by_action.values()]
    for kind in report.by_type:
        found += [words.code_words(kind.name), f"{whole(kind.amount_stopped)} of {whole(kind.amount)}"]
        found.append(f"{kind.stopped} of {kind.frauds}")
    for step in report.ablation:
        found += [step.name, words.score(step.average_precision), words.share(step.value_share)]
        found += [f"{words.score(step.low)}–{words.score(step.high)}"]  # noqa: RUF001 - a range
        found += [words.share(step.value_low), words.share(step.value_high), words.count(step.features)]
    for stage in (*report.latency, whole_latency):
        found += [
            words.code_words(stage.name),
            words.millis(stage.mean),
            words.millis(stage.p50),
            words.millis(stage.p99),
        ]
    for each in report.importance:
        found += [each.name, words.share(each.share)]
    rings = report.rings
    found += [
        f"{rings.found} of {rings.true}",
        words.share(rings.precision),
        words.share(rings.recall),
        "0.44",
    ]
    for dossier in report.dossiers:
        found += [
            dossier.id,
            dossier.why,
            dossier.truth or "",
            whole(dossier.value),
            words.score(dossier.score),
        ]
        found += [
            whole(dossier.lost or 0),
            whole(dossier.saved or 0),
            words.ordinal(dossier.first_stopped or 0),
        ]
        found += [spelling.text for drop in dossier.drops for spelling in drop.spellings]
        found += [words.money(payment.amount, report.currency) for payment in dossier.payments]
        found += [words.moment(payment.time) for payment in dossier.payments]
        found += [node.label for node in dossier.graph.nodes]
        assert dossier.look_alike is not None
        found += [dossier.look_alike.title, *dossier.look_alike.why, words.score(dossier.look_alike.score)]
    return found


def test_nothing_known_leaves_no_empty_part(pages: dict[str, str]) -> None:
    html = pages["minimal"]
    parsed = Parsed(html)
    assert [a["id"] for _, a in parsed.of("section")] == ["money", "rings", "unknown"]
    assert not parsed.of("table", "details")
    assert examples.minimal_report().unknown[0] in parsed.text
    for wrong in ("None", "unknown approved", "nan", "KWD 0"):
        assert wrong not in parsed.text
    assert not re.search(r"<(dl|ul|ol|tbody|p|figure|section|div)[^>]*>\s*</\1>", html)


def test_without_truth_no_ring_is_said_to_have_cost_anything(pages: dict[str, str]) -> None:
    text = Parsed(pages["real"]).text
    assert "Which of these payments are fraud is not known" in text
    assert not re.search(r"\bLost\b|\bSaved\b|saved from here|fraud, approved", text)
    assert "₹4,984 paid" in text


def test_a_loss_is_not_called_a_saving() -> None:
    report = examples.full_report()
    assert report.money is not None
    lossy = msgspec.structs.replace(report, money=msgspec.structs.replace(report.money, saved=-1_234_500))
    text = Parsed(render_report(lossy)).text
    assert "The decisions cost $12,345 net" in text
    assert f"{words.MINUS}$12,345" in text
    assert "Net value saved against" not in text


def test_a_month_without_fraud_has_no_share_of_it() -> None:
    report = examples.full_report()
    assert report.money is not None
    calm = msgspec.structs.replace(
        report.money, fraud=0, fraud_stopped=0, lost_to_fraud=0, good_declined=12, good_declined_per_fraud=0.0
    )
    text = Parsed(render_report(msgspec.structs.replace(report, money=calm, quality=None, by_type=()))).text
    assert "no fraud met" in text
    assert "and 12 good customers declined" in text
    assert "unknown" not in text


def test_texts_that_mean_harm_stay_texts(pages: dict[str, str]) -> None:
    html = pages["hostile"]
    parsed = Parsed(html)
    assert "alert('x')" not in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)[0]
    assert len(parsed.of("script")) == 1
    assert parsed.text.count("<script>alert('x')</script>&\"") > 20
    html.encode("utf-8")  # the lone surrogate is gone
    assert "\x00" not in html
    assert (
        f"<bdi>{examples.RTL}</bdi>" in html
    )  # what turns the writing around is kept inside its own element


def test_harm_in_a_reports_own_texts_is_escaped() -> None:
    harmed = dict.fromkeys(("title", "source", "release", "curve_note", "ablation_note"), examples.HOSTILE)
    report = msgspec.structs.replace(
        examples.full_report(), **harmed, unknown=(examples.HOSTILE,), by_action={examples.HOSTILE: 3}
    )
    parsed = Parsed(render_report(report))
    assert len(parsed.of("script")) == 1
    assert parsed.faults == []


def test_before_and_after_the_first_stop_add_up() -> None:
    for dossier in examples.full_report().dossiers:
        told = course(dossier)
        assert told.first is not None
        assert told.first.stopped
        assert not any(payment.stopped for payment in dossier.payments[: told.before])
        assert told.lost_before is not None
        assert told.lost_after is not None
        assert told.lost_before + told.lost_after == dossier.lost
        assert 0 < told.lost_before < (dossier.lost or 0)
    never = course(examples.big_dossier())
    assert never.first is None
    assert never.lost_before == examples.big_dossier().lost


def test_eighty_nodes_keep_apart_and_inside() -> None:
    graph = examples.big_dossier().graph
    assert len(graph.nodes) >= 80
    radii = [11.0] * len(graph.nodes)
    layout = lay_out(graph, radii, width=640, most_height=640, margin=34)
    places = layout.places
    for i in range(len(places)):
        gaps = ((places[i + 1 :] - places[i]) ** 2).sum(axis=1) ** 0.5
        assert (gaps > 22).all()
    assert places.min() >= 11
    assert places[:, 0].max() <= layout.width - 11
    assert places[:, 1].max() <= layout.height - 11


@pytest.mark.parametrize("nodes", [0, 1, 2, 5])
def test_a_graph_without_links_is_drawn_all_the_same(nodes: int) -> None:
    alone = tuple(Node(token=f"card.1.{i}", kind="card", label=f"card {i}") for i in range(nodes))
    links = (Link(a=0, b=0),) if nodes == 1 else ()
    dossier = msgspec.structs.replace(
        examples.dossier(1, 4, 0, first_stopped=None), graph=Graph(nodes=alone, links=links)
    )
    parsed = Parsed(render_dossier(dossier, currency="USD", generated=0))
    assert parsed.faults == []
    assert parsed.text.count("card 0") == (3 if nodes else 0)  # the drawing's title and label, and the table


@pytest.mark.parametrize(
    ("minor", "currency", "exact", "whole"),
    [
        (123_456, "USD", "$1,234.56", "$1,235"),
        (-50, "USD", f"{words.MINUS}$0.50", f"{words.MINUS}$1"),
        (-49, "USD", f"{words.MINUS}$0.49", "$0"),
        (1_234, "JPY", "¥1,234", "¥1,234"),
        (1_234_567, "KWD", "KWD 1,234.567", "KWD 1,235"),
        (10_000_000, "INR", "₹100,000.00", "₹100,000"),
    ],
)
def test_money_in_words(minor: int, currency: str, exact: str, whole: str) -> None:
    assert words.money(minor, currency) == exact
    assert words.money(minor, currency, exact=False) == whole


def test_numbers_in_words() -> None:
    assert [words.count(n) for n in (0, 0.34, 12.5, 0.0031, 1234.56, -2.0)] == [
        "0", "0.34", "12.5", "0.0031", "1,235", f"{words.MINUS}2",
    ]  # fmt: skip
    assert [words.share(n) for n in (0, 1, 0.5, 0.0042, 0.9987, None)] == [
        "0%", "100%", "50.0%", "0.42%", "99.87%", "unknown",
    ]  # fmt: skip
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 113)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "113th",
    ]  # fmt: skip
    assert [words.millis(n) for n in (0.4, 12.34, 1250)] == ["0.40 ms", "12.3 ms", "1.25 s"]


def test_templates_are_package_data() -> None:
    folder = Path(words.__file__).parent / "templates"
    assert {file.name for file in folder.iterdir()} == {
        "page.html", "report.html", "dossier.html", "parts.html", "style.css", "page.js",
    }  # fmt: skip
