"""What a user of optuna-dashboard sees of a study: its objectives by name, and of a trial where to find the rest."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from study.records.folder import read_note
from tests.browser.watched import WatchedPage
from tests.mirrored import Mirrored
from tests.mlflow_server import serving
from tests.ports import free_ports

SECONDS = 30_000.0
"""For a page to appear, in milliseconds."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dashboard(made_up: Mirrored, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    (port,) = free_ports(1)
    program = Path(sys.executable).with_name("optuna-dashboard")
    command = [str(program), made_up.storage_url, "--port", str(port), "--server", "wsgiref"]
    with serving(command, f"http://127.0.0.1:{port}", "/dashboard/", tmp_path_factory.mktemp("dashboard")) as address:
        yield address


def test_a_study_and_its_trials(page: WatchedPage, dashboard: str, made_up: Mirrored) -> None:
    seen = page.page
    expect.set_options(timeout=SECONDS)
    seen.set_default_timeout(SECONDS)
    seen.goto(f"{dashboard}/dashboard/")
    expect(seen.get_by_text("Direction: MINIMIZE, MAXIMIZE")).to_be_visible()
    page.screenshot("studies")

    seen.get_by_text("made-up").first.click()
    expect(seen.get_by_text("Pareto Front", exact=True)).to_be_visible()
    expect(seen.get_by_text("reconstruction", exact=True).first).to_be_visible()
    expect(seen.get_by_text("disentanglement", exact=True).first).to_be_visible()
    page.screenshot("study")

    for record in made_up.records:
        seen.goto(f"{dashboard}/dashboard/studies/1/trials?numbers={record.trial}")
        expect(seen.get_by_role("heading", name=f"Trial {record.trial} (trial_id=")).to_be_visible()
        for attribute in (
            f"family {record.config.family}",
            f"mlflow_run {read_note(made_up.folder.trial(record.trial).mlflow)['url']}",
            f"pictures trials/{record.trial:04d}/pictures",
            "state complete",
        ):
            expect(seen.get_by_text(attribute, exact=True).first).to_be_visible()
        expect(seen.get_by_text('metrics {"reconstruction": ').first).to_be_visible()
        link = seen.get_by_role("link", name="MLflow run")
        expect(link.first).to_have_attribute("href", read_note(made_up.folder.trial(record.trial).mlflow)["url"])
        expect(seen.get_by_role("cell", name="reconstruction", exact=True).first).to_be_visible()
    page.screenshot("trial")
    assert page.external == []
    assert page.errors == []
