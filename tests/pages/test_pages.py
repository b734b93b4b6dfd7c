"""Reports as Chromium shows them: nothing loaded, nothing clipped, no serious fault of accessibility."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.report import render_dossier, render_report
from tests.pages.axe import axe_source
from tests.pages.browser import Page, browser, chromium
from tests.unit import report_examples as examples

pytestmark = [pytest.mark.pages, pytest.mark.xdist_group("pages")]

_SHOTS = Path(__file__).parents[2] / "build" / "pages"
_PAPER = 690  # A4 less the margins, CSS pixels


PAGES = {
    "full": lambda: render_report(examples.full_report()),
    "minimal": lambda: render_report(examples.minimal_report()),
    "real": lambda: render_report(examples.real_report()),
    "big": lambda: render_dossier(examples.big_dossier(), currency="INR", generated=examples.SINCE),
    "hostile": lambda: render_dossier(examples.hostile_dossier(), currency="JPY", generated=examples.SINCE),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = chromium()
    if program is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with browser(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {name: folder / f"{name}.html" for name in PAGES}
    for name, file in made.items():
        file.write_text(PAGES[name](), encoding="utf-8")
    _SHOTS.mkdir(parents=True, exist_ok=True)
    return made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_never_scrolls_sideways(
    page: Page, files: dict[str, Path], name: str, dark: bool, width: int
) -> None:
    page.show(files[name], width=width, dark=dark)
    assert page.requests == [files[name].as_uri()]
    assert page.complaints == []
    assert page.run("document.documentElement.scrollWidth") <= width
    background = page.run("getComputedStyle(document.body).backgroundColor")
    lightness = sum(int(part) for part in background.strip("rgb()").split(",")[:3]) / 3
    assert (lightness < 64) if dark else (lightness > 192), background
    page.shoot(_SHOTS / f"{name}-{'dark' if dark else 'light'}-{width}.png")


@pytest.mark.parametrize("name", PAGES)
def test_print_has_all_and_clips_nothing(page: Page, files: dict[str, Path], name: str) -> None:
    page.show(files[name], width=_PAPER, dark=True)
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run("document.documentElement.scrollWidth") <= _PAPER
    clipped = page.run(
        "[...document.querySelectorAll('table, svg, p, dl, li')]"
        f".filter(e => e.getBoundingClientRect().right > {_PAPER} + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert clipped == []
    file = _SHOTS / f"{name}.pdf"
    page.print(file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert page.run("matchMedia('print').matches && getComputedStyle(document.body).colorScheme") == "light"
    page.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page: Page, files: dict[str, Path], name: str, dark: bool) -> None:
    source = axe_source(Path(__file__).parents[2] / "build" / "axe-core")
    if source is None:
        pytest.skip("axe-core can't be had: npm is missing or can't reach its registry")
    page.show(files[name], width=1280, dark=dark)
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.run(source + "; 0")
    found = page.run(
        "axe.run(document).then(r => ({passes: r.passes.length, faults: r.violations.map("
        "v => [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary])}))"
    )
    assert found["passes"] > 20  # it did look
    assert [fault for fault in found["faults"] if fault[0] in ("serious", "critical")] == []
    assert found["faults"] == []


def test_the_button_switches_light_and_dark(page: Page, files: dict[str, Path]) -> None:
    page.show(files["minimal"], width=1280, dark=False)
    colour = "getComputedStyle(document.body).backgroundColor"
    before = page.run(colour)
    page.run("document.querySelector('.theme').click()")
    assert page.run(colour) != before
    page.run("document.querySelector('.theme').click()")
    assert page.run(colour) == before


def test_a_link_unfolds_a_folded_dossier(page: Page, files: dict[str, Path]) -> None:
    page.show(files["full"], width=1280, dark=False)
    assert page.run("document.querySelectorAll('details.dossier[open]').length") == 2
    page.run(
        "new Promise(done => { addEventListener('hashchange', done); location.hash = 'ring-3' }).then(() => 0)"
    )
    assert page.run("document.getElementById('ring-3').open") is True
