"""`wae-study COMMAND`: the commands of this project under one name; `python -m study COMMAND` is the same.

A command's module is imported when it is run, so that the list of commands appears at once.
"""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

import pkgutil
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from study.system import VERSION
from study.system.exit_codes import EXIT_INPUT, complain, run_app

COMMANDS = {
    "launch": ("study.launch:app", "Run a study, or resume it."),
    "status": ("study.status:app", "Show the status of studies."),
    "report": ("study.report.__main__:app", "Write the report of one study, or of several on the same axes."),
    "evaluate": ("study.evaluate:app", "Compute more metrics of trained models."),
    "spaces": ("study.terminal.listing:spaces", "List the search spaces that come with the package."),
    "settings": ("study.terminal.listing:settings", "List the settings of a trial: type, default, allowed values."),
    "metrics": (
        "study.terminal.listing:metrics",
        "List the metrics, with direction and unit.",
    ),
}
"""The commands: where the app of each is, and what it does."""

HELP = ("--help", "--version", "--install-completion", "--show-completion")


class Commands(TyperGroup):
    """The commands, each imported when it is run. Options without a command are those of `launch`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """The command as the list of commands shows it."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in COMMANDS:
            from study.config.messages import one_of, received  # imports pydantic

            complain(f"error: received {received(args[0])}; {one_of(COMMANDS, args[0])}")
            raise typer.Exit(EXIT_INPUT)
        return args[0], typer.main.get_command(pkgutil.resolve_name(COMMANDS[args[0]][0])), args[1:]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        parsed: list[str] = super().parse_args(ctx, with_command(args))
        return parsed


def with_command(words: Sequence[str]) -> list[str]:
    """The words of a command line, with `launch` before options that are not of the group itself."""
    bare = bool(words) and words[0].startswith("--") and words[0].partition("=")[0] not in HELP
    return [*(["launch"] if bare else []), *words]


app = typer.Typer(
    cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="markdown", name="wae-study"
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"wae-study {VERSION}")
        raise typer.Exit


@app.callback()
def commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Studies of Wasserstein and variational auto-encoders: search, training, tracking and Pareto reports.

    `wae-study COMMAND --help` shows the options of a command.
    """


def main() -> None:
    """The console script `wae-study`."""
    run_app(app)


if __name__ == "__main__":
    main()
