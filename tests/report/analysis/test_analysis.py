"""The report's numbers and words, against slow computations from the records, and for every kind of unequal effort."""

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis import analysis as analysis_module
from study.report.analysis.analysis import Analysis, setting_columns, setting_text, settings_sentence
from study.report.sections.failures import failures
from study.report.sentences import summary
from tests.report.made import Make, analysis_of, edited


def caveats(analysis: Analysis) -> dict[str, str]:
    return dict(summary.caveats(analysis))


def test_front_and_hypervolume_are_those_of_the_test_values(study: StudyFolder) -> None:
    records = read_records(study.records)
    records = records[records["state"] == "complete"]
    points = records[["reconstruction", "disentanglement"]].to_numpy()
    front = {
        int(records["trial"].iloc[i])
        for i, (r, d) in enumerate(points)
        if not any(r2 <= r and d2 >= d and (r2 < r or d2 > d) for r2, d2 in points)
    }
    analysis = analysis_of(study)
    assert set(analysis.front["trial"]) == front
    assert analysis.front["reconstruction"].is_monotonic_increasing

    # Hypervolume by counting cells of a fine grid up to the space's reference point.
    r_grid, d_grid = np.meshgrid(np.linspace(0, 565, 5651)[:-1] + 0.05, np.linspace(0.2, 1, 801)[:-1] + 0.0005)
    for group in analysis.groups:
        own = points[(records["family"] == group.family).to_numpy()]
        covered = np.zeros(r_grid.shape, dtype=bool)
        for r, d in own:
            covered |= (r_grid >= r) & (d_grid <= d)
        assert group.hypervolume == pytest.approx(covered.sum() * 0.1 * 0.001, abs=0.3)


def test_the_validation_front_is_that_of_the_validation_values(study: StudyFolder) -> None:
    def swap(records: pd.DataFrame) -> pd.DataFrame:
        # On validation images trial 0 is the best of all, and nothing else changes.
        records.loc[records["trial"] == 0, ["validation_reconstruction", "validation_disentanglement"]] = [1.0, 1.0]
        return records

    before = set(analysis_of(study).front["trial"])
    edited(study, swap)
    analysis = analysis_of(study)
    assert set(analysis.front["trial"]) == before
    assert analysis.complete.loc[analysis.complete["validation_front"], "trial"].tolist() == [0]


def test_untrained_models_are_the_lines_before_the_first_step(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert len(analysis.untrained) == 12
    assert analysis.untrained["reconstruction"].to_numpy() == pytest.approx(2839.1)
    assert summary.untrained_sentence(analysis) == (
        "Before training, the 12 models have a median reconstruction 2,839 nats per image and disentanglement 0.310."
    )


def test_best_of_each_family(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    records = read_records(study.records)
    for group in analysis.groups:
        own = records[(records["family"] == group.family) & (records["state"] == "complete")]
        for objective, extreme in zip(analysis.objectives, ("min", "max"), strict=True):
            best = analysis.best(group, objective)
            assert best is not None
            assert best[objective.name] == getattr(own[objective.name], extreme)()


def test_rounding_to_whole_batches_is_not_unequal(make: Make) -> None:
    analysis = analysis_of(make("odd", overrides={"images": 400_001}))
    assert analysis.complete["images_trained"].nunique() > 1
    assert not analysis.unequal_images


def test_values_that_are_not_finite_are_left_out_and_counted(make: Make) -> None:
    study = make("holes")

    def spoil(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 3, "reconstruction"] = np.nan
        records.loc[records["trial"] == 5, "disentanglement"] = np.inf
        return records

    edited(study, spoil)
    analysis = analysis_of(study)
    assert not {3, 5} & set(analysis.complete["trial"])
    (found,) = failures(analysis)
    assert (found.state, found.reason) == ("complete", "without a finite value of every objective, so left out")
    assert (found.trials, found.which) == (2, "trials 3, 5")


def test_several_studies_share_axes_and_reference(make: Make) -> None:
    longer, shorter = make("longer", overrides={"images": 800_000}), make("shorter")
    both = analysis_of(longer, shorter)
    assert [group.name for group in both.groups][:2] == ["beta-vae (longer)", "wae-gaussian (longer)"]
    assert both.unequal_images
    alone = analysis_of(shorter)
    assert [g.hypervolume for g in both.groups if g.study == "shorter"] == [g.hypervolume for g in alone.groups]
    assert "beta-vae (longer) 4 complete trials, 3,200,000 images" in caveats(both)["Unequal effort"]


def test_the_floor_of_several_parts_is_the_lowest_that_is_known(make: Make) -> None:
    """Two studies may have been measured on other test images each; a trial may lack the value."""
    study = make("squares", space="fading_squares", trials=4)
    edited(study, lambda records: records.assign(reconstruction_floor=[np.nan, 18.3, 17.9, -np.inf]))
    assert analysis_of(study).floor("reconstruction") == 17.9
    edited(study, lambda records: records.assign(reconstruction_floor=np.nan))
    assert analysis_of(study).floor("reconstruction") is None


@pytest.mark.parametrize(("counts", "unequal"), [([100, 101], False), ([100, 102], True), ([4, 3], True), ([4], False)])
def test_a_hundredth_more_is_no_unequal_effort(counts: list[int], unequal: bool) -> None:
    assert analysis_module._unequal(counts) is unequal


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (float("nan"), "–"), (1200, "1,200"), (4.0, "4"), (0.12345, "0.123"), (True, "True")],
)
def test_settings_as_shown(value: object, text: str) -> None:
    assert setting_text(value) == text


def test_what_a_family_does_not_have_is_not_in_its_sentence() -> None:
    row = {"latent_dim": 16, "beta": float("nan"), "lambda_1": 0.5}
    assert settings_sentence(row, ["latent_dim", "beta", "lambda_1"]) == "latent_dim 16, lambda_1 0.5"


def test_what_was_searched_is_shown(make: Make) -> None:
    columns = setting_columns(analysis_of(make("some", trials=6, pictures=False)))
    assert {"latent_dim", "beta", "lambda_1"} <= set(columns)
    assert not {"family", "seed", "dataset", "precision", "width"} & set(columns)
