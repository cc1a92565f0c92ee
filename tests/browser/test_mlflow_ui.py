"""What a user sees in MLflow: the command that a launch prints is typed, and its pages are clicked through."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from study.config.families import PALETTE
from study.tracking.store import ui_command
from study.tracking.view import trials_url
from tests.browser.conftest import SCREENSHOTS
from tests.browser.watched import WatchedPage
from tests.mirrored import Mirrored
from tests.mlflow_server import serving
from tests.ports import free_ports

SECONDS = 30_000.0
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
    """The list of experiments, in MLflow's pages for trained models; its assistant is sent away."""
    page.page.set_viewport_size({"width": 1600, "height": 1000})
    prepare(page.page)
    page.page.goto(f"{mlflow}/#/experiments")
    page.page.get_by_text("Model training").click()
    page.page.get_by_role("button", name="Close").first.click()
    return page


def prepare(page: Page) -> None:
    page.set_default_timeout(SECONDS)
    expect.set_options(timeout=SECONDS)


def names(made_up: Mirrored) -> list[str]:
    return [f"{record.trial:04d} {record.config.family}" for record in made_up.records]


def natural_width(picture: Locator) -> int:
    """How many pixels of it have come; 0 if it is broken."""
    picture.wait_for()
    picture.page.wait_for_function("picture => picture.complete", arg=picture.element_handle())
    return int(picture.evaluate("picture => picture.naturalWidth"))


def rgb(colour: str) -> str:
    """`#RRGGBB` as a browser says it."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_from_the_experiment_to_a_comparison(opened: WatchedPage, made_up: Mirrored) -> None:
    page = opened.page
    page.get_by_role("link", name="made-up", exact=True).click()
    page.get_by_test_id("saved-views-trigger").click()
    page.get_by_test_id("saved-views-item-trials").click()
    for name in names(made_up):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    opened.screenshot("trials")

    page.get_by_label("Select all runs").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text(f"Comparing {len(made_up.records)} Runs")).to_be_visible()
    plot = page.locator(".js-plotly-plot:visible")
    expect(plot).to_contain_text("family")
    expect(plot).to_contain_text("validation_reconstruction")
    for name in names(made_up):
        expect(page.get_by_text(name)).to_be_attached()
    opened.screenshot("parallel")

    page.get_by_role("tab", name="Scatter Plot").click()
    for axis, metric in (("x", "reconstruction"), ("y", "disentanglement")):
        page.locator(f"#{axis}-axis-selector").click()
        page.get_by_role("option", name=metric, exact=True).click()
    expect(plot.locator(".xtitle")).to_have_text("reconstruction")
    expect(plot.locator(".ytitle")).to_have_text("disentanglement")
    (drawn,) = plot.evaluate("plot => plot.data.map(({x, y, text}) => [...x].map((_, at) => [x[at], y[at], text[at]]))")
    for name, record, (x, y, said) in zip(names(made_up), made_up.records, drawn, strict=True):
        assert (x, y) == (record.metrics["reconstruction"], record.metrics["disentanglement"])
        assert said.startswith(f"<b>{name}</b>")  # below the mouse: here MLflow draws all runs in one colour
    opened.screenshot("scatter")
    assert opened.external == []


def test_the_view_of_the_trials_tells_families_apart_and_shows_pictures(opened: WatchedPage, made_up: Mirrored) -> None:
    opened.page.get_by_role("link", name="made-up", exact=True).click()
    with opened.page.expect_popup() as popup:
        opened.page.get_by_role("link", name="Trials and pictures").click()
    page = popup.value
    prepare(page)
    page.set_viewport_size({"width": 1600, "height": 1000})
    scatter = page.get_by_test_id("experiment-view-compare-runs-card").filter(has_text="disentanglement").first
    points = scatter.locator(".scatterlayer path.point")
    expect(points).to_have_count(len(made_up.records))
    families = [record.config.family for record in made_up.records]
    colours = points.evaluate_all("points => points.map(point => point.style.fill)")
    assert sorted(colours) == sorted(rgb(PALETTE[family][0]) for family in families)
    for name in names(made_up):
        expect(page.get_by_role("link", name=name)).to_be_visible()

    pictures = page.locator("img[src*='get-artifact'][src*='traversal']")
    expect(pictures).to_have_count(len(made_up.records))
    assert all(natural_width(picture) > 0 for picture in pictures.all())
    page.screenshot(path=SCREENSHOTS / "mlflow-view.png")

    pictures.first.click()
    whole = page.locator("img[src*='get-artifact']:not([src*='compressed'])").first
    assert natural_width(whole) > 256
    page.screenshot(path=SCREENSHOTS / "mlflow-picture.png")


def test_the_printed_address_opens_on_the_trials_in_the_colours_of_their_families(
    page: WatchedPage, made_up: Mirrored, mlflow: str
) -> None:
    """In a browser that has not seen MLflow before, without a click."""
    prepare(page.page)
    page.page.set_viewport_size({"width": 1600, "height": 1000})
    address = trials_url(made_up.folder)
    assert address is not None
    page.page.goto(address.replace(address.split("/#/")[0], mlflow))
    scatter = page.page.get_by_test_id("experiment-view-compare-runs-card").filter(has_text="disentanglement").first
    points = scatter.locator(".scatterlayer path.point")
    expect(points).to_have_count(len(made_up.records))
    colours = points.evaluate_all("points => points.map(point => point.style.fill)")
    assert sorted(colours) == sorted(rgb(PALETTE[record.config.family][0]) for record in made_up.records)
    page.screenshot("entry")


def test_the_page_of_a_study_and_of_a_trial(opened: WatchedPage, made_up: Mirrored, mlflow: str) -> None:
    page, trial = opened.page, min(made_up.front)
    page.goto(f"{mlflow}/#/experiments/1/runs/{made_up.run_id(trial)}")
    expect(page.get_by_text("On the front.")).to_be_visible()
    expect(page.get_by_text(f'study.load_model("{made_up.run_id(trial)}"')).to_be_attached()
    opened.screenshot("trial")
    page.get_by_role("tab", name="Artifacts").click()
    expect(page.get_by_text("model", exact=True)).to_be_visible()

    page.get_by_role("tab", name="Overview").click()
    page.get_by_role("link", name="made-up", exact=True).last.click()
    expect(page.get_by_text("trials are on the front.")).to_be_visible()
    expect(page.get_by_role("link", name="hypervolume", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=names(made_up)[0])).to_be_visible()
    opened.screenshot("study")
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text("report.html").click()
    report = page.frame_locator("iframe").get_by_role("heading", name="Report of made-up trials")
    expect(report).to_be_visible()
    opened.screenshot("report")
