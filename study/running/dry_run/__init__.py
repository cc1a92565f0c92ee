"""`--dry-run`: the study that a launch would run, its size, its time and its room on the disk; nothing is written."""

from rich.console import Console
from rich.table import Table

from study.config.plan import StudyPlan
from study.data import load
from study.data.cache import nothing_kept
from study.records.folder import StudyFolder
from study.running import surroundings
from study.running.dry_run.disk import disk_use
from study.running.dry_run.time import time_needed
from study.running.dry_run.timing import choose, measure, share_here
from study.running.dry_run.words import planned_size, resolved
from study.running.run import Options

Rows = list[tuple[str, str]]


def dry_run(plan: StudyPlan, folder: StudyFolder, options: Options, console: Console) -> None:
    """Print all of it. `InputError` where a launch would refuse for want of data.

    Takes some twenty seconds: a few steps are timed of a few configurations. Ray, Optuna and MLflow are left alone.
    """
    with nothing_kept() as lacking:
        dataset = load(plan.space.dataset, options.resources.data_root)
    surroundings.check(plan)
    done = sum(trial.outcome.exists() for trial in folder.trials())
    _print(console, [*resolved(plan, folder), ("size", planned_size(plan, done))])
    if done >= plan.trials:
        _print(console, [("time", "none: every trial is done")])
        return
    share = share_here(options.resources)
    chosen = choose(plan)
    with console.status(f"timing {len(chosen)} configurations"):
        measured = measure(plan, chosen, share, options.resources.data_root)
    rows = time_needed(plan, plan.trials - done, measured, share, joined=options.resources.address is not None)
    if lacking:
        rows.append(("", "timed on blank images: the data are made, or read, by the first launch"))
    _print(console, [*rows, *disk_use(plan, dataset, bool(lacking), measured, share, options)])


def _print(console: Console, rows: Rows) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=11, style="bold")
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, text)
    console.print(table, markup=False, highlight=False)


__all__ = ["dry_run"]
