"""Which row a name means."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.paper.answers import collect_evidence, configurations_of, read_arrays, row_called
from study.report.paper.row import Arrays, Evidence, Row
from study.report.read.studies import load_studies


def test_figures_go_by_number_or_name() -> None:
    assert [row_called(text) for text in ("4", "figure4", "Figure 4", "headline")] == [*["figure4"] * 3, "headline"]


Make = Callable[..., StudyFolder]


def used(arrays: Arrays) -> dict[str, float]:
    return {"used": float(arrays["code_variance"].sum())}


ROW = Row(draw=lambda evidence, look: None, columns=used)


def gathered(*studies: StudyFolder, row: Row = ROW) -> tuple[Evidence, tuple[str, ...]]:
    return collect_evidence(load_studies([study.path for study in studies]), row)


def test_the_table_has_complete_trials_with_settings_test_metrics_and_columns(figure4: Make) -> None:
    study = figure4(seeds=2, state=lambda number: "failed" if number == 3 else "complete")
    evidence, notes = gathered(study)
    trials = evidence.trials
    assert notes == ()
    assert len(trials) == 53
    assert 3 not in trials["trial"].tolist()
    assert {"reconstruction", "family", "lambda_1", "config_id", "replicate", "used"} <= set(trials.columns)
    assert not [column for column in trials if str(column).startswith(("validation_", "full_"))]
    with np.load(study.trial(5).arrays) as arrays:
        expected = float(arrays["code_variance"].sum())
    assert trials.loc[trials["trial"] == 5, "used"].item() == pytest.approx(expected)
    assert (evidence.dataset, evidence.distance) == ("dsprites", None)
    assert set(trials["dataset"]) == {"dsprites"}  # a stand-in's name has its intrinsic dimension


def test_replicates_count_the_trials_of_a_configuration(figure4: Make) -> None:
    trials = gathered(figure4(seeds=3, arrays=False), row=Row(draw=lambda evidence, look: None))[0].trials
    for _, own in trials.groupby("config_id"):
        assert own["replicate"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut", b"no archive", "no such array", "pickled", "npy"])
def test_arrays_that_cannot_be_read_cost_their_trial_its_columns(figure4: Make, content: bytes | str | None) -> None:
    study = figure4(seeds=1)
    path = study.trial(2).arrays
    if content is None:
        path.unlink()
    elif content == "no such array":
        np.savez(path, other=np.zeros(3))
    elif content == "pickled":
        np.savez(path, code_variance=np.array([{}], dtype=object))
    elif content == "npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        assert isinstance(content, bytes)
        path.write_bytes(content)
    evidence, notes = gathered(study)
    assert notes == ("No arrays of trial 2: arrays.npz is not there, or cannot be read.",)
    assert evidence.trials["used"].isna().tolist() == [number == 2 for number in range(27)]
    if content != "no such array":
        assert dict(evidence.arrays("paper-figure4", 2)) == {}


def test_a_cut_archive_is_no_archive(figure4: Make) -> None:
    path = figure4(seeds=1).trial(0).arrays
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert dict(read_arrays(path)) == {}


def test_a_study_without_arrays_or_without_a_complete_trial_has_evidence_all_the_same(figure4: Make) -> None:
    evidence, notes = gathered(figure4(seeds=1, arrays=False))
    assert len(evidence.trials) == 27
    assert "used" not in evidence.trials
    assert notes == ("No arrays of trials 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 15 more: "
                     "arrays.npz is not there, or cannot be read.",)  # fmt: skip
    for study in (figure4("none", ended=0), figure4("lost", seeds=1, state=lambda number: "pruned")):
        evidence, notes = gathered(study)
        assert len(evidence.trials) == 0
        assert {"config_id", "replicate", "family"} <= set(evidence.trials.columns)
        assert notes == ()


def test_one_trial_in_two_studies_counts_once(figure4: Make) -> None:
    one, copy = figure4("one", seeds=1, arrays=False), figure4("two", seeds=2, arrays=False)
    trials = gathered(one, copy)[0].trials
    assert len(trials) == 54
    assert isinstance(trials, pd.DataFrame)
    assert trials["replicate"].max() == 1


def test_every_configuration_that_a_grid_plans_is_there_whether_it_has_run_or_not(figure4: Make) -> None:
    cut = figure4(seeds=3, arrays=False, ended=30, state=lambda number: "failed" if number in (2, 29) else "complete")
    evidence, _ = gathered(cut, row=Row(draw=lambda evidence, look: None))
    grid = evidence.configurations
    assert (grid["planned"] == 3).all()
    assert grid["config_id"].nunique() == len(grid) == 27
    assert grid["lost"].sum() == 2
    assert grid.loc[grid["lost"] > 0, "lost"].tolist() == [2]  # the third point, in its first and second replicate
    tried = evidence.trials.drop_duplicates("config_id")
    assert set(tried["config_id"]) < set(grid["config_id"])
    both = tried.merge(grid, on="config_id", suffixes=("", "_planned"))
    for setting in ("family", "beta", "lambda_1", "dataset"):
        assert both[setting].fillna(-1).tolist() == both[f"{setting}_planned"].fillna(-1).tolist()


def test_configurations_beside_a_grid_are_not_planned(figure4: Make) -> None:
    whole, other = figure4(seeds=1, arrays=False), figure4("one", seeds=1, overrides={"latent_dim": 8}, arrays=False)
    plan = StudyPlan.load(other.plan)
    plan.model_copy(update={"sampler": "random"}).save(other.plan)
    grid = configurations_of(load_studies([whole.path, other.path]))
    assert grid.groupby("latent_dim")["planned"].unique().map(list).to_dict() == {8: [0], 16: [1]}
    assert len(grid) == 54
