"""`python -m study.launch`: the command that runs a study. Here only what was typed becomes a plan and options."""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.config.space import SamplerName
from study.records.folder import Keep, StudyFolder, valid_name
from study.running.preflight import check_process
from study.search.allocation import CHECKPOINT_SECONDS, STALL_SECONDS, Resources
from study.system.exit_codes import EXIT_NOTHING_COMPLETE, exit_codes, print_line, run
from study.terminal.options import check_folders, check_number, learnt, overrides_of, points_of

if TYPE_CHECKING:
    from study.records.table import TrialRecord
    from study.running.run import Options

FEWEST_SEEDS = 3
"""Least number of seeds on which winners are trained again: with fewer, luck cannot be distinguished from merit."""

MOST_TRIALS_AT_ONCE = 10_000
MOST_GPUS = 10_000

_what = partial(typer.Option, rich_help_panel="The study")
_how = partial(typer.Option, rich_help_panel="How it searches")
_where = partial(typer.Option, rich_help_panel="Where trials run")
_kept = partial(typer.Option, rich_help_panel="What is kept, and where")

EXAMPLES = """
Examples:

  python -m study.launch --space dsprites

  python -m study.launch --space dsprites --dry-run

  python -m study.launch --space dsprites --trials 24 --name longer

  python -m study.launch --space space.yaml --preset paper --set latent_dim=16

  python -m study.launch --space dsprites --sampler random --concurrent 2

The same command again goes on with a study that was cut short.

Exit codes: 0 done, 1 no trial is complete, 2 wrong input, 3 the study is being run, 4 it cannot go on for want of disk,
storage or Ray, 130 interrupted.
"""


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def launch(
    space: Annotated[
        str, _what(metavar="NAME", help="A name in search_spaces (one folder down at most), or a .yaml file.")
    ],
    name: Annotated[str | None, _what(metavar="NAME", help="The study's name; the space's by default.")] = None,
    preset: Annotated[str, _what(metavar="NAME", help="How much of the space is run.")] = "quick",
    trials: Annotated[int | None, _what(min=1, metavar="N", help="Number of trials, in place of the preset's.")] = None,
    set_: Annotated[
        list[str] | None, _what("--set", metavar="SETTING=VALUE", help="Fix a setting; may be repeated.")
    ] = None,
    plugin: Annotated[
        list[str] | None,
        _what(metavar="NAME", help="A file or module with families, networks, datasets or metrics; may be repeated."),
    ] = None,
    output: Annotated[Path, _what(metavar="FOLDER", help="Of all studies.")] = Path("runs"),
    data_root: Annotated[
        Path | None,
        _what(metavar="FOLDER", help="Where official data files are; else WAE_STUDY_DATA.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool,
        _what(
            "--dry-run",
            help="Show the study, its size, its time from a few timed steps, and its disk use; write nothing.",
        ),
    ] = False,
    sampler: Annotated[
        SamplerName | None,
        _how(metavar="NAME", help="In place of the space's: tpe, gp, nsga2, nsga3, random or grid."),
    ] = None,
    seed: Annotated[
        int, _how(min=0, metavar="N", help="Seed of the study: of its sampler and, through it, its trials.")
    ] = 0,
    enqueue: Annotated[
        Path | None,
        _how(metavar="FILE", help="Points to try first: YAML, a list of mappings; or a table such as a records.csv."),
    ] = None,
    warm_start: Annotated[
        Path | None, _how(metavar="FOLDER", help="An earlier study, from whose trials the sampler learns.")
    ] = None,
    early_stopping: Annotated[
        bool | None,
        _how(
            help="Stop trials that fall behind others at the space's rungs; as the space says by default.",
            show_default=False,
        ),
    ] = None,
    confirm: Annotated[
        int | None,
        _how(
            min=FEWEST_SEEDS,
            metavar="N",
            help="Then train the winners again, each on so many fresh seeds.",
            show_default=False,
        ),
    ] = None,
    concurrent: Annotated[
        int | None,
        _where(min=1, max=MOST_TRIALS_AT_ONCE, metavar="N", help="Trials at once; one a core, or as GPUs allow."),
    ] = None,
    gpus_per_trial: Annotated[
        float | None, _where(min=0, metavar="N", help="GPUs a trial has; may be a fraction.")
    ] = None,
    address: Annotated[
        str | None, _where(metavar="HOST:PORT", help="A Ray cluster; by default Ray is started here.")
    ] = None,
    trial_timeout: Annotated[
        float | None, _where(min=1, metavar="S", help="Seconds after which a trial has failed.")
    ] = None,
    stall_timeout: Annotated[
        float, _where(min=1, metavar="S", help="Seconds without a sign of life after which a trial is tried again.")
    ] = STALL_SECONDS,
    checkpoint_seconds: Annotated[
        float,
        _where(min=0, metavar="S", help="Between two checkpoints of a training: the most that a crash takes from it."),
    ] = CHECKPOINT_SECONDS,
    retry_failed: Annotated[
        bool,
        _how("--retry-failed", help="Try the failed trials again, each from its checkpoint if it has one."),
    ] = False,
    keep: Annotated[
        Keep, _kept(metavar="WHICH", help="Whose weights stay: front (of each family), all or none.")
    ] = "front",
    storage: Annotated[
        str | None, _kept(metavar="URL", help="Optuna's; SQLite in the study's folder by default.")
    ] = None,
    tracking_uri: Annotated[
        str | None, _kept(metavar="URI", help="MLflow's; SQLite in the output folder by default.")
    ] = None,
) -> None:
    """Run a study: Ray Tune schedules trials, Optuna proposes them, each trains one auto-encoder, MLflow keeps it all.

    Everything lands in OUTPUT/NAME: report.html, records.csv, figures, the Optuna database and the trials' folders.
    """
    console = Console(soft_wrap=False)
    with exit_codes():
        check_process()
        check_number("--gpus-per-trial", gpus_per_trial, MOST_GPUS)
        check_number("--trial-timeout", trial_timeout)
        check_number("--stall-timeout", stall_timeout)
        check_number("--checkpoint-seconds", checkpoint_seconds)
        loaded, default_name = load_space(space, plugin or [])
        name = valid_name(name if name is not None else default_name)
        overrides = overrides_of(set_ or [])
        plan = make_plan(
            loaded,
            space,
            name=name,
            preset=preset,
            seed=seed,
            trials=trials,
            sampler=sampler,
            stopping=early_stopping,
            points=points_of(enqueue, [p for p in loaded.parameters if p not in overrides], StudyFolder(output / name)),
            overrides=overrides,
        )
        from study.running.run import Options, resume_plan, run_study
        from study.search.warm_start import gather_lesson, recall_lesson  # imports Optuna
        from study.terminal.display import Display
        from study.terminal.summary import print_opening, print_result

        folder = StudyFolder(output / plan.name)
        check_folders(output, folder.path)
        lesson = gather_lesson(warm_start, plan) if warm_start and not learnt(warm_start, folder) else None
        if lesson is not None:
            plan = plan.model_copy(update={"warm_start": lesson.note})
        plan, resumed = resume_plan(folder, plan, trials)
        lesson = lesson or recall_lesson(plan, folder)
        resources = Resources(
            address, concurrent, gpus_per_trial, trial_timeout, stall_timeout, checkpoint_seconds, data_root
        )
        options = Options(resources, storage, tracking_uri, keep, retry_failed)
        print_opening(console, plan, folder, resumed)
        if dry_run:
            from study.running.dry_run import dry_run as show  # imports PyTorch

            show(plan, folder, options, console)
            return
        if lesson is not None:
            print_line(console, lesson.sentence)
        result = run_study(plan, folder, options, Display(plan, console).listener, lesson)
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
    from study.report.write import write_report  # imports Matplotlib
    from study.running.confirmation import confirmation, winners
    from study.running.run import run_study
    from study.terminal.display import Display
    from study.terminal.summary import print_confirmation, print_opening, print_result

    found = winners(plan, records)
    if not found:
        return
    confirmed = folder.confirmed
    earlier = StudyPlan.load(confirmed.plan) if confirmed.plan.exists() else None
    again = confirmation(plan, confirmed.path.name, found, seeds, earlier)
    print_opening(console, again, confirmed, earlier is not None)
    print_result(console, again, run_study(again, confirmed, options, Display(again, console).listener))
    print_confirmation(console, write_report([folder.path]))


def main() -> None:
    """The console script `wae-study`."""
    run(app)


if __name__ == "__main__":
    main()
