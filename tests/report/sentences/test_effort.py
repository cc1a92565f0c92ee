"""Effort counted honestly: what trials that were stopped, or lost, had seen is seen in every sum."""

import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import Analysis
from study.report.analysis.volume import paper_box
from study.report.published.numbers import figure4
from study.report.sections.failures import failures
from study.report.sentences import effort, summary
from tests.report.made import Make, analysis_of

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
    (lead, trained, said) = effort.budget_sentences(analysis, analysis.studies[0])
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
        effort.budget_sentences(analysis, analysis.studies[0])
    )


def test_all_stopped(make: Make) -> None:
    study = make("none", trials=3, stopped=dict.fromkeys(range(3), 27_000), pictures=False)
    analysis = analysis_of(study)
    said = effort.budget_sentences(analysis, analysis.studies[0])
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


def caveats(analysis: Analysis) -> dict[str, str]:
    return dict(summary.caveats(analysis))


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


def test_a_running_study_says_so(make: Make) -> None:
    analysis = analysis_of(make("running", trials=12, ended=4))
    lead = effort.budget_sentences(analysis, analysis.studies[0])[0]
    assert lead == "Still running, or cut short: 4 of 12 planned trials on dsprites ended (4 complete)."
    assert "Not all planned trials have ended." in caveats(analysis)["Unequal effort"]
