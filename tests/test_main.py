"""`wae-study`: one name for all commands, and what it took before it had any."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from study.__main__ import COMMANDS, app, with_command
from study.system import VERSION


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "study", *words], capture_output=True, text=True, check=False)


def test_it_lists_its_commands_and_its_version() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert CliRunner().invoke(app, ["--version"]).stdout == f"wae-study {VERSION}\n"
    assert CliRunner().invoke(app, []).exit_code == 2


def test_the_list_imports_none_of_the_commands() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from study.__main__ import app; "
        "CliRunner().invoke(app, ['--help']); print(*sorted({'pydantic', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f"{name} " in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--space", "dsprites"], ["launch", "--space", "dsprites"]),
        (["--space=dsprites"], ["launch", "--space=dsprites"]),
        (["launch", "--space", "dsprites"], ["launch", "--space", "dsprites"]),
        (["--version"], ["--version"]),
        (["--help"], ["--help"]),
        (["status", "runs/a"], ["status", "runs/a"]),
        ([], []),
    ],
)
def test_options_without_a_command_are_a_launch_s(words: list[str], expected: list[str]) -> None:
    assert with_command(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lunch"], "error: received 'lunch'; did you mean 'launch'?\n"),
        (
            ["nothing"],
            f"error: received 'nothing'; allowed: {', '.join(COMMANDS)}\n",
        ),
        (["--space", "dSprites"], "error: --space: received 'dSprites'; did you mean 'dsprites'?\n"),
        (["status", "nowhere"], "error: nowhere: no study there; a study's folder holds a study.yaml\n"),
    ],
)
def test_what_is_wrong_is_one_sentence(words: list[str], expected: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr, done.stdout) == (2, expected, "")
