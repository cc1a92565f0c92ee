"""`python -m study.report`, and what the report's package may import."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.records.folder import StudyFolder
from study.report.paper import ROWS
from study.report.write import write_figure
from study.system.errors import InputError
from tests.report.made import Make

HEAVY = ("torch", "ray", "optuna", "mlflow", "matplotlib.pyplot")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        check=False,
    )


def test_it_prints_the_front_and_where_the_report_is_and_imports_nothing_heavy(study: StudyFolder) -> None:
    script = (
        "import runpy, sys; sys.argv = ['study.report', *sys.argv[1:]]\n"
        "try: runpy.run_module('study.report', run_name='__main__', alter_sys=True)\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = run("-c", script, str(study.path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
    assert f"Report: {study.report}" in done.stdout
    assert "Non-dominated trials" in done.stdout
    assert "wae-gaussian" in done.stdout
    assert study.report.exists()


def test_wrong_input_is_one_sentence(tmp_path: Path) -> None:
    done = run("-m", "study.report", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"error: {tmp_path / 'nothing'}: no study there; a study's folder holds a study.yaml\n"
    assert run("-m", "study.report").returncode == 2


def test_one_figure_alone_is_drawn_on_request(figure4: Make) -> None:
    study = figure4(seeds=1)
    done = run("-m", "study.report", str(study.path), "--figure", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Figure: {study.figures / 'paper_figure5.png'}" in done.stdout
    assert "Gaussian WAE" in done.stdout
    assert sorted(path.name for path in study.figures.iterdir()) == ["paper_figure5.pdf", "paper_figure5.png"]
    assert not study.report.exists()


def test_a_wrong_figure_is_one_sentence(figure4: Make) -> None:
    study = figure4("tanh", space="paper/figure4_tanh", ended=0)
    done = run("-m", "study.report", str(study.path), "--figure", "77")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: --figure: received '77'; allowed are {', '.join(ROWS)}\n"
    with pytest.raises(InputError, match="table1 is not among what tanh can answer; the records there serve figure4"):
        write_figure([study.path], "table1")
