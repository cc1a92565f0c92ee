"""The list of trials on the interactive page, their pictures and links."""

import base64
import shutil
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import analyse
from study.report.explore.trials import thinned, trial_pictures
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.text import format
from tests.report.explore.read_page import edited, page_of

Make = Callable[..., StudyFolder]


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
