"""Every block of the documentation is looked at: spaces are read, commands planned, what is shown of a file is in it.

Commands that can be run here are run, by `test_commands.py`. The others stand in `NOT_RUN`, each with its reason; a new
command is neither and fails.
"""

import importlib.util
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import click
import pytest
import typer
import yaml

from study import evaluate, launch
from study.config import plugins
from study.config.load import load_space
from study.config.plan import make_plan
from study.config.plugin_source import ENTRY_POINTS
from study.config.points import check_points
from study.config.space import SearchSpace
from study.data.own import OwnData
from study.report import __main__ as report
from study.terminal.options import overrides_of
from tests.docs.blocks import ORDER, PAGES, ROOT, Block, blocks, module, shell_commands

BLOCKS = [block for page in PAGES for block in blocks(page)]
EXAMPLES = [
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "examples").rglob("*.*"))
    if path.suffix in (".py", ".yaml")
]

NOT_RUN = {
    r"make \w+(-\w+)?": "installs, or runs what is run here anyway; that the target is there is checked",
    r"optuna-dashboard .*": "serves until it is stopped; tests/browser opens it",
    r"source \.venv/bin/activate": "the environment is the one that the tests run in",
    r"python -m benchmarks\..*": "minutes to hours, with tests of their own; that the module is there is checked",
    r"python -m study\.launch .*--gpus-per-trial.*": "needs a GPU; options, space and plan are checked",
    r"python -m study\.launch .*--name dsprites-(random|again) .*": "hours of a study that is kept in results/search",
}
LOOKED_AT_ELSEWHERE = {"docs/cluster.md": "tests/deploy/test_names.py"}

PROGRAMS: dict[str, Callable[[], click.Command]] = {
    "study.launch": lambda: typer.main.get_command(launch.app),
    "study.evaluate": lambda: typer.main.get_command(evaluate.app),
    "study.report": lambda: _single(report.report),
}


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Nothing of the plugins that a page names is left for the next test."""
    before, paths = plugins.all_loaded(), list(sys.path)
    yield
    for plugin in plugins.all_loaded():
        if plugin not in before:
            plugins.forget(plugin.name)
    sys.path[:] = paths


def _single(function: Callable[..., None]) -> click.Command:
    app = typer.Typer()
    app.command()(function)
    return typer.main.get_command(app)


def options(command: str) -> dict[str, Any]:
    """The options of one of our commands as they are read; raises where one is unknown or has a wrong value."""
    name = module(command)
    assert name in PROGRAMS, f"{command}: not looked at here"
    return PROGRAMS[name]().make_context(name, shlex.split(command)[3:]).params


def reason(command: str) -> str | None:
    """Why a command is not run."""
    return next((why for pattern, why in NOT_RUN.items() if re.fullmatch(pattern, command)), None)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in LOOKED_AT_ELSEWHERE])
def test_every_command_is_run_or_has_a_reason_not_to_be(page: str) -> None:
    for command in shell_commands(page):
        assert page in ORDER or reason(command), f"{page}: `{command}` is neither run nor in NOT_RUN"


def test_every_reason_is_needed() -> None:
    commands = [command for page in PAGES for command in shell_commands(page)]
    for pattern in NOT_RUN:
        assert any(re.fullmatch(pattern, command) for command in commands), f"no page has a command like {pattern}"


@pytest.mark.parametrize(
    "command", sorted({c for page in PAGES for c in shell_commands(page) if module(c) in PROGRAMS})
)
def test_options_and_plans_of_our_commands_are_right(command: str) -> None:
    given = options(command)
    if module(command) == "study.launch":
        space, default = load_space(given["space"], given["plugin"] or ())
        overrides = overrides_of(given["set_"] or [])
        sampler = given["sampler"]
        name, stopping = given["name"] or default, given["early_stopping"]
        make_plan(
            space,
            given["space"],
            **{"name": name, "preset": given["preset"], "seed": given["seed"], "trials": given["trials"]},
            **{"sampler": sampler, "stopping": stopping, "overrides": overrides},
        )


def test_targets_of_make_and_modules_of_benchmarks_are_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        for command in shell_commands(page):
            words = command.split()
            if words[0] == "make":
                assert words[1] in targets, f"{page}: {command}"
            if (module(command) or "").startswith("benchmarks."):
                assert importlib.util.find_spec(words[2]) is not None, f"{page}: {command}"


def test_blocks_are_of_the_languages_that_are_looked_at() -> None:
    assert {block.language for block in BLOCKS} <= {"sh", "yaml", "python", "toml"}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "yaml"], ids=str)
def test_yaml_is_of_an_example_or_a_valid_space_or_a_part_of_one(block: Block) -> None:
    if any(block.text in example for example in EXAMPLES):
        return
    content = yaml.safe_load(block.text)
    dsprites, _ = load_space("dsprites")
    if isinstance(content, list):
        assert check_points(dsprites, content)
    elif isinstance(content.get("dataset"), dict):
        OwnData.model_validate(content["dataset"])
    elif "parameters" in content:
        SearchSpace.model_validate(content)
    else:
        SearchSpace.model_validate(dsprites.model_dump(mode="json", exclude_defaults=True) | content)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "toml"], ids=str)
def test_toml_names_plugins_as_they_are_looked_for(block: Block) -> None:
    assert ENTRY_POINTS in tomllib.loads(block.text)["project"]["entry-points"]


def is_shown(block: Block) -> bool:
    """Whether a block shows a part of an example; other Python is run, by `test_commands.py`."""
    return any(block.text in example for example in EXAMPLES)
