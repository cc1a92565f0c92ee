"""`python -m study.launch`: the command that runs a study. Here are its options; `study.terminal.launching` runs it."""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from study.config.space import SamplerName
from study.records.folder import Keep
from study.running.preflight import check_process
from study.search.allocation import CHECKPOINT_SECONDS, STALL_SECONDS
from study.system.exit_codes import EXIT_NOTHING_COMPLETE, exit_codes, run_app
from study.terminal.launching import FEWEST_SEEDS, MOST_TRIALS_AT_ONCE, Launch, carry_out, prepare
from study.terminal.options import overrides_of

_what = partial(typer.Option, rich_help_panel="Study")
_how = partial(typer.Option, rich_help_panel="Search")
_where = partial(typer.Option, rich_help_panel="Resources")
_kept = partial(typer.Option, rich_help_panel="Storage")

EXAMPLES = """
Examples:

  python -m study.launch --space dsprites

  python -m study.launch --space dsprites --dry-run

  python -m study.launch --space dsprites --trials 24 --name longer

  python -m study.launch --space space.yaml --preset paper --set latent_dim=16

  python -m study.launch --space dsprites --sampler random --concurrent 2

Run the same command again to resume an interrupted study.

Exit codes: 0 done, 1 no trial is complete, 2 wrong input, 3 another process runs the study, 4 the study cannot continue
because the disk, the storage or Ray is not available, 130 interrupted.
"""


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def launch(
    space: Annotated[str, _what(metavar="NAME", help="Search space: a name in search_spaces, or a .yaml file.")],
    name: Annotated[
        str | None, _what(metavar="NAME", help="Name of the study. Default: the name of the space.")
    ] = None,
    preset: Annotated[str, _what(metavar="NAME", help="Preset of the space: the size of the study.")] = "quick",
    trials: Annotated[int | None, _what(min=1, metavar="N", help="Number of trials, instead of the preset's.")] = None,
    set_: Annotated[
        list[str] | None, _what("--set", metavar="SETTING=VALUE", help="Fix a setting. Can be repeated.")
    ] = None,
    plugin: Annotated[
        list[str] | None,
        _what(metavar="NAME", help="File or module with families, networks, datasets or metrics. Can be repeated."),
    ] = None,
    output: Annotated[Path, _what(metavar="FOLDER", help="Folder that holds all studies.")] = Path("runs"),
    data_root: Annotated[
        Path | None,
        _what(metavar="FOLDER", help="Folder with official data files. Default: WAE_STUDY_DATA.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool,
        _what(
            "--dry-run",
            help="Show the size, the estimated time and the disk use of the study. Run a few steps; write nothing.",
        ),
    ] = False,
    sampler: Annotated[
        SamplerName | None,
        _how(metavar="NAME", help="Sampler, instead of the space's: tpe, gp, nsga2, nsga3, random or grid."),
    ] = None,
    seed: Annotated[
        int, _how(min=0, metavar="N", help="Seed of the study: the sampler and all trials depend on it.")
    ] = 0,
    enqueue: Annotated[
        Path | None,
        _how(metavar="FILE", help="Points to try first: a YAML list of mappings, or a table such as records.csv."),
    ] = None,
    warm_start: Annotated[
        Path | None, _how(metavar="FOLDER", help="Folder of an earlier study. The sampler learns from its trials.")
    ] = None,
    early_stopping: Annotated[
        bool | None,
        _how(
            help="Stop trials that fall behind others at the rungs of the space. Default: as set in the space.",
            show_default=False,
        ),
    ] = None,
    confirm: Annotated[
        int | None,
        _how(
            min=FEWEST_SEEDS,
            metavar="N",
            help="After the study, train the winners again, each on N new seeds.",
            show_default=False,
        ),
    ] = None,
    concurrent: Annotated[
        int | None,
        _where(
            min=1,
            max=MOST_TRIALS_AT_ONCE,
            metavar="N",
            help="Number of trials at once. Default: one per core, or as many as the GPUs allow.",
        ),
    ] = None,
    gpus_per_trial: Annotated[
        float | None, _where(min=0, metavar="N", help="GPUs per trial. Can be a fraction.")
    ] = None,
    address: Annotated[
        str | None, _where(metavar="HOST:PORT", help="Address of a Ray cluster. Default: start Ray on this machine.")
    ] = None,
    trial_timeout: Annotated[
        float | None,
        _where(min=1, metavar="S", help="Time limit of a trial, in seconds. A trial that takes longer fails."),
    ] = None,
    stall_timeout: Annotated[
        float, _where(min=1, metavar="S", help="Seconds without a sign of life after which a trial is run again.")
    ] = STALL_SECONDS,
    checkpoint_seconds: Annotated[
        float,
        _where(min=0, metavar="S", help="Seconds between two checkpoints. A crash loses at most this much training."),
    ] = CHECKPOINT_SECONDS,
    retry_failed: Annotated[
        bool,
        _how("--retry-failed", help="Run failed trials again, each from its checkpoint if it has one."),
    ] = False,
    keep: Annotated[
        Keep, _kept(metavar="WHICH", help="Trials whose weights are kept: front (of each family), all or none.")
    ] = "front",
    storage: Annotated[
        str | None, _kept(metavar="URL", help="Optuna storage URL. Default: SQLite in the study's folder.")
    ] = None,
    tracking_uri: Annotated[
        str | None, _kept(metavar="URI", help="MLflow tracking URI. Default: SQLite in the output folder.")
    ] = None,
) -> None:
    """Run a study. Optuna proposes trials, Ray Tune schedules them, and MLflow records them. A trial trains one
    auto-encoder.

    Results are written to OUTPUT/NAME: report.html, records.csv, figures, the Optuna database and the trials' folders.
    """
    console = Console(soft_wrap=False)
    with exit_codes():
        check_process()
        asked = Launch.of(
            space=space,
            name=name,
            preset=preset,
            trials=trials,
            settings=overrides_of(set_ or []),
            plugins=plugin or [],
            output=output,
            data_root=data_root,
            sampler=sampler,
            seed=seed,
            enqueue=enqueue,
            warm_start=warm_start,
            early_stopping=early_stopping,
            confirm=confirm,
            concurrent=concurrent,
            gpus_per_trial=gpus_per_trial,
            address=address,
            trial_timeout=trial_timeout,
            stall_timeout=stall_timeout,
            checkpoint_seconds=checkpoint_seconds,
            retry_failed=retry_failed,
            keep=keep,
            storage=storage,
            tracking_uri=tracking_uri,
        )
        prepared = prepare(asked)
        from study.terminal.summary import COMMAND, print_opening

        print_opening(console, prepared.plan, prepared.folder, prepared.resumed)
        if dry_run:
            from study.running.dry_run import dry_run as show  # imports PyTorch

            show(prepared.plan, prepared.folder, prepared.options, console)
            return
        result = carry_out(prepared, console, COMMAND)
        if not any(record.state == "complete" for record in result.records):
            raise typer.Exit(EXIT_NOTHING_COMPLETE)


def main() -> None:
    """The command as a process."""
    run_app(app)


if __name__ == "__main__":
    main()
