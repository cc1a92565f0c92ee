"""The interactive page: one safe file within its size, whose table of trials is that of the records, in every state."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import analyse
from study.report.explore.page import explore_page
from study.report.explore.trials import ROOM, thinned, trial_pictures
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.text import format
from study.report.write import write_report
from tests.valid_html import assert_valid

Make = Callable[..., StudyFolder]

SIZES = {"reconstructions": 7_514, "samples": 33_490, "traversal": 62_199}
"""Bytes of the pictures of a trial on dSprites, as measured."""

HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"


class Explore(HTMLParser):
    """The page, read: its tags, its scripts, the words outside them, and its data."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.data: dict[str, Any] = json.loads(self.scripts[0])
        self.trials: dict[str, Any] = self.data["trials"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.scripts and self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.tags and self.tags[-1][0] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def pictures(self) -> dict[int, dict[str, str]]:
        return {int(index): sources for index, sources in self.data["pictures"].items()}


def page_of(*studies: StudyFolder, room: int = ROOM) -> Explore:
    analysis = analyse(load_studies([study.path for study in studies]))
    html = explore_page(analysis, Album(studies[0].explore, room))
    assert_valid(html)
    return Explore(html)


def edited(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> StudyFolder:
    edit(read_records(study.records)).to_csv(study.records, index=False)
    return study


def test_report_and_page_are_written_beside_each_other_and_linked(study: StudyFolder, explored: None) -> None:
    write_report([study.path])
    page = Explore(study.explore.read_text(encoding="utf-8"))
    links = [link["href"] for link in page.all("a")]
    assert [(study.path / link).resolve() for link in links] == [study.report.resolve()]
    assert f'href="{study.explore.name}"' in study.report.read_text(encoding="utf-8")
    assert study.explore.parent == study.report.parent


def test_the_table_of_trials_is_that_of_the_records(study: StudyFolder) -> None:
    records, trials = read_records(study.records), page_of(study).trials
    for column in ("trial", "state", "reason"):
        assert trials[column] == records[column].tolist()
    assert trials["group"] == records["family"].tolist()
    assert trials["index"] == list(range(len(records)))

    def texts(column: str, metric: str) -> list[str | None]:
        return [None if pd.isna(value) else format.number(value, metric) for value in records[column]]

    for shown, name in zip(trials["values"], ("reconstruction", "disentanglement"), strict=True):
        assert shown["test"] == texts(name, name)
        assert shown["validation"] == texts(f"validation_{name}", name)
    assert {metric["name"]: metric["texts"] for metric in trials["metrics"]}["mig"] == texts("mig", "mig")
    settings = {setting["name"]: setting["texts"] for setting in trials["settings"]}
    assert {"latent dim", "lambda 1", "beta", "kernel bandwidth", "batch size", "seed"} <= set(settings)
    assert settings["seed"] == [str(seed) for seed in records["seed"]]
    assert [text is None for text in settings["beta"]] == records["beta"].isna().tolist()
    assert settings["batch size"] == [f"{size:.0f}" for size in records["batch_size"]]


def test_a_trial_links_to_its_run_where_that_has_a_page(study: StudyFolder) -> None:
    trials = page_of(study).trials
    for number, run, url in zip(trials["trial"], trials["run"], trials["url"], strict=True):
        assert run == f"{number:032x}"
        assert url == ("" if number % 2 else f"http://127.0.0.1:5000/#/experiments/1/runs/{run}")


def test_the_list_has_every_trial_once_the_front_first(study: StudyFolder) -> None:
    page = page_of(study)
    options = [int(option["value"]) for option in page.all("option") if "value" in option]
    assert sorted(options) == page.trials["index"]
    front = [index for index, on in zip(page.trials["index"], page.trials["front"], strict=True) if on]
    assert set(options[: len(front)]) == set(front)
    headings = [group["label"] for group in page.all("optgroup")]
    assert headings[0] == "non-dominated"
    assert headings[-2:] == ["infeasible, without a result", "failed, without a result"]


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


def test_pictures_are_inside_while_there_is_room_the_best_first(study: StudyFolder) -> None:
    everything = page_of(study).pictures
    done = read_records(study.records).query("state == 'complete'")
    assert set(everything) == set(done.index)
    assert all(source.startswith("data:image/png;base64,") for one in everything.values() for source in one.values())
    first = next(iter(trial_pictures(analyse(load_studies([study.path])), Album(study.explore, 0))))
    size = sum(path.stat().st_size for path in study.trial(first).pictures.iterdir())
    some = page_of(study, room=size)
    inside = {trial for trial, one in some.pictures.items() if all(s.startswith("data:") for s in one.values())}
    assert inside == {first}
    best = done.groupby("family")["reconstruction"].idxmin()
    assert first in set(best)
    assert f"{3 * (len(done) - 1)} pictures did not fit into this page" in some.text
    for trial, one in some.pictures.items():
        for name, source in one.items():
            content = (study.trial(trial).pictures / f"{name}.png").read_bytes()
            if trial == first:
                assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == content
            else:
                assert (study.path / source).read_bytes() == content


def test_a_trial_without_pictures_or_with_damaged_ones_has_the_others(study: StudyFolder) -> None:
    shutil.rmtree(study.trial(0).pictures)
    (study.trial(1).pictures / "samples.png").write_text("no picture")
    pictures = page_of(study).pictures
    assert 0 not in pictures
    assert set(pictures[1]) == {"reconstructions", "traversal"}


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


def test_of_very_many_trials_the_front_and_a_sample_are_shown(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make("many", trials=60, pictures=False, lost={3: ("pruned", "")})
    analysis = analyse(load_studies([study.path]))
    few = thinned(analysis, 25)
    assert len(few.trials) == 25
    assert set(analysis.front.index) <= set(few.trials.index)
    assert few.trials.index.equals(thinned(analysis, 25).trials.index)
    assert sum(len(group.complete) for group in few.groups) == len(few.complete)
    assert thinned(analysis, 60) is analysis
    monkeypatch.setattr("study.report.explore.page.thinned", lambda analysis: thinned(analysis, 25))
    page = page_of(study)
    assert page.trials["index"] == few.trials.index.tolist()
    assert "Of 60 trials, 25 are on this page" in page.text


def test_pruned_trials_are_in_the_list_with_where_they_were_stopped(make: Make) -> None:
    def stop(records: pd.DataFrame) -> pd.DataFrame:
        stopped = records["trial"] == 4
        return records.assign(
            rung=np.where(stopped, 9000, np.nan), rung_reconstruction=np.where(stopped, 151.27, np.nan)
        )

    page = page_of(edited(make("pruned", trials=6, lost={4: ("pruned", "stopped at 9,000 images")}), stop))
    assert page.trials["state"][4] == "pruned"
    texts = {metric["name"]: metric["texts"][4] for metric in page.trials["metrics"]}
    assert texts["images seen when stopped"] == "9,000"
    assert texts["reconstruction when stopped, on validation images"] == "151.3"
    assert "1 trial without a result (1 pruned)" in page.text
    for figure in page.data["figures"]["objectives"].values():
        assert 4 not in [trial for trace in figure["data"] for trial in trace.get("customdata", [])]


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


def test_every_variable_of_the_style_is_defined_on_light_and_on_dark_ground(study: StudyFolder, explored: None) -> None:
    write_report([study.path])
    for path in (study.explore, study.report):
        html = path.read_text(encoding="utf-8")
        page = re.sub("<script>.*?</script>", "", html, count=1, flags=re.DOTALL)  # plotly.js
        light, dark = (set(re.findall(r"--([\w-]+):", rule)) for rule in re.findall(r":root {(.*?)}", page))
        used = set(re.findall(r"var\(--([\w-]+)\)", page))
        assert {"ink", "family-beta-vae"} < used
        placed = {"x", "y", "narrow-x", "narrow-y"}  # of the links over the points
        assert used - placed <= light
        assert light - dark == {"font"}


def test_the_script_asks_for_elements_and_data_that_are_there(study: StudyFolder) -> None:
    page = page_of(study)
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    asked = set(re.findall(r'(?:byId|selected)\("([^"]+)"\)', page.scripts[2]))
    assert asked - ids == {"everything"}  # only where a trial lies beyond the axes
    assert set(re.findall(r"(?<!\.)\bdata\.(\w+)", page.scripts[2])) <= set(page.data)
    assert set(re.findall(r"\btrials\.(\w+)", page.scripts[2])) <= set(page.trials)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")
def test_a_browser_draws_it_and_shows_the_trial_of_the_address(make: Make, tmp_path: Path) -> None:
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
