"""What a report says in sentences: results, and what must be kept in mind, for every kind of unequal effort."""

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import Analysis
from study.report.analysis.volume import paper_box
from study.report.published.numbers import figure4
from study.report.sections.failures import failures
from study.report.sentences import summary
from study.report.sentences.winner import winner_sentences
from tests.report.made import Make, analysis_of, edited


def caveats(analysis: Analysis) -> dict[str, str]:
    return dict(summary.caveats(analysis))


def test_a_lost_trial_makes_the_effort_unequal(study: StudyFolder, make: Make) -> None:
    text = caveats(analysis_of(study))["Unequal effort"]
    assert "wae-gaussian 2 complete trials, 672,000 images" in text  # two ended at 40 % of 240,000
    assert "Trials without a result: 2 of wae-gaussian." in text
    assert winner_sentences(analysis_of(study))[0].startswith("No significant winner")
    whole = analysis_of(make("whole"))
    assert "Unequal effort" not in caveats(whole)


def test_unequal_images_are_unequal_effort(make: Make) -> None:
    analysis = analysis_of(make("squares", space="fading_squares", trials=9))
    assert not analysis.unequal_trials
    assert analysis.unequal_images
    assert "same number of steps; their batch sizes differ" in caveats(analysis)["Unequal effort"]


def test_a_study_of_waes_alone_is_not_told_about_beta_vaes(make: Make) -> None:
    analysis = analysis_of(make("waes", overrides={"family": "wae-gaussian"}))
    assert "beta-VAE" not in caveats(analysis)["A short budget"]


def test_replicates_are_not_called_single_seeds(study: StudyFolder) -> None:
    assert "one seed" in caveats(analysis_of(study))["The best of several"]
    edited(study, lambda records: records.assign(config_id="same"))
    assert "one seed" not in caveats(analysis_of(study))["The best of several"]


def test_without_a_reference_there_is_no_hypervolume(make: Make) -> None:
    analysis = analysis_of(make("bare", edit=lambda space: {**space, "reference": {}}))
    assert {group.hypervolume for group in analysis.groups} == {None}
    assert "names no reference point" in summary.reference_sentence(analysis)


def test_the_papers_scores_are_said_to_be_by_another_classifier_and_by_how_much(make: Make) -> None:
    study = make("scored", pictures=False)
    assert "the accuracy at the optimum, as a rule a few points higher" in paper_score(study)

    def fitted(records: pd.DataFrame) -> pd.DataFrame:
        lower = pd.Series(np.nan, records.index)
        lower[:3] = records["disentanglement"][:3] - [0.01, 0.06, -0.01]
        return records.assign(disentanglement_adagrad=lower)

    edited(study, fitted)
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


STOPPED = {3: 9_000, 5: 27_000, 6: 9_000, 8: 81_000}


@pytest.fixture
def stopped(make: Make) -> StudyFolder:
    """Twelve trials of which four were stopped, one failed after 40 % of its training, and seven are complete."""
    return make("stopped", stopped=STOPPED, lost={4: ("failed", "no space left")}, pictures=False)


def test_a_stopped_trial_has_seen_the_images_of_its_rung(stopped: StudyFolder) -> None:
    trials = analysis_of(stopped).trials.set_index("trial")
    for number, rung in STOPPED.items():
        batch = trials.loc[number, "batch_size"]
        seen = trials.loc[number, "images_trained"]
        assert rung <= seen < rung + batch
        assert seen % batch == 0
        assert trials.loc[number, "steps_trained"] == seen / batch
    assert trials.loc[4, "images_trained"] == pytest.approx(0.4 * 240_000, abs=400)
    assert (trials.loc[trials["state"] == "complete", "images_trained"] == 240_000).all()


def test_images_in_all_are_those_of_every_trial(stopped: StudyFolder) -> None:
    analysis = analysis_of(stopped)
    batches = read_records(stopped.records).set_index("trial")["batch_size"]
    seen = dict.fromkeys(range(12), 240_000) | {n: -(-rung // batches[n]) * batches[n] for n, rung in STOPPED.items()}
    seen[4] = round(0.4 * 240_000 / batches[4]) * batches[4]
    for place, group in enumerate(analysis.groups):
        assert group.images == sum(seen[number] for number in range(12) if number % 3 == place)
    assert [group.stopped for group in analysis.groups] == [2, 0, 2]
    assert analysis.unequal_trials  # the failed one is the only one without a result
    assert analysis.unequal_images


def test_stopped_trials_are_counted_and_no_failures(stopped: StudyFolder) -> None:
    analysis = analysis_of(stopped)
    (lead, trained, said) = summary.budget_sentences(analysis, analysis.studies[0])
    assert lead == "12 trials on dsprites, preset quick: 7 complete, 4 stopped early and 1 failed."
    assert trained.startswith("Trained to the end: 2 beta-vae, 3 wae-gaussian and 2 wae-uniform;")
    total = sum(group.images for group in analysis.groups)
    assert said == (
        "Stopped early, behind others that had seen as many images: 2 after 9,000 images, 1 after 27,000 and 1 after "
        f"81,000. All trials together saw {total:,.0f} images."
    )
    assert [(found.state, found.reason) for found in failures(analysis)] == [("failed", "no space left")]
    text = dict(summary.caveats(analysis))["Unequal effort"]
    assert "beta-vae 2 complete trials, 2 stopped early, 498,000 images" in text
    assert "Trials without a result: 1 of wae-gaussian." in text
    assert "decided at the rungs" in text
    assert "same number of steps" not in text


def test_one_stopped_trial_each_is_as_many_trials_and_as_many_images(make: Make) -> None:
    study = make("even", stopped=dict.fromkeys(range(3), 9_000), overrides={"batch_size": 100}, pictures=False)
    analysis = analysis_of(study)
    assert not analysis.unequal_trials
    assert not analysis.unequal_images
    assert "behind others that had seen as many images: 3 after 9,000 images." in " ".join(
        summary.budget_sentences(analysis, analysis.studies[0])
    )


def test_all_stopped(make: Make) -> None:
    study = make("none", trials=3, stopped=dict.fromkeys(range(3), 27_000), pictures=False)
    analysis = analysis_of(study)
    said = summary.budget_sentences(analysis, analysis.studies[0])
    assert said[0] == "3 trials on dsprites, preset quick: 3 stopped early."
    assert said[1].startswith("Stopped early, behind others")
    assert said[2] == "The plan gives each model 240,000 images."
    assert failures(analysis) == []


def test_without_its_files_a_lost_trial_has_seen_nothing_that_is_known(stopped: StudyFolder) -> None:
    stopped.trial(4).metrics.unlink()
    stopped.trial(3).metrics.write_text("[]\n")
    trials = analysis_of(stopped).trials.set_index("trial")
    assert trials.loc[4, "images_trained"] == 0
    assert trials.loc[3, "images_trained"] >= 9_000


def test_the_papers_box_and_what_is_dominated_of_it(stopped: StudyFolder) -> None:
    analysis = analysis_of(stopped)
    backdrop = figure4("dsprites", "reconstruction", "disentanglement")
    box = analysis.paper_box
    assert backdrop is not None
    assert box is not None
    assert box.ideal is not None
    assert box.reference.tolist() == [219, -0.656]
    assert box.ideal.tolist() == [29, -0.937]
    width, height = 219 - 29, 0.937 - 0.656
    for group in analysis.groups:
        values = group.complete[["reconstruction", "disentanglement"]].to_numpy()
        best = values[values[:, 0].argsort()]
        area, reached = 0.0, 0.656
        ends = [*best[1:, 0], 219.0]
        for (cost, score), end in zip(best, ends, strict=True):
            reached = max(reached, min(score, 0.937))
            area += max(0.0, min(end, 219) - max(cost, 29)) * (reached - 0.656)
        assert group.paper_share == pytest.approx(area / (width * height))
    said = summary.paper_share_sentence(analysis)
    assert "reconstruction 219.0 to 29.0 nats per image and disentanglement 0.656 to 0.937" in said
    assert "(Adagrad scores, the mean of their best half)" in said
    assert said.endswith("By the optimum's scores, as here, that share is as a rule larger than by Adagrad's.")
    assert paper_box("fading_squares", analysis.objectives) is None
    assert paper_box("dsprites", analysis.objectives[:1]) is None


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
    (lead, trained) = summary.budget_sentences(analysis, analysis.studies[0])
    assert lead == "12 trials on dsprites, preset quick: 12 complete."
    assert f"each model on {images:,} images" in trained


def test_a_running_study_says_so(make: Make) -> None:
    analysis = analysis_of(make("running", trials=12, ended=4))
    lead = summary.budget_sentences(analysis, analysis.studies[0])[0]
    assert lead == "Still running, or cut short: 4 of 12 planned trials on dsprites ended (4 complete)."
    assert "Not all planned trials have ended." in caveats(analysis)["Unequal effort"]
