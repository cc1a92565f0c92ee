"""What a user sees in MLflow: the command that a launch prints is typed, and its pages are clicked through."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from study.tracking import ui_command
from tests.browser.watched import WatchedPage
from tests.mirrored import Mirrored
from tests.mlflow_server import serving
from tests.ports import free_ports

SECONDS = 60_000.0
"""For a page of MLflow's to appear, in milliseconds: its first one takes some ten seconds on a busy machine."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mlflow(made_up: Mirrored, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which the printed command serves the study."""
    (port,) = free_ports(1)
    command = [*shlex.split(ui_command(made_up.tracking_uri)), "--port", str(port)]
    command[0] = str(Path(command[0]).absolute())
    with serving(command, f"http://127.0.0.1:{port}", "/health", tmp_path_factory.mktemp("ui")) as address:
        yield address


@pytest.fixture
def opened(page: WatchedPage, mlflow: str) -> WatchedPage:
    """MLflow's list of experiments."""
    page.page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)
    page.page.goto(f"{mlflow}/#/experiments")
    return page


def name(made_up: Mirrored, trial: int) -> str:
    return f"{trial:04d} {made_up.records[trial].config.family}"


def width(image: Locator) -> int:
    """How many pixels of the image have come; 0 if it is broken."""
    image.wait_for()
    image.page.wait_for_function("image => image.complete", arg=image.element_handle())
    return int(image.evaluate("image => image.naturalWidth"))


def test_from_the_experiment_to_a_comparison_and_a_picture(opened: WatchedPage, made_up: Mirrored) -> None:
    page = opened.page
    page.get_by_role("link", name="made-up", exact=True).click()
    page.get_by_test_id("saved-views-trigger").click()
    page.get_by_test_id("saved-views-item-trials").click()
    for record in made_up.records:
        expect(page.get_by_role("link", name=name(made_up, record.trial))).to_be_visible()
    opened.screenshot("trials")

    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text(f"Comparing {len(made_up.records)} Runs")).to_be_visible()
    opened.screenshot("parallel")
    page.get_by_role("tab", name="Scatter Plot").click()
    opened.screenshot("scatter")
