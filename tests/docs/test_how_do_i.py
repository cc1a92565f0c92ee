"""The page of tasks: its commands name options, spaces and metrics that there are."""

import re

import typer

from study import evaluate, launch, status
from study.config.load import available_spaces
from study.metrics import METRICS
from study.report.__main__ import app as report
from tests.docs.blocks import text

PAGES = ("docs/how_do_i.md", "docs/index.md", "docs/examples.md")


def inline(pattern: str) -> set[str]:
    """What the pattern finds in the code quotes of the pages."""
    return {
        found
        for page in PAGES
        for code in re.findall(r"`([^`\n]+)`", text(page))
        for found in re.findall(pattern, code)
    }


def test_options_are_there() -> None:
    commands = [typer.main.get_command(app) for app in (launch.app, evaluate.app, status.app, report)]
    there = {name for command in commands for parameter in command.params for name in parameter.opts}
    asked = inline(r"(--[a-z][a-z-]+)")
    assert {"--retry-failed", "--dry-run"} <= asked
    assert asked <= there


def test_spaces_and_metrics_are_there() -> None:
    spaces = inline(r"--space ([\w/.]+)")
    assert {space for space in spaces if not space.startswith("examples/")} <= {*available_spaces()}
    assert {name for names in inline(r"--metrics (\S+)") for name in names.split(",")} <= {*METRICS}
