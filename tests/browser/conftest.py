"""One Chromium for all tests of pages, and a page that remembers what went wrong in it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from study.report import write
from study.report.analysis.analysis import analyse
from study.report.explore.page import explore_page
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.write import write_report
from study.system.files import write_atomically
from study.system.memory import collector_paused
from tests.browser.watched import WatchedPage
from tests.report.made import LOST, make_study
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


@pytest.fixture(scope="session")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of ten trials with its pages, two of them lost."""
    return _reported(tmp_path_factory.mktemp("made") / "ten", trials=10, lost=dict(LOST), suite=True)


@pytest.fixture(scope="session")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of a thousand trials with its pages; without pictures."""
    return _reported(tmp_path_factory.mktemp("made") / "thousand", trials=1000, pictures=False)


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose pictures did not fit into its interactive page."""
    study = make_study(tmp_path_factory.mktemp("made") / "crowded", trials=6)
    with collector_paused():
        analysis = analyse(load_studies([study.path]))
        write_atomically(study.explore, explore_page(analysis, Album(study.explore, room=0)))
    return study.path


def _reported(folder: Path, **options: Any) -> Path:
    study = make_study(folder, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "pdf", lambda figure: b"")  # no page shows one
        write_report([study.path])
    return study.path
