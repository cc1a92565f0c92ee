"""What a report writes and returns: its files, its summary, and nothing left over from before."""

from pathlib import Path

import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.table import read_records, write_records
from study.report.claims.claim import claims
from study.report.drawing.style import Look
from study.report.read.studies import load_studies
from study.report.write import write_answers, write_figure, write_report
from tests.report.made import Make


def test_the_summary(study: StudyFolder) -> None:
    summary = write_report([study.path])
    assert list(summary.hypervolumes) == ["beta-vae", "wae-gaussian", "wae-uniform"]
    assert summary.hypervolume is not None
    assert summary.hypervolume >= max(summary.hypervolumes.values())
    assert summary.reference == {"reconstruction": 565, "disentanglement": 0.2}
    assert summary.complete == 10
    names = [path.stem for path in summary.figures]
    assert names == ["objectives", "growth", "agreement", "curves", "slices"]
    records = read_records(study.records).set_index("trial")
    for _, row in summary.front.iterrows():
        for column in ("family", "reconstruction", "validation_reconstruction", "latent_dim", "mlflow_run_id"):
            assert row[column] == records.loc[row["trial"], column]


def emptied(study: StudyFolder) -> None:
    write_records([], study.records)


def test_figures_that_are_gone_are_not_left_behind_as_if_current(make: Make) -> None:
    study = make("again", ended=3)
    assert len(write_report([study.path]).figures) == 4
    emptied(study)
    assert write_report([study.path]).figures == ()
    assert list(study.figures.iterdir()) == []


def test_the_same_records_give_the_same_page(study: StudyFolder, tmp_path: Path) -> None:
    first = write_report([study.path]).report.read_bytes()
    assert write_report([study.path]).report.read_bytes() == first


LIGHT = (Look(),)
MINE = ("figure4", "figure5", "headline")


def test_what_is_no_longer_so_is_taken_away(figure4: Make) -> None:
    study = figure4(seeds=1)
    write_answers(load_studies([study.path]), LIGHT)
    (study.figures / "objectives.png").write_bytes(b"")
    dsprites = figure4("other", space="paper/figure4", ended=0)
    plan = StudyPlan.load(dsprites.plan)
    plan.model_copy(update={"space": plan.space.model_copy(update={"paper": ()})}).save(study.plan)
    assert write_answers(load_studies([study.path]), LIGHT) == ([], {})
    assert not study.claims.exists()
    assert [path.name for path in study.figures.iterdir()] == ["objectives.png"]


def test_several_studies_answer_together(figure4: Make) -> None:
    main = figure4(seeds=1, arrays=False)
    longer = figure4("longer", space="paper/figure4_longer", seeds=1, arrays=False)
    write_answers(load_studies([main.path, longer.path]), LIGHT)
    assert (main.figures / "paper_budget.png").exists()
    assert not (main.figures / "paper_figure5.png").exists()  # its pictures are not there
    assert not longer.claims.exists()


@pytest.mark.parametrize(
    "options",
    [
        {"ended": 0},
        {"ended": 1},
        {"seeds": 1, "state": lambda number: "pruned"},
        {"seeds": 1, "state": lambda number: "failed" if number % 2 else "complete"},
        {"seeds": 1, "arrays": False},
        {"seeds": 1, "overrides": {"family": "beta-vae"}},
        {"seeds": 1, "overrides": {"family": "wae-uniform"}},
    ],
    ids=["none", "one", "pruned", "half failed", "no arrays", "beta-VAEs", "one WAE"],
)
def test_every_state_of_a_study_has_its_report(figure4: Make, options: dict[str, object]) -> None:
    study = figure4(**options)
    found, _ = write_answers(load_studies([study.path]), LIGHT)
    verdicts = [verdict for answer in found for verdict in answer.verdicts]
    assert {verdict.claim.id for verdict in verdicts} == {claim.id for claim in claims() if claim.row in MINE}
    assert {verdict.word for verdict in verdicts} <= {"not measured", "undecided"}
    assert all(verdict.why for verdict in verdicts)
    assert study.claims.exists()


def test_a_figure_that_is_not_there_yet_is_not_drawn(figure4: Make) -> None:
    study = figure4(ended=0)
    assert write_figure([study.path], "figure4").figure is None
    assert not list(study.path.glob("figures/*"))
