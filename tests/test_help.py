"""What `--help` of each command shows: examples whose options exist, and lines that fit 80 columns."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from study import evaluate, launch, status
from study.report import __main__ as report
from study.report.results.__main__ import app as results

APPS = {
    "study.launch": launch.app,
    "study.evaluate": evaluate.app,
    "study.report": report.app,
    "study.report.results": results,
    "study.status": status.app,
}

COMMANDS = [
    *(("study.report.results", [name]) for name in ("keep", "table")),
    *((name, []) for name in APPS),
]


def shown(module: str, words: list[str]) -> str:
    done = CliRunner().invoke(APPS[module], [*words, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert done.exit_code == 0
    return done.stdout


def examples(text: str) -> Iterator[list[str]]:
    """The commands below `Examples:`, each as words; a line that wraps goes on in the next one."""
    below = text.partition("Examples:")[2]
    for part in re.split(r"\n\s*\n", below):
        words = shlex.split(part.replace("’", "").replace("'", "").replace("│", ""))
        if words[:2] == ["python", "-m"]:
            yield words[2:]


@pytest.mark.parametrize(("module", "words"), COMMANDS)
def test_help_has_examples_and_fits_80_columns(module: str, words: list[str]) -> None:
    text = shown(module, words)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert not re.search(r"--[\w-]+…", text)  # an option that was cut
    found = list(examples(text))
    assert found
    for module_of_example, *arguments in found:
        assert module_of_example == module
        assert parsed(typer.main.get_command(APPS[module]), arguments)


def parsed(command: Any, arguments: list[str]) -> bool:
    """Whether the command, or its command of that name, takes the arguments."""
    if isinstance(command, click.Group) or hasattr(command, "commands"):
        return parsed(command.commands[arguments[0]], arguments[1:])
    command.make_context("example", list(arguments))
    return True


def test_a_launch_shows_its_options_in_panels() -> None:
    text = shown("study.launch", [])
    titles = re.findall(r"╭─ (.+?) ─+╮", text)
    assert titles == ["Options", "Study", "Search", "Resources", "Storage"]
