"""The commands that stand in the guide and in the files of `deploy/`, and whether they could be run: their options."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import click
import typer

from tests.deploy.files import DEPLOY, GUIDE, documents

OURS = {"study.launch", "study.evaluate", "study.report"}
PLACES = re.compile(r"^(HEAD|REGISTRY|DATABASE|FILE_SYSTEM|MLFLOW|NAME)$")
"""Words in capitals that a reader replaces."""


def guide_commands() -> list[str]:
    """Each line of the guide's shell blocks, without comments."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"\s+# .*$", "", line.strip()) for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def file_commands() -> list[str]:
    """What the files of `deploy/` have run."""
    (compose,) = documents("compose.yaml")
    _, job = documents("rayjob.yaml")
    (cluster,) = documents("ray-cluster.yaml")
    found = [service["command"] for service in compose["services"].values() if "command" in service]
    found += [
        service["healthcheck"]["test"][1:] for service in compose["services"].values() if "healthcheck" in service
    ]
    found += [job["spec"]["entrypoint"], *cluster["head_start_ray_commands"], *cluster["worker_start_ray_commands"]]
    for group in job["spec"]["rayClusterSpec"]["workerGroupSpecs"]:
        for container in group["template"]["spec"]["containers"]:
            found.append(container["lifecycle"]["preStop"]["exec"]["command"])
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8") + (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found += re.findall(r"^# ((?:docker|kubectl|ray) .*?)(?:   .*)?$", text, re.MULTILINE)
    return [each if isinstance(each, str) else shlex.join(each) for each in found]


def programs(line: str) -> Iterator[list[str]]:
    """The commands of a line one by one, with what is inside them: `docker … exec … ray job submit … -- python …`."""
    for part in re.split(r"\s+(?:&&|\|\||\|)\s+", line):
        words = [word for word in shlex.split(part) if word not in (">", "/dev/null", "<")]
        while words and re.match(r"^(export$|[A-Z_]+=)", words[0]):
            words.pop(0)
        if not words:
            continue
        if words[0] == "docker" and "exec" in words:
            words = words[words.index("exec") + 2 :]
        yield words
        if "--" in words:
            yield words[words.index("--") + 1 :]


def check_words(words: list[str]) -> bool:
    """Whether it is a command of ours, of Ray or of MLflow; raises where it could not be run as it stands."""
    match words:
        case ["python", "-m", module, *arguments]:
            assert module in OURS, f"no module {module}"
            check_ours(module, arguments)
        case ["ray", *arguments]:
            from ray.scripts.scripts import cli

            check_click(cli, "ray", arguments)
        case ["mlflow", *arguments]:
            from study.tracking.store import load_mlflow

            load_mlflow()
            from mlflow.cli import cli as mlflow_cli

            check_click(mlflow_cli, "mlflow", arguments)
        case _:
            return False
    return True


def check_ours(module: str, arguments: list[str]) -> None:
    """As typed, up to the plan that it would make: a space, preset and settings that are there."""
    from study.config.load import load_space
    from study.config.plan import make_plan
    from study.launch import app

    assert module == "study.launch", f"{module} is not looked at here"
    # As typer's own runner does: the options are read and converted, and nothing is called
    given = typer.main.get_command(app).make_context("launch", list(arguments)).params
    space, name = load_space(given["space"])
    make_plan(space, given["space"], name=given["name"] or name, preset=given["preset"], seed=given["seed"])
    if given["address"] is not None:
        assert str(given["output"]).startswith("/"), "other machines cannot know a relative --output"
    if given["storage"] is not None:
        from sqlalchemy.engine import make_url

        address = make_url(given["storage"])
        address.get_dialect().import_dbapi()
        assert address.password is None, "a command line is no place for a password"


def check_click(command: Any, name: str, arguments: list[str]) -> None:
    """Down to the subcommand, whose options are read and converted; nothing is called."""
    if "--" in arguments:
        arguments = [*arguments[: arguments.index("--")], "--", "program"]
    context: click.Context | None = None
    while hasattr(command, "resolve_command"):
        context = command.context_class(command, info_name=name, parent=context)
        found, command, arguments = command.resolve_command(context, arguments)
        assert command is not None, f"{name} has no command {found}"
        name = found or name
    command.make_context(name, list(arguments), parent=context)
