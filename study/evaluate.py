"""`python -m study.evaluate runs/STUDY`: the command that scores a study's trained models again.

This module checks the options and shows the result; `study.running.rescoring` computes it.
"""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from study.config.plan import StudyPlan
from study.config.plugins import load_plugin
from study.data import DATASETS
from study.evaluation import DeviceName, ScoredSize
from study.metrics import METRICS, offered
from study.records.folder import StudyFolder
from study.report.text.format import count
from study.running.preflight import check_process
from study.system.errors import InputError, Interrupted
from study.system.exit_codes import EXIT_INTERRUPTED, complain, exit_codes, print_line, print_sentence, run_app

if TYPE_CHECKING:
    import torch

    from study.records.table import TrialRecord
    from study.running.rescoring import Change, ScoringResult

EXIT_NOTHING_SCORED = 1

SHOWN_VALUES = 6
"""New values that a trial's line shows; the others are in the records."""

_what = partial(typer.Option, rich_help_panel="Metrics")
_where = partial(typer.Option, rich_help_panel="Resources")

EXAMPLES = """
Examples:

  python -m study.evaluate runs/dsprites

  python -m study.evaluate runs/dsprites --metrics mig,sap --metrics factor_vae

  python -m study.evaluate runs/dsprites --size full --trial 7 --trial 11

Exit codes: 0 done, 1 no trial could be scored, 2 wrong input, 3 another process runs the study, 130 interrupted.
"""


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def evaluate_study(
    folder: Annotated[Path, typer.Argument(metavar="STUDY", help="Folder of the study, e.g. runs/dsprites.")],
    metrics: Annotated[
        list[str] | None,
        _what(metavar="NAME[,NAME]", help="Metrics to compute. Can be repeated. Default: all metrics of the dataset."),
    ] = None,
    size: Annotated[
        ScoredSize,
        _what(
            metavar="SIZE",
            help="standard: as in a study. full: on all test images, stored as full_NAME; takes minutes per model.",
        ),
    ] = "standard",
    trial: Annotated[
        list[int] | None,
        _what(min=0, metavar="N", help="Number of a trial. Can be repeated. Default: all trials with weights."),
    ] = None,
    device: Annotated[
        DeviceName, _where(metavar="NAME", help="Device: auto, cpu or cuda. auto uses a GPU if there is one.")
    ] = "auto",
    plugin: Annotated[
        list[str] | None,
        _where(metavar="NAME", help="Plugin of the study: a file or a module. Can be repeated."),
    ] = None,
    storage: Annotated[
        str | None, _where(metavar="URL", help="Optuna storage URL. Default: SQLite in the study's folder.")
    ] = None,
    tracking_uri: Annotated[
        str | None, _where(metavar="URI", help="MLflow tracking URI. Default: the one that the study uses already.")
    ] = None,
    data_root: Annotated[
        Path | None,
        _where(metavar="FOLDER", help="Folder with official data files. Default: WAE_STUDY_DATA.", show_default=False),
    ] = None,
) -> None:
    """Compute metrics of a study's trained models from their kept weights. Nothing is trained.

    The values are written to the storage, records.csv, MLflow and report.html. The values of the objectives do not
    change: they stay as the search used them.
    """
    console = Console(soft_wrap=False)
    with exit_codes():
        check_process()
        for each in plugin or []:
            load_plugin(each)
        study = StudyFolder(folder)
        plan = StudyPlan.load(study.plan)
        names = _metrics(metrics, plan.space.dataset)
        from study.running.rescoring import ScoringListener, Wanted, rescore

        wanted = Wanted(
            metrics=names,
            size=size,
            trials=None if trial is None else tuple(trial),
            device=device,
            data_root=data_root,
            storage=storage,
            tracking_uri=tracking_uri,
        )
        try:
            with _progress(console) as progress:
                lines = _Lines(plan, size, progress)
                listener = ScoringListener(lines.chosen, lines.started, lines.scored, lines.skipped)
                result = rescore(plan, study, wanted, listener)
        except Interrupted as error:
            complain(str(error))
            raise typer.Exit(EXIT_INTERRUPTED) from None
        _print_result(console, study, result)
        if not result.changes:
            raise typer.Exit(EXIT_NOTHING_SCORED)


def _metrics(given: list[str] | None, dataset: str) -> tuple[str, ...] | None:
    """The metrics that were named, each once; None if none was. `InputError` for one that the data lack."""
    if given is None:
        return None
    allowed = offered(DATASETS[dataset].offers)
    names = [name.strip() for part in given for name in part.split(",")]
    for name in names:
        if name not in allowed:
            known = f"which {dataset} does not offer; it" if name in METRICS else f"which is not a metric; {dataset}"
            raise InputError(f"--metrics: received {name!r}, {known} offers {', '.join(sorted(allowed))}")
    return tuple(dict.fromkeys(names))


def _progress(console: Console) -> Progress:
    """One line at the bottom of a terminal; nothing where the output is none."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("to go:"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class _Lines:
    """One line a trial as it is done, and in a terminal the progress below them."""

    def __init__(self, plan: StudyPlan, size: str, progress: Progress) -> None:
        self.plan, self.size, self.progress = plan, size, progress
        self.task = progress.add_task("", total=None)
        self.done, self.total = 0, 0

    def chosen(self, records: Sequence["TrialRecord"], device: "torch.device") -> None:
        self.total = len(records)
        self.progress.update(self.task, total=self.total)
        line = f"{self.plan.name}: scoring {count(self.total, 'trial')} again, {self.size} size, on {device}"
        print_line(self.progress.console, line)

    def started(self, record: "TrialRecord") -> None:
        self.progress.update(self.task, description=f"trial {record.trial} {record.config.family}", refresh=True)

    def scored(self, record: "TrialRecord", change: "Change") -> None:
        self._ended(record, _values(change))

    def skipped(self, record: "TrialRecord", reason: str) -> None:
        self._ended(record, f"skipped: {reason}")

    def _ended(self, record: "TrialRecord", what: str) -> None:
        self.done += 1
        self.progress.update(self.task, completed=self.done)
        if self.done == self.total:
            self.progress.update(self.task, description="records, MLflow, report")
        line = f"{self.done}/{self.total} trial {record.trial} {record.config.family} {what}"
        print_line(self.progress.console, line)


def _values(change: "Change") -> str:
    """The new values of a trial."""
    names = list(change.new)
    shown = ", ".join(f"{name} {change.new[name]:.4g}" for name in names[:SHOWN_VALUES])
    more = len(names) - SHOWN_VALUES
    return (shown + (f" and {more} more" if more > 0 else "")) or "nothing new"


def _print_result(console: Console, folder: StudyFolder, result: "ScoringResult") -> None:
    from study.terminal.summary import print_tracking  # imports pandas

    new = sum(bool(change.new) for change in result.changes.values())
    print_line(console, f"scored {count(len(result.changes), 'trial')}, {new} with new values")
    for sentence in _kept({trial: change.kept for trial, change in result.changes.items()}):
        print_sentence(console, sentence)
    for trial, reason in result.skipped.items():
        complain(f"trial {trial} could not be scored: {reason}")
    if result.tracking_error:
        error = f"MLflow is not complete ({result.tracking_error})"
        print_sentence(console, f"{error}; the next launch or evaluation of the study sends the missing part")
    print_line(console, f"records: {folder.records}")
    print_line(console, f"report: {result.report.report}")
    print_tracking(console, result.tracking_command, result.trials_url)


def _kept(differences: Mapping[int, Mapping[str, float]]) -> Iterable[str]:
    """One sentence for each objective whose value is another here than in the study."""
    for name in dict.fromkeys(name for kept in differences.values() for name in kept):
        trials = [trial for trial, kept in differences.items() if name in kept]
        most = max(kept[name] for kept in differences.values() if name in kept)
        yield (
            f"{name} of {count(len(trials), 'trial')} differs from the stored value by up to {most:.2g} of it "
            f"(another machine, or another version of the code); the study keeps the stored value"
        )


def main() -> None:
    run_app(app)


if __name__ == "__main__":
    main()
