"""One Chromium for all tests of pages, and a page that remembers what went wrong in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.watched import WatchedPage
from tests.system_packages import Missing, do_without, program

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
"""Where tests leave what they saw, for people to look at. Not in git."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, installed if it is missing and one is root."""
    try:
        executable = program("chromium", "chromium")
    except Missing as missing:
        do_without(missing)
    sandbox = os.geteuid() != 0  # as root Chromium refuses to start in its sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[WatchedPage]:
    """A page of 1280 × 900 pixels in a context of its own. The test's name is that of its screenshots."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield WatchedPage(context, SCREENSHOTS, request.node.name)
    context.close()
