"""The interactive page in a browser: pointing, picking, choosing by keyboard, brushing; with many trials too."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.contrast import faint_texts
from tests.browser.watched import WatchedPage

pytestmark = [pytest.mark.slow, pytest.mark.ci]

PLACE = """
([id, trial]) => {
  const figure = document.getElementById(id);
  const { xaxis, yaxis } = figure._fullLayout;
  const box = figure.getBoundingClientRect();
  for (const trace of figure.data) {
    const at = trace.mode === "markers" && trace.customdata ? trace.text.indexOf(String(trial)) : -1;
    if (at >= 0) {
      return [box.x + xaxis._offset + xaxis.d2p(trace.x[at]), box.y + yaxis._offset + yaxis.d2p(trace.y[at])];
    }
  }
}
"""
"""Where a trial's point is in the window, in pixels."""


def opened(page: WatchedPage, study: Path, trial: int | None = None) -> WatchedPage:
    address = (study / "explore.html").as_uri() + (f"#{study.name}/{trial}" if trial is not None else "")
    page.page.goto(address)
    page.page.wait_for_selector("#objectives .scatterlayer .point")
    return page


def point_at(page: WatchedPage, trial: int) -> tuple[float, float]:
    x, y = page.page.evaluate(PLACE, ["objectives", trial])
    page.page.mouse.move(x + 3, y + 3)
    page.page.mouse.move(x, y)
    page.page.wait_for_selector("#objectives .hoverlayer .hovertext")
    return x, y


def trial_by_trial(page: WatchedPage, trial: int) -> None:
    """Point at a trial, then click it: its name, then its panel."""
    x, y = point_at(page, trial)
    said = page.page.locator("#objectives .hoverlayer .hovertext").first.text_content() or ""
    assert f"trial {trial}" in said
    assert "reconstruction" in said
    page.screenshot("explore-pointed-at")
    page.page.mouse.click(x, y)
    page.page.wait_for_function(
        "(text) => document.getElementById('headline').textContent.startsWith(text)", arg=f"Trial {trial},"
    )
    assert page.page.evaluate("location.hash").endswith(f"/{trial}")


def test_a_point_is_pointed_at_and_picked(page: WatchedPage, ten: Path) -> None:
    opened(page, ten)
    trial_by_trial(page, 3)
    picture = page.page.locator("#pictures img").first
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    assert page.page.locator("#values td").count() == 4
    page.screenshot("explore-picked")
    assert (page.external, page.errors) == ([], [])


def test_a_trial_is_chosen_by_the_keyboard(page: WatchedPage, ten: Path) -> None:
    opened(page, ten)
    before = page.page.inner_text("#headline")
    page.page.locator("#trial").focus()
    page.page.keyboard.press("ArrowDown")
    assert page.page.inner_text("#headline") != before
    for _ in range(9):
        page.page.keyboard.press("ArrowDown")
    assert "failed" in page.page.inner_text("#status")
    assert page.page.inner_text("#reason") == "OSError: no space left on device"
    assert page.errors == []


def test_a_box_over_an_axis_shows_the_trials_that_pass_there(page: WatchedPage, ten: Path) -> None:
    opened(page, ten)
    browser = page.page
    browser.locator("#parallel").scroll_into_view_if_needed()
    browser.wait_for_selector("#parallel .scatterlayer path.js-line")
    shown = "document.querySelectorAll('#parallel .scatterlayer path.js-line').length"
    before = browser.evaluate(shown)
    x, low, high = browser.evaluate(
        """() => {
          const figure = document.getElementById("parallel");
          const { xaxis, yaxis } = figure._fullLayout;
          const box = figure.getBoundingClientRect();
          const [left, top] = [box.x + xaxis._offset, box.y + yaxis._offset];
          return [left + xaxis.d2p(xaxis.tickvals.length - 2), top + yaxis.d2p(-0.02), top + yaxis.d2p(0.4)];
        }"""
    )
    browser.mouse.move(x - 12, low)
    browser.mouse.down()
    browser.mouse.move(x, (low + high) / 2, steps=4)
    browser.mouse.move(x + 12, high, steps=4)
    browser.mouse.up()
    browser.wait_for_selector("#all:visible")
    page.screenshot("explore-brushed")
    assert browser.evaluate(shown) > before  # the chosen ones stand over all, which are faint
    browser.locator("#all").click()
    browser.wait_for_selector("#all", state="hidden")
    assert page.errors == []


def test_the_address_picks_a_trial_and_families_can_be_left_out(page: WatchedPage, ten: Path) -> None:
    opened(page, ten, trial=5)
    assert page.page.inner_text("#headline") == "Trial 5, wae-uniform"
    points = page.page.locator("#objectives .scatterlayer .point")
    before = points.count()
    page.page.locator("input[name=family]").first.uncheck()
    expect(points).not_to_have_count(before)
    assert points.count() < before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(page: WatchedPage, ten: Path, scheme: str) -> None:
    page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    opened(page, ten)
    page.screenshot("explore-top")
    assert faint_texts(page.page) == []


def test_a_phone_scrolls_one_way_only(page: WatchedPage, ten: Path) -> None:
    page.page.set_viewport_size({"width": 390, "height": 844})
    opened(page, ten)
    page.screenshot("explore-phone")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    page.page.locator("#panel > summary").click()
    page.screenshot("explore-phone-panel")
    assert page.page.locator("#values").is_visible()


def test_a_copy_of_the_page_alone_says_where_pictures_are(page: WatchedPage, crowded: Path, tmp_path: Path) -> None:
    alone = tmp_path / crowded.name
    alone.mkdir()
    shutil.copy(crowded / "explore.html", alone)
    opened(page, alone, trial=3)
    page.page.wait_for_selector("#pictures p")
    assert "trials/0003/pictures/" in page.page.inner_text("#pictures")
    assert page.page.locator("#pictures a").count() == 0
    assert page.external == []


def test_a_thousand_trials(page: WatchedPage, thousand: Path) -> None:
    opened(page, thousand)
    trial_by_trial(page, 547)
    for place in ("#parallel", "#slices"):
        page.page.locator(place).scroll_into_view_if_needed()
        page.page.wait_for_selector(f"{place} .scatterlayer path")
        page.screenshot(f"explore-{place.lstrip('#')}")
    assert (page.external, page.errors) == ([], [])
