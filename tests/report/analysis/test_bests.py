"""The best of each family, by every rule."""

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.bests import best_trials, bests
from tests.report.made import analysis_of


def test_the_best_in_each_objective_is_that_of_the_records(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    records = read_records(study.records).query("state == 'complete'").groupby("family")
    found = bests(analysis)
    assert [group.name for group, _ in found] == ["beta-vae", "wae-gaussian", "wae-uniform"]
    for group, (least, most, *_) in found:
        assert least.rule == "best reconstruction"
        assert most.rule == "best disentanglement"
        assert least.trial is not None
        assert most.trial is not None
        assert least.trial["reconstruction"] == records["reconstruction"].min()[group.name]
        assert most.trial["disentanglement"] == records["disentanglement"].max()[group.name]
    assert [reason for _, reason in best_trials(analysis)][:2] == [
        "best reconstruction of beta-vae",
        "best disentanglement of beta-vae",
    ]
