"""`python -m study.report`, and what the report's package may import."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from study.records.folder import StudyFolder
from study.report.__main__ import app
from study.report.paper import ROWS
from study.report.write import write_figure
from study.system.errors import InputError
from tests.make import refused_command
from tests.report.made import Make

HEAVY = ("torch", "ray", "optuna", "mlflow", "matplotlib.pyplot")


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "100"})


def test_it_prints_the_front_and_where_the_report_is_and_imports_nothing_heavy(study: StudyFolder) -> None:
    script = (
        "import runpy, sys; sys.argv = ['study.report', *sys.argv[1:]]\n"
        "try: runpy.run_module('study.report', run_name='__main__', alter_sys=True)\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(study.path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
    assert f"Report: {study.report}" in done.stdout
    assert "Non-dominated trials" in done.stdout
    assert "wae-gaussian" in done.stdout
    assert study.report.exists()


def test_wrong_input_is_one_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nothing"
    assert refused_command(command(nowhere)) == f"{nowhere}: no study there; a study's folder holds a study.yaml"
    assert command().exit_code == 2


def test_one_figure_alone_is_drawn_on_request(figure4: Make) -> None:
    study = figure4(seeds=1)
    done = command(study.path, "--figure", "5")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"Figure: {study.figures / 'paper_figure5.png'}" in done.stdout
    assert "Gaussian WAE" in done.stdout
    assert sorted(path.name for path in study.figures.iterdir()) == ["paper_figure5.pdf", "paper_figure5.png"]
    assert not study.report.exists()


def test_a_wrong_figure_is_one_sentence(figure4: Make) -> None:
    study = figure4("tanh", space="paper/figure4_tanh", ended=0)
    said = refused_command(command(study.path, "--figure", "77"))
    assert said == f"--figure: received '77'; allowed: {', '.join(ROWS)}"
    with pytest.raises(InputError, match="table1 is not among what tanh can answer; the records there serve figure4"):
        write_figure([study.path], "table1")
