"""The report in a browser: without a network, its points to be pointed at, on any screen and on paper."""

from pathlib import Path

import pytest

from tests.browser.contrast import faint_texts
from tests.browser.watched import WatchedPage
from tests.report.made import LOST

pytestmark = [pytest.mark.slow, pytest.mark.ci]

FRONT_POINT = ".point.front"


@pytest.fixture
def report(page: WatchedPage, ten: Path) -> WatchedPage:
    page.page.goto((ten / "report.html").as_uri())
    return page


def test_nothing_is_asked_of_a_network_and_nothing_goes_wrong(report: WatchedPage) -> None:
    report.screenshot("report-whole", full_page=True)
    assert (report.external, report.errors) == ([], [])
    drawn = "[...document.images].every((image) => image.naturalWidth > 0)"
    assert report.page.evaluate(drawn)


def test_a_point_shows_its_picture_and_leads_to_its_trial(report: WatchedPage) -> None:
    point = report.page.locator(FRONT_POINT).first
    tip = point.locator(".tip")
    assert not tip.is_visible()
    point.hover()
    assert tip.is_visible()
    assert tip.locator("img").evaluate("(image) => image.naturalWidth") > 0
    report.screenshot("report-pointed-at")
    name = tip.locator("strong").inner_text()
    point.click()
    card = report.page.locator("article:target")
    assert name in card.locator("h3").inner_text()
    assert card.locator("img").count() == 3
    card.locator("img").first.scroll_into_view_if_needed()
    report.screenshot("report-its-trial")


def test_points_stand_over_what_is_drawn(report: WatchedPage) -> None:
    """Where a point's link is, the figure has its family's colour: wide and narrow, light and dark."""
    page = report.page
    for width, scheme in ((1280, "light"), (390, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        near = page.evaluate(_COLOURS_AT_POINTS)
        assert len(near) >= 3
        for label, wanted, distance in near:
            assert distance < 60, f"{label} is not {wanted} at {width} pixels, {scheme}"


_COLOURS_AT_POINTS = """
async () => {
  const image = document.querySelector(".plot img");
  for (let at = 0; at < 2; at++) await new Promise(requestAnimationFrame);
  while (!(await image.decode().then(() => true, () => false))); // until its other source is there
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const frame = image.getBoundingClientRect();
  return [...document.querySelectorAll(".plot .point")].map((point) => {
    const box = point.getBoundingClientRect();
    const x = ((box.x + box.width / 2 - frame.x) / frame.width) * canvas.width;
    const y = ((box.y + box.height / 2 - frame.y) / frame.height) * canvas.height;
    const card = document.querySelector(point.getAttribute("href"));
    const wanted = getComputedStyle(card.querySelector(".family > span")).color.match(/\\d+/g).map(Number);
    const found = [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data];
    return [point.ariaLabel, wanted.join(), Math.hypot(...wanted.map((value, at) => value - found[at]))];
  });
}
"""


def test_a_point_is_reached_by_the_keyboard(report: WatchedPage) -> None:
    link = report.page.locator("a[href='explore.html']")
    link.focus()
    report.page.keyboard.press("Tab")
    point = report.page.locator(".point:focus-visible")
    assert point.locator(".tip").is_visible()
    assert point.get_attribute("aria-label")
    report.page.keyboard.press("Enter")
    assert report.page.locator("article:target").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(report: WatchedPage, scheme: str) -> None:
    report.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    report.screenshot("report-top")
    assert faint_texts(report.page) == []


def test_a_phone_scrolls_one_way_only(report: WatchedPage) -> None:
    report.page.set_viewport_size({"width": 390, "height": 844})
    report.screenshot("report-phone", full_page=True)
    assert report.page.evaluate("document.documentElement.scrollWidth") <= 390
    for point in report.page.locator(FRONT_POINT).all():
        point.hover()
        assert report.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_nothing_is_cut_and_nothing_waits_for_a_pointer(report: WatchedPage) -> None:
    page = report.page
    page.emulate_media(media="print", color_scheme="dark")
    report.screenshot("report-paper", full_page=True)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".point").first.is_visible()
    for kept_whole in ("figure", "tr", ".card", ".caveats"):
        inside = page.locator(kept_whole).first.evaluate("(element) => getComputedStyle(element).breakInside")
        assert inside == "avoid", kept_whole
    page.set_viewport_size({"width": 690, "height": 900})  # A4 without its margins, at 96 dots per inch
    assert page.evaluate(_WIDE_TABLES) == []
    assert faint_texts(page) == []


_WIDE_TABLES = """
() => {
  const shown = [...document.querySelectorAll(".scroll")].filter((region) => region.checkVisibility());
  return shown.filter((region) => region.scrollWidth > region.clientWidth).map((region) => region.ariaLabel);
}
"""


def test_the_first_screen_has_the_headline_and_the_whole_figure(report: WatchedPage) -> None:
    page = report.page
    page.set_viewport_size({"width": 1300, "height": 900})
    report.screenshot("report-first-screen")
    assert page.locator(".result").evaluate(_LINES) == 1
    figure = page.locator(".plot img").first.bounding_box()
    assert figure is not None
    assert figure["y"] + figure["height"] <= 900


_LINES = """
(element) => Math.round(element.clientHeight / parseFloat(getComputedStyle(element).lineHeight))
"""


def test_the_table_of_contents_stays_and_leads_to_every_section(report: WatchedPage) -> None:
    page = report.page
    page.set_viewport_size({"width": 1300, "height": 900})
    links = page.locator("nav.contents a")
    assert links.count() == page.locator("section[id]").count() > 8
    for link in (links.nth(3), links.last):
        link.click()
        target = page.locator(link.get_attribute("href") or "").bounding_box()
        assert target is not None
        assert 0 <= target["y"] < 900
        assert link.is_visible()
        shown = link.bounding_box()
        assert shown is not None
        assert 0 <= shown["y"] < 900


def test_no_table_is_cut_off(report: WatchedPage) -> None:
    page = report.page
    page.set_viewport_size({"width": 1300, "height": 900})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate(_WIDE_TABLES) == []


def test_failed_trials_and_how_it_was_run_are_there(report: WatchedPage) -> None:
    text = report.page.inner_text("main")
    for _, reason in LOST.values():
        assert reason in text
    assert "python -m study.launch --space dsprites" in text
    assert "0.1 to 12, logarithmic, or 0 in 10% of cases (only where family" in text


def test_a_thousand_trials(page: WatchedPage, thousand: Path) -> None:
    page.page.goto((thousand / "report.html").as_uri())
    page.screenshot("report-whole", full_page=True)
    point = page.page.locator(FRONT_POINT).last
    point.hover()
    assert point.locator(".tip").is_visible()
    page.screenshot("report-pointed-at")
    point.click()
    assert page.page.locator("article:target").count() == 1
    assert (page.external, page.errors) == ([], [])
