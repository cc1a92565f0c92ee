"""`python -m study.status runs/STUDY [runs/OTHER …]`: the status of studies that run, or have ended.

Only files are read: nothing is locked or written.
"""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

import shlex
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from study.records.folder import StudyFolder
from study.report.text.format import count, duration
from study.system.errors import InputError
from study.system.exit_codes import exit_codes, print_line, run_app
from study.terminal.progress import view
from study.terminal.state import StudyState, study_state
from study.tracking.view import trials_url

REFRESH_SECONDS = 2.0

EXAMPLES = """
Examples:

  python -m study.status runs/dsprites

  python -m study.status runs/dsprites runs/longer

  python -m study.status runs

  python -m study.status --watch runs/dsprites

Exit codes: 0 done, 2 wrong input, 130 interrupted.
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def status(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER", help="Folders of studies, or a folder that holds studies, such as runs."),
    ],
    watch: Annotated[
        bool, typer.Option("--watch", help="Update every two seconds until none of the studies runs.")
    ] = False,
) -> None:
    """Show the status of studies: running and ended trials, the best values, the remaining time, report and MLflow.

    A folder that holds several studies gives one line for each of them. Only files are read, so the command can be
    used at any time, also for a study of another machine on a shared disk.
    """
    console = Console(soft_wrap=False)
    with exit_codes():
        studies = _studies(folders)
        if watch:
            _watch(studies, console)
            return
        found = [study_state(study) for study in studies]
        if len(studies) > len(folders):
            for each in found:
                print_line(console, _overview(each))
            return
        for position, each in enumerate(found):
            if position:
                console.print()
            console.print(_shown(each, console))
            for sentence in _sentences(each):
                print_line(console, sentence)


def _studies(folders: Sequence[Path]) -> list[StudyFolder]:
    """The studies; those in a folder that is none itself, by name. A folder without a study is left as it is."""
    studies = []
    for folder in folders:
        plans = [StudyFolder(folder).plan] if StudyFolder(folder).plan.exists() else sorted(folder.glob("*/study.yaml"))
        studies += [StudyFolder(plan.parent) for plan in plans] or [StudyFolder(folder)]
    return studies


def _overview(each: StudyState) -> str:
    """`runs/dsprites: 10 of 12 trials ended, 3 of 8 complete trials on the front; running: process …`."""
    front = f", {each.front} of {count(each.complete, 'complete trial')} on the front" if each.complete else ""
    ended = f"{sum(each.snapshot.ended.values())} of {each.plan.trials} trials ended"
    return f"{each.folder.path}: {ended}{front}; {_state(each)}"


def _watch(studies: Sequence[StudyFolder], console: Console) -> None:
    """Draw them in place until none runs any more. If the output is no terminal, only the end is shown."""
    with Live(console=console, auto_refresh=False) as live:
        while True:
            found = [study_state(study) for study in studies]
            live.update(Group(*_pages(found, console)), refresh=console.is_terminal)
            if not any(each.running for each in found):
                return
            time.sleep(REFRESH_SECONDS)


def _pages(found: Sequence[StudyState], console: Console) -> Iterator[RenderableType]:
    for position, each in enumerate(found):
        if position:
            yield Text()
        yield _shown(each, console, len(found))
        yield from (Text(sentence) for sentence in _sentences(each))


def _shown(each: StudyState, console: Console, among: int = 1) -> RenderableType:
    """The study as a launch shows it; in a terminal no higher than its part of it."""
    beside = len(list(_sentences(each))) + 2
    height = console.height // among - beside if console.is_terminal else 10**6
    return view(each.snapshot, console.width, height)


def _sentences(each: StudyState) -> Iterator[str]:
    """Sentences: the command that runs it, the front, problems, and where report and MLflow are."""
    yield f"{_state(each)}{_sign(each)}"
    if each.complete:
        yield f"{each.front} of {each.complete} complete trials on the front"
    if each.begun:
        yield f"{count(each.begun, 'trial was', 'trials were')} interrupted and will be resumed"
    yield from each.remarks
    report = each.folder.report
    now = f"python -m study.report {shlex.quote(str(each.folder.path))}"
    yield f"report: {report}" if report.exists() else f"report: written at the end; to write one now: {now}"
    yield f"MLflow: {_mlflow(each.folder)}"
    url = trials_url(each.folder)
    if url is not None:
        yield f"trials in MLflow: {url}"


def _state(each: StudyState) -> str:
    held = each.holder
    if held is None or held.lives is False:
        if each.done:
            return (
                "done" if each.folder.report.exists() else "all trials have ended; the same command writes the report"
            )
        how = "interrupted" if held is None else f"interrupted: process {held.pid} has ended"
        return f"{how}; run the same command again to resume"
    who = f"process {held.pid} of {held.user} on {held.host} since {_at(held.since)}"
    if held.lives is None:
        return (
            f"running according to its files: {who}; whether that process is alive cannot be checked from this machine"
        )
    return f"all trials have ended; still running: {who}" if each.done else f"running: {who}"


def _sign(each: StudyState) -> str:
    """The time since a file was last written."""
    if each.sign is None:
        return ""
    return f" (last change {duration(max(0.0, time.time() - each.sign))} ago)"


def _at(moment: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == datetime.now().date() else f"{moment:%Y-%m-%d %H:%M}"


def _mlflow(folder: StudyFolder) -> str:
    from study.tracking.store import (
        store_of,  # it takes a moment
        ui_command,
    )

    try:
        store = store_of(folder)
    except InputError as error:  # an address whose password is not kept
        return str(error)
    return ui_command(store) if store is not None else "no runs yet"


def main() -> None:
    run_app(app)


if __name__ == "__main__":
    main()
