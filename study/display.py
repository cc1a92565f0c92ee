"""What a terminal shows while a study runs: one live display, or plain lines where the output is no terminal."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from study.config import StudyPlan
from study.records import TrialRecord


@dataclass
class _Running:
    settings: dict[str, Any]
    step: int = 0
    total: int = 0
    seconds: float = 0.0
    speed: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)


class Display:
    """Trials done of all, the running ones with step, speed and losses, the best so far, the time still to go."""

    def __init__(self, plan: StudyPlan, records: list[TrialRecord], console: Console) -> None:
        self.plan = plan
        self.console = console
        self.ended_trials = 0
        self.incomplete = 0
        self.stopped = 0
        self.best: dict[str, TrialRecord] = {}
        self.running: dict[int, _Running] = {}
        for record in records:
            self._count(record)
        self._begun = time.monotonic()
        self._done_at_start: float | None = None
        self._live = Live(get_renderable=self._render, console=console, refresh_per_second=2, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def started(self, number: int, settings: dict[str, Any]) -> None:
        self.running[number] = _Running(settings)

    def progressed(self, number: int, result: dict[str, Any]) -> None:
        trial = self.running.get(number)
        if trial is None:
            return
        steps, seconds = result["step"] - trial.step, result["seconds"] - trial.seconds
        if trial.total and steps > 0 and seconds > 0:
            trial.speed = steps / seconds
        trial.step, trial.seconds, trial.total = result["step"], result["seconds"], result["total_steps"]
        losses = {key.removeprefix("train_"): v for key, v in result.items() if key.startswith("train_")}
        trial.losses = losses or trial.losses
        if self._done_at_start is None:
            self._done_at_start = self._done()

    def ended(self, record: TrialRecord) -> None:
        self.running.pop(record.trial, None)
        self._count(record)
        if not self.console.is_terminal:
            self.console.print(self._line(record), highlight=False, soft_wrap=True)

    def _count(self, record: TrialRecord) -> None:
        """Take one more ended trial into the numbers shown; of equals, the earlier one is the best."""
        self.ended_trials += 1
        if record.state == "pruned":
            self.stopped += 1
            return
        if record.state != "complete":
            self.incomplete += 1
            return
        for objective in self.plan.space.objectives:
            best = self.best.setdefault(objective.name, record)
            if objective.sign * record.metrics[objective.name] < objective.sign * best.metrics[objective.name]:
                self.best[objective.name] = record

    def _line(self, record: TrialRecord) -> str:
        what = self._values(record) if record.state == "complete" else f"{record.state}: {record.reason}"
        left = self._left()
        return f"{self.ended_trials}/{self.plan.trials} trial {record.trial} {record.config.family} {what}" + (
            f" ({left} to go)" if left else ""
        )

    def _values(self, record: TrialRecord) -> str:
        return ", ".join(f"{o.name} {record.metrics[o.name]:.4g}" for o in self.plan.space.objectives)

    def _done(self) -> float:
        """Trials done, the trained parts of the running ones counted in."""
        return self.ended_trials + sum(trial.step / trial.total for trial in self.running.values() if trial.total)

    def _left(self) -> str:
        """The time still to go, at the speed of this launch; empty until there is one."""
        done = self._done()
        if self._done_at_start is None or done - self._done_at_start < 0.05:
            return ""
        elapsed = time.monotonic() - self._begun
        seconds = elapsed * (self.plan.trials - done) / (done - self._done_at_start)
        return (
            f"{seconds / 3600:.1f} h"
            if seconds >= 5400
            else f"{seconds / 60:.0f} min"
            if seconds >= 90
            else (f"{seconds:.0f} s")
        )

    def _render(self) -> RenderableType:
        head = Table.grid(padding=(0, 1))
        left = self._left()
        head.add_row(
            Text(self.plan.name, style="bold"),
            ProgressBar(total=self.plan.trials, completed=self._done(), width=24),
            f"{self.ended_trials}/{self.plan.trials} trials"
            + (f", {self.stopped} stopped early" if self.stopped else "")
            + (f", {self.incomplete} not complete" if self.incomplete else "")
            + (f", {left} to go" if left else ""),
        )
        parts: list[RenderableType] = [head, self._table()]
        best = self._best()
        if best:
            parts.append(Text(best))
        return Group(*parts)

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 1), header_style="dim")
        table.add_column("trial", justify="right", no_wrap=True, min_width=5)
        table.add_column("family", no_wrap=True, min_width=17)
        table.add_column("step", justify="right", no_wrap=True, min_width=11)
        table.add_column("steps/s", justify="right", no_wrap=True, min_width=7)
        table.add_column("losses", overflow="ellipsis", no_wrap=True)
        for number, trial in sorted(self.running.items()):
            step = f"{trial.step}/{trial.total}" if trial.total else "starting"
            if trial.total and trial.step >= trial.total:
                step = "evaluating"
            table.add_row(
                str(number),
                trial.settings["family"],
                step,
                f"{trial.speed:.1f}" if trial.speed else "",
                " ".join(f"{name} {value:.4g}" for name, value in trial.losses.items()),
            )
        return table

    def _best(self) -> str:
        parts = [
            f"{name} {record.metrics[name]:.4g} ({record.config.family}, trial {record.trial})"
            for name, record in list(self.best.items())  # drawn by a thread of its own
        ]
        return f"best so far: {'; '.join(parts)}" if parts else ""
