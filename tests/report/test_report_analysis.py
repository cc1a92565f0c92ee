"""The report's numbers and words, against slow computations from the records, and for every kind of unequal effort."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import Analysis, analyse
from study.report.analysis.axes import axis_range
from study.report.drawing.style import Look
from study.report.published.numbers import budget, figure4
from study.report.read.studies import load_studies
from study.report.sections import effort, provenance, summary
from study.report.sections.failures import Failure, failures
from study.report.sections.objectives_figure import objectives_figure
from study.report.sections.winner import winner_sentences
from study.report.text import format
from study.system.errors import InputError

Make = Callable[..., StudyFolder]


def analysis_of(*studies: StudyFolder) -> Analysis:
    return analyse(load_studies([study.path for study in studies]))


def caveats(analysis: Analysis) -> dict[str, str]:
    return dict(summary.caveats(analysis))


def edit_records(study: StudyFolder, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(read_records(study.records)).to_csv(study.records, index=False)


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
    edit_records(study, swap)
    analysis = analysis_of(study)
    assert set(analysis.front["trial"]) == before
    assert analysis.complete.loc[analysis.complete["validation_front"], "trial"].tolist() == [0]


def test_untrained_models_are_the_lines_before_the_first_step(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert len(analysis.untrained) == 12
    assert analysis.untrained["reconstruction"].to_numpy() == pytest.approx(2839.1)
    assert summary.untrained_sentence(analysis) == (
        "Untrained, the 12 models have a median reconstruction 2,839 nats per image and disentanglement 0.310."
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


def test_a_lost_trial_makes_the_effort_unequal(study: StudyFolder, make: Make) -> None:
    text = caveats(analysis_of(study))["Unequal effort"]
    assert "wae-gaussian 2 complete trials, 672,000 images" in text  # two ended at 40 % of 240,000
    assert "Trials without a result: 2 of wae-gaussian." in text
    assert "from unequal effort" in winner_sentences(analysis_of(study))[0]
    whole = analysis_of(make("whole"))
    assert "Unequal effort" not in caveats(whole)
    assert "unequal" not in winner_sentences(whole)[0]


def test_unequal_images_are_unequal_effort(make: Make) -> None:
    analysis = analysis_of(make("squares", space="fading_squares", trials=9))
    assert not analysis.unequal_trials
    assert analysis.unequal_images
    assert "same number of steps; their batch sizes differ" in caveats(analysis)["Unequal effort"]


def test_rounding_to_whole_batches_is_not_unequal(make: Make) -> None:
    analysis = analysis_of(make("odd", overrides={"images": 400_001}))
    assert analysis.complete["images_trained"].nunique() > 1
    assert not analysis.unequal_images


@pytest.mark.parametrize(
    ("images", "short"),
    [(400_000, "6.7 % of the paper's 6,000,000"), (3_000_000, "50 % of the paper's"), (6_000_000, "")],
)
def test_a_budget_below_the_papers_is_said(make: Make, images: int, short: str) -> None:
    analysis = analysis_of(make("budget", overrides={"images": images}))
    found = caveats(analysis).get("A short budget", "")
    assert short in found
    assert ("flatters WAEs" in found) == bool(short)
    assert found.endswith("says nothing about a longer one.") == bool(short)
    (lead, trained) = effort.budget_sentences(analysis, analysis.studies[0])
    assert lead == "12 trials on dsprites, preset quick: 12 complete."
    assert f"each model on {images:,} images" in trained


def test_a_study_of_waes_alone_is_not_told_about_beta_vaes(make: Make) -> None:
    analysis = analysis_of(make("waes", overrides={"family": "wae-gaussian"}))
    assert "beta-VAE" not in caveats(analysis)["A short budget"]


def test_a_running_study_says_so(make: Make) -> None:
    analysis = analysis_of(make("running", trials=12, ended=4))
    lead = effort.budget_sentences(analysis, analysis.studies[0])[0]
    assert lead == "Still running, or cut short: 4 of 12 planned trials on dsprites ended (4 complete)."
    assert "Not all planned trials have ended." in caveats(analysis)["Unequal effort"]


def test_replicates_are_not_called_single_seeds(study: StudyFolder) -> None:
    assert "one seed" in caveats(analysis_of(study))["The best of several"]
    edit_records(study, lambda records: records.assign(config_id="same"))
    assert "one seed" not in caveats(analysis_of(study))["The best of several"]


def test_lost_trials_by_reason(study: StudyFolder) -> None:
    assert failures(analysis_of(study)) == [
        Failure("failed", "OSError: no space left on device", 1, "1 wae-gaussian", "trial 7"),
        Failure("infeasible", "the loss is not finite at step 1,204", 1, "1 wae-gaussian", "trial 4"),
    ]


def test_reasons_that_differ_in_numbers_only_are_one(make: Make) -> None:
    lost = {number: ("infeasible", f"the loss is not finite at step 1,{number}04") for number in (1, 4, 5)}
    assert failures(analysis_of(make("diverged", lost=lost, pictures=False))) == [
        Failure(
            "infeasible",
            "the loss is not finite at step 1,104 (and 2 with other numbers)",
            3,
            "2 wae-gaussian and 1 wae-uniform",
            "trials 1, 4, 5",
        )
    ]


def test_values_that_are_not_finite_are_left_out_and_counted(make: Make) -> None:
    study = make("holes")

    def spoil(records: pd.DataFrame) -> pd.DataFrame:
        records.loc[records["trial"] == 3, "reconstruction"] = np.nan
        records.loc[records["trial"] == 5, "disentanglement"] = np.inf
        return records

    edit_records(study, spoil)
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


def test_the_same_folder_twice_is_one_study(study: StudyFolder) -> None:
    assert len(load_studies([study.path, study.path / "." / "figures" / ".."])) == 1


def test_studies_of_one_name_are_told_apart_by_folder(make: Make) -> None:
    first, second = make("a/same"), make("b/same")
    assert [s.label for s in load_studies([first.path, second.path])] == [str(first.path), str(second.path)]


def test_studies_without_common_objectives_are_refused(study: StudyFolder, make: Make, tmp_path: Path) -> None:
    squares = make("squares", space="fading_squares", trials=3)
    with pytest.raises(InputError, match=r"share dataset and objectives; received mean_pixel_deviation \(minimize\)"):
        load_studies([study.path, squares.path])
    with pytest.raises(InputError, match="no study there"):
        load_studies([tmp_path / "nothing"])
    with pytest.raises(InputError, match="received none"):
        load_studies([])


def test_without_a_reference_there_is_no_hypervolume(make: Make) -> None:
    analysis = analysis_of(make("bare", edit=lambda space: {**space, "reference": {}}))
    assert {group.hypervolume for group in analysis.groups} == {None}
    assert "names no reference point" in summary.reference_sentence(analysis)


def test_the_papers_numbers() -> None:
    dsprites = budget("dsprites")
    assert dsprites is not None
    assert dsprites.images == 6_000_000
    assert budget("no-such-dataset") is None
    behind = figure4("dsprites", "reconstruction", "disentanglement")
    assert behind is not None
    assert {family: len(points) for family, points in behind.points.items()} == {
        "wae-gaussian": 9,
        "wae-uniform": 9,
        "beta-vae": 7,
    }
    best = {family: points[points[:, 1].argmax()].tolist() for family, points in behind.points.items()}
    assert best == {"wae-gaussian": [93, 0.937], "wae-uniform": [93, 0.832], "beta-vae": [155, 0.85]}
    turned = figure4("dsprites", "disentanglement", "reconstruction")
    assert turned is not None
    assert (turned.points["beta-vae"] == behind.points["beta-vae"][:, ::-1]).all()
    alike = figure4("dsprites", "reconstruction", "disentanglement_adagrad")
    assert alike is not None
    assert (alike.points["wae-uniform"] == behind.points["wae-uniform"]).all()
    assert "Adagrad" in behind.label
    assert figure4("fading_squares", "reconstruction", "disentanglement") is None
    assert figure4("dsprites", "reconstruction", "frechet_factors") is None


def test_the_papers_scores_are_said_to_be_by_another_classifier_and_by_how_much(make: Make) -> None:
    study = make("scored", pictures=False)
    assert "the accuracy at the optimum, as a rule a few points higher" in paper_score(study)

    def fitted(records: pd.DataFrame) -> pd.DataFrame:
        lower = pd.Series(np.nan, records.index)
        lower[:3] = records["disentanglement"][:3] - [0.01, 0.06, -0.01]
        return records.assign(disentanglement_adagrad=lower)

    edit_records(study, fitted)
    assert "here 2.0 points higher on average (−1.0 to 6.0)" in paper_score(study)


def test_the_papers_scores_are_said_to_be_the_same_where_adagrad_is_the_objective(make: Make) -> None:
    adagrad = {"reconstruction": "minimize", "disentanglement_adagrad": "maximize"}
    reference = {"reconstruction": 565, "disentanglement_adagrad": 0.2}
    study = make("alike", pictures=False, edit=lambda space: {**space, "objectives": adagrad, "reference": reference})
    assert paper_score(study).endswith("was fitted by Adagrad, as that of disentanglement_adagrad.")
    assert "optimum" not in summary.paper_share_sentence(analysis_of(study))


def test_nothing_is_said_of_the_papers_scores_where_none_are_drawn(make: Make) -> None:
    assert paper_score(make("squares", space="fading_squares", pictures=False)) == ""


def paper_score(study: StudyFolder) -> str:
    return summary.paper_score_sentence(analysis_of(study))


def test_an_axis_leaves_diverged_models_off_but_never_good_ones() -> None:
    values = np.array([50.0, 60, 70, 80, 5000])
    nothing = np.empty(0)
    cut = axis_range(values, 1, nothing)
    assert cut.low < 50
    assert 80 < cut.high < 100
    assert axis_range(values, 1, np.array([5000.0])).high > 5000  # a non-dominated trial is always shown
    assert axis_range(values, -1, nothing).high > 5000  # where large is good, 5000 is no outlier to hide
    assert axis_range(-values, -1, nothing).low > -100
    assert axis_range(values[:4], 1, nothing, optional=90).high > 90
    assert axis_range(values[:4], 1, nothing, optional=2839).high < 100
    single = axis_range(np.array([3.0]), 1, nothing)
    assert single.low < 3 < single.high
    assert axis_range(values[:4], 1, nothing, bound=40).low < 40
    assert axis_range(values[:4], 1, nothing, bound=-900).low == axis_range(values[:4], 1, nothing).low
    assert axis_range(values[:4], 1, nothing, bound=55) == axis_range(values[:4], 1, nothing)
    assert axis_range(values[:4], -1, nothing, bound=90).high > 90
    empty = axis_range(nothing, 1, nothing)
    assert empty.low < empty.high


@pytest.mark.parametrize(
    ("value", "metric", "text"),
    [
        (112.345, "reconstruction", "112.3"),
        (2839.12, "reconstruction", "2,839"),
        (0.88888, "disentanglement", "0.889"),
        (0.012345, "mean_pixel_deviation", "0.01235"),
        (0.05, "mig", "0.050"),
        (0.98765, "explicitness", "0.988"),
        (0.5, "factor_vae", "0.500"),
        (0.00012345, "kid", "0.0001234"),
        (0.05, "", "0.05"),
        (float("nan"), "reconstruction", "–"),
    ],
)
def test_numbers_as_shown(value: float, metric: str, text: str) -> None:
    assert format.number(value, metric) == text


def test_the_floor_of_grey_data_is_that_of_the_records(make: Make) -> None:
    squares, binary = analysis_of(make("squares", space="fading_squares", trials=6)), analysis_of(make("binary"))
    assert squares.floor("reconstruction") == squares.floor("reconstruction_mean") == 18.3
    assert squares.floor("reconstruction_batch") is None  # other images, whose entropy is another
    assert squares.floor("mean_pixel_deviation") is None
    assert binary.floor("reconstruction") is None
    said = (
        "No model's reconstruction can be below 18.3 nats per image: the entropy of the test images' own grey levels."
    )
    results = summary.result_sentences(squares)
    assert results[[text.startswith("Best reconstruction") for text in results].index(True) + 1] == said
    assert "below" not in " ".join(summary.result_sentences(binary))


def test_the_floor_of_several_parts_is_the_lowest_that_is_known(make: Make) -> None:
    """Two studies may have been measured on other test images each; a trial may lack the value."""
    study = make("squares", space="fading_squares", trials=4)
    edit_records(study, lambda records: records.assign(reconstruction_floor=[np.nan, 18.3, 17.9, -np.inf]))
    assert analysis_of(study).floor("reconstruction") == 17.9
    edit_records(study, lambda records: records.assign(reconstruction_floor=np.nan))
    assert analysis_of(study).floor("reconstruction") is None


def test_the_floor_is_a_line_where_the_axis_reaches_it(make: Make) -> None:
    study = make("squares", space="fading_squares", trials=9)

    def heights(floor: float) -> tuple[list[float], float, list[str]]:
        edit_records(study, lambda records: records.assign(reconstruction_floor=floor))
        figure = objectives_figure(analysis_of(study), Look())
        assert figure is not None
        ax = figure.axes[0]
        lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines]
        flat = [float(y[0]) for y in lines if len(y) == 2 and y[0] == y[1]]
        return flat, ax.get_ylim()[0], [text.get_text() for text in ax.texts]

    flat, low, texts = heights(18.3)
    assert 18.3 in flat
    assert low < 18.3
    assert "floor 18.3" in texts
    flat, low, texts = heights(-500.0)
    assert -500.0 not in flat
    assert low > 0
    assert not any(text.startswith("floor") for text in texts)


def test_facts_that_differ_are_summed_up_and_metrics_are_no_facts(study: StudyFolder) -> None:
    def described(records: pd.DataFrame) -> pd.DataFrame:
        long = [f"{trial % 2} {'many words of a set-up ' * 4}" for trial in records["trial"]]
        each = [f"setup {trial}" for trial in records["trial"]]
        return records.assign(long_setup=long, own_setup=each, endless="x" * 5000, full_disentanglement=0.5)

    edit_records(study, described)
    facts = dict(provenance.of(load_studies([study.path])[0]).facts)
    assert facts["long setup"] == "2 different"
    assert facts["own setup"] == "12 different"
    assert facts["endless"] == "x" * provenance.LONGEST_VALUE + "…"
    assert facts["frechet factors setup"].startswith("10,000 samples")
    assert not {"full disentanglement", "full mig", "mig", "reconstruction floor"} & set(facts)
    assert not [name for name in facts if "standard error" in name or name.startswith("validation")]
