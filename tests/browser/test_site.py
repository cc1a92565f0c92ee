"""The documentation site in a browser: search finds the right pages, reports open, and it is read on a phone."""

from pathlib import Path

import pytest

from tests.browser.watched import WatchedPage

pytestmark = [pytest.mark.slow, pytest.mark.ci]

FOUND = "#search-results ul.search li > a"


def search(page: WatchedPage, site: Path, words: str) -> list[str]:
    """The pages that are found, the best first, as from the top of the site."""
    page.page.goto(f"{(site / 'index.html').as_uri()}")
    page.page.get_by_placeholder("Search").fill(words)
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(FOUND)
    page.page.wait_for_function("() => document.querySelector('.search-summary').textContent.includes('found')")
    links = page.page.locator(FOUND)
    return [(links.nth(place).get_attribute("href") or "").partition("?")[0] for place in range(min(links.count(), 5))]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("resume", "docs/running.html"),
        ("Figure 4", "docs/paper.html"),
        ("own data", "docs/data.html"),
        ("own images", "docs/data.html"),
        ("own model", "docs/plugins.html"),
        ("own metric", "docs/plugins.html"),
        ("cluster", "docs/cluster.html"),
        ("MLflow", "docs/tracking.html"),
        ("dry run", "docs/terminal.html"),
        ("early stopping", "docs/search.html"),
        ("study.run", "docs/api/study.html#study.run"),
        ("load_model", "docs/api/study.html#study.load_model"),
    ],
)
def test_search_finds_the_right_page_first(page: WatchedPage, site: Path, words: str, found: str) -> None:
    assert search(page, site, words)[0].partition("#")[0] == found.partition("#")[0]
    assert page.external == []


_WIDTHS_OF_PICTURES = """
() => Promise.all([...document.querySelectorAll(".card img")].map(async (image) => {
  image.loading = "eager";
  await image.decode();
  return image.naturalWidth;
}))
"""


def test_a_report_opens_from_the_gallery(page: WatchedPage, site: Path) -> None:
    page.page.goto((site / "index.html").as_uri())
    page.page.get_by_role("link", name="Gallery", exact=True).first.click()
    assert all(width > 0 for width in page.page.evaluate(_WIDTHS_OF_PICTURES))
    page.screenshot("gallery", full_page=True)
    page.page.locator(".card", has_text="Figure 4").get_by_role("link", name="Report").first.click()
    assert "figure4" in (page.page.locator("h1").text_content() or "")
    assert (page.external, page.errors) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_window(page: WatchedPage, site: Path, width: int, scheme: str) -> None:
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for name in ("index", "docs/how_do_i", "docs/running", "docs/gallery", "docs/api/study", "examples/first_study"):
        page.page.goto((site / f"{name}.html").as_uri())
        page.screenshot(f"{Path(name).name}-{width}-{scheme}")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert (page.external, page.errors) == ([], [])
