"""The output while a study runs: one live display, or plain lines where the output is no terminal and no notebook."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live

from study.config.plan import StudyPlan
from study.records.table import TrialRecord
from study.report.text.format import duration
from study.running.run import Listener
from study.system.exit_codes import print_line
from study.terminal.notebook import DISPLAY_COLUMNS, NotebookDisplay
from study.terminal.progress import LEAST_PART, BestValue, Running, Snapshot, ranks, view

NOTEBOOK_LINES = 24
"""Lines of the display in a notebook, at most."""


def progress_console(progress: bool) -> Console:
    """The console that shows a launch from Python: the terminal, the notebook's cell, or none."""
    if progress:
        return Console(soft_wrap=False)
    return Console(quiet=True, force_terminal=False, force_jupyter=False)


class Display:
    """Trials done of all, the running ones with step, speed and losses, the best so far, the time still to go."""

    def __init__(self, plan: StudyPlan, console: Console) -> None:
        self.plan = plan
        self.console = console
        self.ended_trials: Counter[str] = Counter()
        self.best: dict[str, BestValue] = {}
        self._ranks: dict[str, tuple[float, ...]] = {}
        self.running: dict[int, Running] = {}
        self._seconds: dict[int, float] = {}
        self._begun = time.monotonic()
        self._done_at_start: float | None = None
        self._live: Live | NotebookDisplay | None = None
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(get_renderable=self._render, console=console, refresh_per_second=2, transient=True)
        elif console.is_jupyter:
            self._live = NotebookDisplay(lambda: view(self.snapshot(), DISPLAY_COLUMNS, NOTEBOOK_LINES))

    @property
    def listener(self) -> Listener:
        """The display as what `run_study` tells."""
        return Listener(self._say, self.opened, self.started, self.progressed, self.ended, self.busy)

    @contextmanager
    def opened(self, records: Sequence[TrialRecord]) -> Iterator[None]:
        """Show the study, which has these records so far, until the context ends."""
        for record in records:
            self._count(record)
        self._begun = time.monotonic()
        if self._live is None:
            yield
            return
        with self._live:
            yield

    def busy(self, what: str) -> AbstractContextManager[Any]:
        """Show in a terminal that something takes some seconds, until the context ends."""
        return self.console.status(what) if isinstance(self._live, Live) else nullcontext()

    def started(self, number: int, settings: dict[str, Any]) -> None:
        self.running[number] = Running(number, settings["family"])
        self._seconds[number] = 0.0
        self._changed()

    def progressed(self, number: int, result: dict[str, Any]) -> None:
        before = self.running.get(number)
        if before is None:
            return
        steps, seconds = result["step"] - before.step, result["seconds"] - self._seconds[number]
        timed = before.total and steps > 0 and seconds > 0  # the first report has what an earlier launch did in it
        losses = {key.removeprefix("train_"): v for key, v in result.items() if key.startswith("train_")}
        self.running[number] = Running(
            number,
            before.family,
            step=result["step"],
            total=result["total_steps"],
            speed=steps / seconds if timed else before.speed,
            losses=losses or before.losses,
        )
        self._seconds[number] = result["seconds"]
        if self._done_at_start is None:
            self._done_at_start = self.snapshot().done
        self._changed()

    def ended(self, record: TrialRecord) -> None:
        self.running.pop(record.trial, None)
        self._count(record)
        if not isinstance(self._live, NotebookDisplay):  # above the display of a terminal
            print_line(self.console, self._line(record))
        self._changed()

    def snapshot(self) -> Snapshot:
        """The study as it stands."""
        running = [trial for _, trial in sorted(self.running.items())]
        found = [self.best[o.name] for o in self.plan.space.objectives if o.name in self.best]
        now = Snapshot(self.plan.name, self.plan.trials, dict(self.ended_trials), running, found)
        return replace(now, left=self._left(now.done))

    def _changed(self) -> None:
        """Tell a notebook; a terminal's display looks by itself."""
        if isinstance(self._live, NotebookDisplay):
            self._live.changed()

    def _say(self, sentence: str) -> None:
        self.console.print(sentence, highlight=False)

    def _count(self, record: TrialRecord) -> None:
        """Take one more ended trial into the numbers shown; of equals that is best which is better in the others."""
        self.ended_trials[record.state] += 1
        if record.state != "complete":
            return
        objectives = self.plan.space.objectives
        for objective, rank in zip(objectives, ranks(record.metrics, objectives), strict=True):
            if objective.name not in self._ranks or rank < self._ranks[objective.name]:
                self._ranks[objective.name] = rank
                found = BestValue(objective.name, record.metrics[objective.name], record.trial, record.config.family)
                self.best[objective.name] = found

    def _line(self, record: TrialRecord) -> str:
        what = self._values(record) if record.state == "complete" else f"{record.state}: {record.reason}"
        now = self.snapshot()
        return f"{self.ended_trials.total()}/{now.trials} trial {record.trial} {record.config.family} {what}" + (
            f" ({duration(now.left)} to go)" if now.left is not None else ""
        )

    def _values(self, record: TrialRecord) -> str:
        return ", ".join(f"{o.name} {record.metrics[o.name]:.4g}" for o in self.plan.space.objectives)

    def _left(self, done: float) -> float | None:
        """Seconds still to go, at the speed of this launch; None until there is one."""
        if self._done_at_start is None or done - self._done_at_start < LEAST_PART:
            return None
        elapsed = time.monotonic() - self._begun
        return elapsed * (self.plan.trials - done) / (done - self._done_at_start)

    def _render(self) -> RenderableType:
        return view(self.snapshot(), self.console.width, self.console.height - 1)  # a line for the cursor
