"""Beside the paper: the page, its files, `--figure`, what is kept of a study, and the table of all claims."""

import html
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from typer.testing import CliRunner

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.report.claims.claim import claims, claims_of
from study.report.drawing.style import LOOKS, Look
from study.report.paper import ROWS
from study.report.paper.answers import answers, row_called
from study.report.paper.short_budget import BUDGET
from study.report.read.studies import load_studies
from study.report.results.__main__ import app as results
from study.report.results.markdown import BEGIN, END, claims_markdown, write_into
from study.report.results.reduce import keep
from study.report.write import write_beside, write_figure, write_report
from study.system.errors import InputError

Make = Callable[..., StudyFolder]
LIGHT = (Look(),)
MINE = ("figure4", "figure5", "headline")


def run(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1"},
        check=False,
    )


@pytest.mark.usefixtures("few_exchanges")
def test_the_report_has_the_figures_and_the_claims(figure4: Make) -> None:
    study = figure4(seeds=3)
    summary = write_report([study.path])
    for row in MINE:
        assert (study.figures / f"paper_{row}.png").read_bytes().startswith(b"\x89PNG")
    assert not (study.figures / "paper_budget.png").exists()
    page = study.report.read_text()
    assert BUDGET.undrawn in html.unescape(page)
    assert page.index("Beside the paper") < page.index("<h2>Families</h2>")
    for claim in (claim for row in MINE for claim in claims_of(row)):
        assert claim.id in {verdict.claim.id for verdict in summary.verdicts}
        assert claim.claim in html.unescape(page)
    table = pd.read_csv(study.claims)
    assert table["verdict"].tolist() == [verdict.word for verdict in summary.verdicts]
    assert page.count('class="agrees"') == table["verdict"].tolist().count("agrees") > 10
    linear = table[table["reading"] != "tanh"]
    assert linear["single_replicates"].str.split().str.len().tolist() == [3] * len(linear)
    assert (linear["low"] <= linear["ours"]).all()
    assert (linear["p_value"].isna() == (linear["exchanged"] == "nothing")).all()
    assert (linear["by_chance"].dropna() <= 0.05).all()
    tanh = table[table["reading"] == "tanh"]
    assert set(tanh["why"]) == {"no such settings were run with tanh means"}
    assert set(tanh["id"]) == {name for row in MINE for name, measure in ROWS[row].measures.items() if measure.readings}
    assert {study.figures / f"paper_{row}.png" for row in MINE} <= set(summary.figures)


def test_what_is_no_longer_so_is_taken_away(figure4: Make) -> None:
    study = figure4(seeds=1)
    write_beside(load_studies([study.path]), LIGHT)
    (study.figures / "objectives.png").write_bytes(b"")
    dsprites = figure4("other", space="paper/figure4", ended=0)
    plan = StudyPlan.load(dsprites.plan)
    plan.model_copy(update={"space": plan.space.model_copy(update={"paper": ()})}).save(study.plan)
    assert write_beside(load_studies([study.path]), LIGHT) == ([], {})
    assert not study.claims.exists()
    assert [path.name for path in study.figures.iterdir()] == ["objectives.png"]


def test_several_studies_answer_together(figure4: Make) -> None:
    main = figure4(seeds=1, arrays=False)
    longer = figure4("longer", space="paper/figure4_longer", seeds=1, arrays=False)
    write_beside(load_studies([main.path, longer.path]), LIGHT)
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
    found, _ = write_beside(load_studies([study.path]), LIGHT)
    verdicts = [verdict for answer in found for verdict in answer.verdicts]
    assert {verdict.claim.id for verdict in verdicts} == {claim.id for claim in claims() if claim.row in MINE}
    assert {verdict.word for verdict in verdicts} <= {"not measured", "undecided"}
    assert all(verdict.why for verdict in verdicts)
    assert study.claims.exists()


def test_every_row_draws_nothing_out_of_nothing(figure4: Make) -> None:
    for found in answers(load_studies([figure4(ended=0).path])):
        assert found.row.draw(found.evidence, Look()) is None


def test_every_look_of_a_row_has_its_own_ground(figure4: Make) -> None:
    for found in answers(load_studies([figure4(seeds=1).path])):
        for look in LOOKS if found.name != "budget" else ():
            figure = found.row.draw(found.evidence, look)
            assert figure is not None
            assert to_hex(figure.get_facecolor()) == look.ground
            assert (figure.get_figwidth() < 5) == look.narrow


def test_one_figure_alone_is_drawn_on_request(figure4: Make) -> None:
    study = figure4(seeds=1)
    done = run("study.report", study.path, "--figure", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Figure: {study.figures / 'paper_figure5.png'}" in done.stdout
    assert "Gaussian WAE" in done.stdout
    assert sorted(path.name for path in study.figures.iterdir()) == ["paper_figure5.pdf", "paper_figure5.png"]
    assert not study.report.exists()


def test_a_figure_that_is_not_there_yet_is_not_drawn(figure4: Make) -> None:
    study = figure4(ended=0)
    assert write_figure([study.path], "figure4").figure is None
    assert not list(study.path.glob("figures/*"))


def test_a_wrong_figure_is_one_sentence(figure4: Make) -> None:
    study = figure4("tanh", space="paper/figure4_tanh", ended=0)
    done = run("study.report", study.path, "--figure", "77")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: --figure: received '77'; allowed are {', '.join(ROWS)}\n"
    with pytest.raises(InputError, match="table1 is not among what tanh can answer; the records there serve figure4"):
        write_figure([study.path], "table1")


def test_figures_go_by_number_or_name() -> None:
    assert [row_called(text) for text in ("4", "figure4", "Figure 4", "headline")] == [*["figure4"] * 3, "headline"]


def test_a_kept_study_draws_the_same_figures_and_claims(figure4: Make, tmp_path: Path) -> None:
    study = figure4(seeds=1)
    tanh = figure4("paper-figure4_tanh", space="paper/figure4_tanh", seeds=1)
    write_beside(load_studies([study.path, tanh.path]), LIGHT)
    kept = [StudyFolder(path) for path in keep([study.path, tanh.path], tmp_path / "results")]
    assert [folder.path.name for folder in kept] == ["figure4", "figure4_tanh"]
    first = kept[0]
    names = [f"paper_{row}.{kind}" for row in MINE for kind in ("pdf", "png")]
    assert sorted(path.name for path in first.figures.iterdir()) == names
    for name in names:
        assert (first.figures / name).read_bytes() == (study.figures / name).read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(first.claims), pd.read_csv(study.claims))
    arrays = sorted(first.path.glob("trials/*/arrays.npz"))
    assert 1 <= len(arrays) <= 4
    with np.load(arrays[0]) as content:
        assert set(content) == {"originals", "reconstructions"}
    assert not (first.path / "report.html").exists()
    before = {path: path.read_bytes() for path in first.figures.iterdir()}
    write_beside(load_studies([folder.path for folder in kept]), LIGHT)
    assert {path: path.read_bytes() for path in before} == before


def test_a_larger_preset_is_kept_beside_the_quick_one(figure4: Make, tmp_path: Path) -> None:
    (kept,) = keep([figure4("whole", ended=0, preset="paper").path], tmp_path / "results")
    assert kept == tmp_path / "results" / "figure4-paper"


def test_a_study_is_not_reduced_into_itself_nor_into_another(figure4: Make, tmp_path: Path) -> None:
    study, other = figure4("figure4", ended=0), figure4("other", ended=0)
    with pytest.raises(InputError, match="is the study itself"):
        keep([study.path], tmp_path)
    with pytest.raises(InputError, match="each study goes into the folder of its space"):
        keep([study.path, other.path], tmp_path / "results")


def test_the_table_has_every_claim_once_for_each_study_and_says_what_was_not_run(figure4: Make) -> None:
    quick, whole = figure4(seeds=1, arrays=False), figure4("whole", seeds=1, arrays=False, preset="paper")
    tanh = figure4("tanh", space="paper/figure4_tanh", seeds=1, arrays=False)
    text = claims_markdown([quick.path, whole.path, tanh.path])
    assert "### figure4, figure4_tanh: dsprites, preset `quick`, 30 trials judged" in text
    assert "### figure4: dsprites, preset `paper`, 27 trials judged" in text
    for claim in claims_of("figure4"):
        readings = ROWS["figure4"].measures[claim.id].readings
        for words in [f" ({reading} means)" for reading in readings] or [""]:
            assert text.count(f"| {claim.claim}{words} |") == 2
    none = claims_markdown([])
    assert "### figure4: dsprites, not run" in none
    for claim in (claim for row in ROWS for claim in claims_of(row)):
        assert none.count(f"| {claim.claim} |") >= 1
    assert "agrees" not in none


def test_the_table_stands_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"# Results\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        write_into(path, "new\n")
        assert path.read_text() == f"# Results\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    path.write_text("# Results\n")
    with pytest.raises(InputError, match="needs the lines"):
        write_into(path, "new\n")
    with pytest.raises(InputError, match="cannot be read"):
        write_into(tmp_path / "nothing.md", "new\n")


def test_the_results_command_says_what_it_needs(tmp_path: Path) -> None:
    command = CliRunner()
    done = command.invoke(results, ["keep", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: keep: needs the folder of a study, and")
    done = command.invoke(results, ["table", str(tmp_path / "nothing")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'nothing'}: no study there; a study's folder holds a study.yaml\n"
