"""The command of the kept results."""

from pathlib import Path

from typer.testing import CliRunner

from study.report.results.__main__ import app as results


def test_the_results_command_says_what_it_needs(tmp_path: Path) -> None:
    command = CliRunner()
    done = command.invoke(results, ["keep", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: keep: needs the folder of a study, and")
    done = command.invoke(results, ["table", str(tmp_path / "nothing")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'nothing'}: no study there; a study's folder holds a study.yaml\n"
