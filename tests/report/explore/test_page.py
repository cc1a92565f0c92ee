"""The interactive page: one safe file within its size, whose table of trials is that of the records, in every state."""

import base64
import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.explore.trials import ROOM
from study.report.write import write_report
from tests.report.explore.read_page import Explore, edited, page_of

Make = Callable[..., StudyFolder]

SIZES = {"reconstructions": 7_514, "samples": 33_490, "traversal": 62_199}
"""Bytes of the pictures of a trial on dSprites, as measured."""

HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"


def test_report_and_page_are_written_beside_each_other_and_linked(study: StudyFolder, explored: None) -> None:
    write_report([study.path])
    page = Explore(study.explore.read_text(encoding="utf-8"))
    links = [link["href"] for link in page.all("a")]
    assert [(study.path / link).resolve() for link in links] == [study.report.resolve()]
    assert f'href="{study.explore.name}"' in study.report.read_text(encoding="utf-8")
    assert study.explore.parent == study.report.parent


def test_the_policy_lets_the_pages_own_scripts_run_and_nothing_be_loaded(study: StudyFolder) -> None:
    page = page_of(study)
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["img-src"] == ["data:", "'self'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set(rules["script-src"])
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in page.scripts[1:]]
    assert rules["script-src"] == [f"'sha256-{digest}'" for digest in hashes]
    assert [script for script in page.all("script") if script.get("src")] == []
    assert page.all("link") == page.all("iframe") == page.all("base") == []
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []


def test_plotly_is_inside_once(study: StudyFolder) -> None:
    page = page_of(study)
    assert [script.get("type", "") for script in page.all("script")] == ["application/json", "", ""]
    assert page.html.count("* plotly.js v") == 1


def test_hostile_text_of_records_stays_text(make: Make, tmp_path: Path) -> None:
    def spoil(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 1, "family"] = HOSTILE
        return records

    folders = [make(f"{HOSTILE}/demo", trials=4, lost={0: ("failed", HOSTILE)}, pictures=False)]
    folders.append(make("demo", trials=3, pictures=False))
    page = page_of(*(edited(folder, spoil) for folder in folders))
    assert len(page.all("script")) == 3
    assert [tag for tag in page.all("img") if tag.get("src") == "x"] == []
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    assert "<" not in page.scripts[0]
    assert page.trials["reason"][0] == HOSTILE
    assert HOSTILE in page.trials["group"][1]
    assert HOSTILE in page.text


def test_two_studies_in_one_page(make: Make) -> None:
    page = page_of(make("one", trials=6), make("two", trials=3))
    assert page.trials["index"] == list(range(9))
    assert page.trials["study"] == ["one"] * 6 + ["two"] * 3
    assert page.trials["trial"] == [*range(6), *range(3)]
    assert len(page.all("input")) == 6  # three families each
    assert set(page.pictures) == set(range(9))
    assert "one and two" in page.text


def test_a_page_of_a_thousand_trials_is_below_ten_megabytes(make: Make) -> None:
    study = make("large", trials=1000, pictures=False, suite=True, milestones=1)
    rng = np.random.default_rng(0)
    first = study.trial(0).pictures
    first.mkdir()
    for name, size in SIZES.items():
        (first / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + rng.bytes(size - 8))
    for number in range(1, 1000):
        study.trial(number).pictures.symlink_to(first)
    page = page_of(study)
    assert len(page.html.encode()) < 10_000_000
    inside = [s for one in page.pictures.values() for s in one.values() if s.startswith("data:")]
    assert sum(map(len, inside)) > 0.95 * ROOM * 4 / 3  # the room is used
    assert len(page.pictures) == 1000


@pytest.mark.parametrize("ended", ["none", "lost"])
def test_a_study_without_a_result(make: Make, ended: str) -> None:
    study = make("empty", trials=2, lost={0: ("failed", "x"), 1: ("infeasible", "y")})
    if ended == "none":
        study.records.unlink()
    page = page_of(study)
    assert page.data["figures"] == {"objectives": {}, "parallel": {}, "slices": {}}
    said = "No trial has ended yet" if ended == "none" else "2 trials ended, none of them with a result"
    assert said in page.text
    assert len(page.all("option")) == (0 if ended == "none" else 2)


def test_a_complete_trial_without_a_finite_objective_is_in_the_list_alone(study: StudyFolder) -> None:
    def lose(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 0, "disentanglement"] = np.nan
        return records

    page = page_of(edited(study, lose))
    assert "3 trials without a result (1 unusable, 1 infeasible, 1 failed)" in page.text
    assert page.trials["values"][1]["test"][0] is None
    assert page.trials["values"][0]["test"][0] is not None


def test_one_objective_and_one_trial(make: Make) -> None:
    objectives = [{"name": "reconstruction", "direction": "minimize"}]
    study = make("one", trials=1, edit=lambda space: {**space, "objectives": objectives, "reference": {}})
    page = page_of(study)
    assert "ringed: the best." in page.text
    assert page.trials["front"] == [True]
    assert list(page.data["figures"]["objectives"]) == ["reconstruction"]


def test_the_script_asks_for_elements_and_data_that_are_there(study: StudyFolder) -> None:
    page = page_of(study)
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    asked = set(re.findall(r'(?:byId|selected)\("([^"]+)"\)', page.scripts[2]))
    assert asked - ids == {"everything"}  # only where a trial lies beyond the axes
    assert set(re.findall(r"(?<!\.)\bdata\.(\w+)", page.scripts[2])) <= set(page.data)
    assert set(re.findall(r"\btrials\.(\w+)", page.scripts[2])) <= set(page.trials)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")
def test_a_browser_draws_it_and_shows_the_trial_of_the_address(make: Make, tmp_path: Path, explored: None) -> None:
    study = make("drawn", trials=6, lost={1: ("failed", HOSTILE)})
    write_report([study.path])
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=1400,4000",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    address = f"{study.explore.as_uri()}#drawn/1"
    done = subprocess.run(
        ["chromium", *flags, "--virtual-time-budget=20000", "--dump-dom", address],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "<title>drawn: trials</title>" in done.stdout
    assert re.search(r'id="headline"[^>]*>Trial 1, ', done.stdout)
    for figure in ("objectives", "parallel"):
        assert re.search(rf'id="{figure}"[^>]*class="js-plotly-plot"', done.stdout)
    assert done.stdout.count('class="js-plotly-plot"') == 2 + 5
