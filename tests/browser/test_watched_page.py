"""What the pages of these tests remember: errors, and requests to other machines."""

from pathlib import Path

import pytest

from tests.browser.watched import WatchedPage


def test_a_page_in_order_has_nothing_to_remember(page: WatchedPage) -> None:
    page.page.set_content("<h1>Here</h1>")
    assert (page.external, page.errors) == ([], [])


@pytest.mark.parametrize("script", ["throw new Error('broken')", "console.error('broken')"])
def test_an_error_of_a_script_is_remembered(page: WatchedPage, script: str) -> None:
    page.page.set_content(f"<script>{script}</script>")
    page.page.wait_for_function("true")
    assert len(page.errors) == 1
    assert "broken" in page.errors[0]


def test_a_request_to_another_machine_is_remembered_and_not_made(page: WatchedPage) -> None:
    page.page.set_content("<img src='https://example.org/picture.png'>")
    assert page.external == ["https://example.org/picture.png"]


def test_a_screenshot_is_kept(page: WatchedPage) -> None:
    page.page.set_content("<h1>Here</h1>")
    path: Path = page.screenshot("heading")
    assert path.read_bytes().startswith(b"\x89PNG")
