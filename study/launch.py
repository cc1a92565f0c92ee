"""`python -m study.launch`: the command that runs a study. Here only what was typed becomes a plan and options."""

import math
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from study.config import StudyPlan, load_space, make_plan, read_points
from study.config.messages import received, shortened
from study.config.space import SamplerName
from study.config.yaml_text import read_yaml
from study.errors import InputError
from study.exits import EXIT_NOTHING_COMPLETE, exit_codes, run
from study.folder import StudyFolder, valid_name
from study.search.resources import CHECKPOINT_SECONDS, STALL_SECONDS, Resources

if TYPE_CHECKING:
    from study.records import TrialRecord
    from study.run import Options

FEWEST_SEEDS = 3
"""On which winners are trained again: from fewer there is no telling luck from merit."""

MOST_TRIALS_AT_ONCE = 10_000
MOST_GPUS = 10_000

EXAMPLES = """
Examples:

  python -m study.launch --space dsprites

  python -m study.launch --space dsprites --trials 24 --name longer --concurrent 2

  python -m study.launch --space my_space.yaml --preset paper --set family=wae-gaussian --set latent_dim=16

The same command again goes on with a study that was cut short.
"""


class SamplerChoice(StrEnum):
    tpe = "tpe"
    gp = "gp"
    nsga2 = "nsga2"
    nsga3 = "nsga3"
    random = "random"
    grid = "grid"


class KeepChoice(StrEnum):
    front = "front"
    all = "all"
    none = "none"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def launch(
    space: Annotated[str, typer.Option(help="A name in search_spaces (one folder down at most), or a .yaml file.")],
    name: Annotated[str | None, typer.Option(help="The study's name; the space's by default.")] = None,
    preset: Annotated[str, typer.Option(help="How much of the space is run.")] = "quick",
    trials: Annotated[int | None, typer.Option(min=1, help="Number of trials, in place of the preset's.")] = None,
    concurrent: Annotated[
        int | None, typer.Option(min=1, max=MOST_TRIALS_AT_ONCE, help="Trials at once; one a core, or as GPUs allow.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the study: of its sampler and, through it, its trials.")
    ] = 0,
    output: Annotated[Path, typer.Option(help="Folder of all studies.")] = Path("runs"),
    data_root: Annotated[
        Path | None, typer.Option(help="Where official data files are; else WAE_STUDY_DATA.", show_default=False)
    ] = None,
    sampler: Annotated[SamplerChoice | None, typer.Option(help="In place of the space's.")] = None,
    enqueue: Annotated[
        Path | None,
        typer.Option(help="Points to try first: YAML, a list of mappings; or a table such as a records.csv."),
    ] = None,
    warm_start: Annotated[
        Path | None, typer.Option(help="The folder of an earlier study, from whose trials the sampler learns.")
    ] = None,
    early_stopping: Annotated[
        bool | None,
        typer.Option(
            help="Stop trials that fall behind others at the space's rungs; as the space says by default.",
            show_default=False,
        ),
    ] = None,
    storage: Annotated[str | None, typer.Option(help="Optuna; SQLite in the study's folder by default.")] = None,
    tracking_uri: Annotated[str | None, typer.Option(help="MLflow; SQLite in the output folder by default.")] = None,
    address: Annotated[str | None, typer.Option(help="A Ray cluster; by default Ray is started here.")] = None,
    gpus_per_trial: Annotated[float | None, typer.Option(min=0, help="GPUs a trial has; may be a fraction.")] = None,
    trial_timeout: Annotated[float | None, typer.Option(min=1, help="Seconds after which a trial has failed.")] = None,
    stall_timeout: Annotated[
        float, typer.Option(min=1, help="Seconds without a sign of life after which a trial is tried again.")
    ] = STALL_SECONDS,
    checkpoint_seconds: Annotated[
        float, typer.Option(min=0, help="Between two checkpoints of a training: the most that a crash takes from it.")
    ] = CHECKPOINT_SECONDS,
    confirm: Annotated[
        int | None,
        typer.Option(
            min=FEWEST_SEEDS, help="Then train the winners again, each on so many fresh seeds.", show_default=False
        ),
    ] = None,
    keep: Annotated[KeepChoice, typer.Option(help="Whose weights stay.")] = KeepChoice.front,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PARAMETER=VALUE", help="Fix a setting; may be repeated.")
    ] = None,
) -> None:
    """Run a study: Ray Tune schedules trials, Optuna proposes them, each trains one auto-encoder, MLflow keeps it all.

    Everything lands in OUTPUT/NAME: report.html, records.csv, figures, the Optuna database and the trials' folders.
    """
    console = Console(soft_wrap=False)
    with exit_codes(console):
        _check_number("--gpus-per-trial", gpus_per_trial, MOST_GPUS)
        _check_number("--trial-timeout", trial_timeout)
        _check_number("--stall-timeout", stall_timeout)
        _check_number("--checkpoint-seconds", checkpoint_seconds)
        loaded, default_name = load_space(space)
        name = valid_name(name if name is not None else default_name)
        overrides = _overrides(set_ or [])
        plan = make_plan(
            loaded,
            space,
            name=name,
            preset=preset,
            seed=seed,
            trials=trials,
            sampler=_sampler(sampler),
            stopping=early_stopping,
            points=_points(enqueue, [p for p in loaded.parameters if p not in overrides], StudyFolder(output / name)),
            overrides=overrides,
        )
        from study.run import Options, resume_plan, run_study
        from study.search.warm_start import gather, recall  # imports Optuna
        from study.summary import print_opening, print_result

        folder = StudyFolder(output / plan.name)
        _check_folders(output, folder.path)
        lesson = gather(warm_start, plan) if warm_start and not _learnt(warm_start, folder) else None
        if lesson is not None:
            plan = plan.model_copy(update={"warm_start": lesson.note})
        plan, resumed = resume_plan(folder, plan, trials)
        lesson = lesson or recall(plan, folder)
        resources = Resources(
            address, concurrent, gpus_per_trial, trial_timeout, stall_timeout, checkpoint_seconds, data_root
        )
        options = Options(resources, storage, tracking_uri, keep.value)
        print_opening(console, plan, folder, resumed)
        if lesson is not None:
            console.print(lesson.sentence, markup=False, highlight=False, soft_wrap=True)
        result = run_study(plan, folder, options, console, lesson)
        print_result(console, plan, result)
        if confirm is not None:
            _confirm(plan, folder, result.records, confirm, options, console)
        if not any(record.state == "complete" for record in result.records):
            raise typer.Exit(EXIT_NOTHING_COMPLETE)


def _confirm(
    plan: StudyPlan,
    folder: StudyFolder,
    records: Sequence["TrialRecord"],
    seeds: int,
    options: "Options",
    console: Console,
) -> None:
    """Train the winners of the study again, and put what came of it into its report."""
    from study.confirmation import confirmation, winners
    from study.report import write_report  # imports Matplotlib
    from study.run import run_study
    from study.summary import print_confirmation, print_opening, print_result

    found = winners(plan, records)
    if not found:
        return
    confirmed = folder.confirmed
    earlier = StudyPlan.load(confirmed.plan) if confirmed.plan.exists() else None
    again = confirmation(plan, confirmed.path.name, found, seeds, earlier)
    print_opening(console, again, confirmed, earlier is not None)
    print_result(console, again, run_study(again, confirmed, options, console))
    print_confirmation(console, write_report([folder.path]))


def _sampler(choice: SamplerChoice | None) -> SamplerName | None:
    return choice.value if choice is not None else None


def _points(enqueue: Path | None, names: Sequence[str], folder: StudyFolder) -> list[Any]:
    """The points of the file; none if it is there no more, and the study in the folder has kept them."""
    if enqueue is None or (_gone(enqueue) and folder.plan.exists() and StudyPlan.load(folder.plan).points):
        return []
    return read_points(enqueue, names)


def _learnt(other: Path, folder: StudyFolder) -> bool:
    """Whether the earlier study is there no more, and the study in the folder has kept what it learnt from it."""
    if not _gone(other) or not folder.plan.exists():
        return False
    learnt_from = StudyPlan.load(folder.plan).warm_start
    return learnt_from is not None and learnt_from.study == other.name


def _gone(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # such as a name of thousands of characters
        return False


def _check_number(option: str, value: float | None, most: float = math.inf) -> None:
    if value is not None and not math.isfinite(value):
        raise InputError(f"{option}: received {value}; needed is a finite number")
    if value is not None and value > most:
        raise InputError(f"{option}: received {value:g}; needed is {most:g} at most")


def _check_folders(*paths: Path) -> None:
    for path in paths:
        try:
            str(path).encode()
            sound = path.is_dir() or not path.exists()
        except (OSError, UnicodeEncodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "not a name in UTF-8"
            raise InputError(f"--output: {shortened(str(path))} cannot be a folder: {said}") from None
        if not sound:
            raise InputError(f"--output: {path} is no folder")


def _overrides(given: list[str]) -> dict[str, Any]:
    """`parameter=value` as typed; the value is read as YAML, so that 8 is a number and wae-gaussian a word."""
    overrides: dict[str, Any] = {}
    for item in given:
        key, separator, text = item.partition("=")
        if not separator or not key:
            raise InputError(f"--set: received {item!r}; needed is parameter=value")
        if key in overrides:
            raise InputError(f"--set: {key!r} is given twice")
        try:
            overrides[key] = read_yaml(text)
        except ValueError:
            raise InputError(f"--set {key}: received {received(text)}, which is no value") from None
    return overrides


def main() -> None:
    """The console script `wae-study`."""
    run(app)


if __name__ == "__main__":
    main()
