"""What a report says in sentences: results, and what must be kept in mind, for every kind of unequal effort."""

import numpy as np
import pandas as pd

from study.records.folder import StudyFolder
from study.report.analysis.analysis import Analysis
from study.report.sentences import summary
from study.report.sentences.winner import winner_sentences
from tests.report.made import Make, analysis_of, edited


def caveats(analysis: Analysis) -> dict[str, str]:
    return dict(summary.caveats(analysis))


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
