"""The progress of a study in a terminal: pure functions of a snapshot, for a launch and for `study.status`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from study.config.space import Objective, minimised
from study.report.text.format import STATES, duration

BAR = 24
"""Columns of the bar, where there is room for it."""

SHORTEST_NAME = 12
"""Columns that a study's name keeps next to the bar; with fewer there is no bar."""

COLUMN_GAP = "  "

LEAST_PART = 0.05
"""Part of a trial that must be done since the start of a launch before the time still to go is estimated."""


@dataclass(frozen=True)
class Running:
    """One trial under way: optimiser steps done, of how many (0: not known yet), and how many it does a second."""

    number: int
    family: str
    step: int = 0
    total: int = 0
    speed: float = 0.0
    losses: Mapping[str, float] = field(default_factory=dict)

    @property
    def part(self) -> float:
        """The part of its training that is done, 0 to 1."""
        return min(1.0, self.step / self.total) if self.total else 0.0


@dataclass(frozen=True)
class BestValue:
    """The best value of an objective so far, on test images, and whose it is."""

    objective: str
    value: float
    trial: int
    family: str


def ranks(values: Mapping[str, float], objectives: Sequence[Objective]) -> list[tuple[float, ...]]:
    """Keys that order trials by each objective: its value, and among equals the values of all; less is better."""
    turned = minimised(values, objectives).tolist()
    return [(value, *turned) for value in turned]


@dataclass(frozen=True)
class Snapshot:
    """A study at one moment. `ended`: trials by state; `left`: seconds still to go, None if there is no telling."""

    name: str
    trials: int
    ended: Mapping[str, int]
    running: Sequence[Running] = ()
    best: Sequence[BestValue] = ()
    left: float | None = None

    @property
    def done(self) -> float:
        """Trials done, the trained parts of the running ones counted in."""
        return sum(self.ended.values()) + sum(trial.part for trial in self.running)


def view(snapshot: Snapshot, width: int, height: int) -> RenderableType:
    """The snapshot in lines of at most `width` columns, none of them wrapped, and at most `height` of them.

    Where it is narrow the bar goes first, then columns from the right; where it is low, running trials beyond what fits
    are counted.
    """
    counts = tally(snapshot)
    best = list(_best(snapshot))
    others = 1 + bool(counts) + len(best) + 1  # with the table's own head
    parts: list[RenderableType] = [_head(snapshot, width)]
    if counts:
        parts.append(_cut(counts, width))
    if snapshot.running:
        parts += _table(snapshot.running, width, max(1, height - others))
    parts += [_cut(line, width) for line in best]
    return Group(*parts)


def tally(snapshot: Snapshot) -> str:
    """How many trials ended in each way, and how many run; empty before there is any."""
    counts = [f"{snapshot.ended[state]} {word}" for state, word in STATES.items() if snapshot.ended.get(state)]
    if snapshot.running:
        counts.append(f"{len(snapshot.running)} running")
    return ", ".join(counts)


def _head(snapshot: Snapshot, width: int) -> RenderableType:
    """The study's name, how far it is, and how long it still takes."""
    where = f"{sum(snapshot.ended.values())}/{snapshot.trials} trials"
    if snapshot.left is not None and snapshot.left >= 0.5:  # less once all are trained: evaluation's time is open
        where += f", {duration(snapshot.left)} to go"
    room = width - len(where) - 1
    barred = room - BAR - 1 >= min(len(snapshot.name), SHORTEST_NAME)
    name = Text(snapshot.name, style="bold")
    name.truncate(max(1, room - (BAR + 1) * barred), overflow="ellipsis")
    head = Table.grid(padding=(0, 1, 0, 0))
    cells: list[RenderableType] = [name, _cut(where, width)]
    if barred:
        cells.insert(1, ProgressBar(total=snapshot.trials, completed=snapshot.done, width=BAR))
    head.add_row(*cells)
    return head


def _table(running: Sequence[Running], width: int, lines: int) -> list[RenderableType]:
    """The running trials, one per line; if there are more than `lines`, the last line counts those left out."""
    shown = running if len(running) <= lines else running[: max(1, lines - 1)]
    heads = ("trial", "family", "step", "steps/s", "to go")
    rows = [(str(t.number), t.family, _step(t), f"{t.speed:.1f}" if t.speed else "", _to_go(t)) for t in shown]
    # of a width that most cells have room in, so that columns do not jump
    widths = [max(least, *(len(row[at]) for row in (heads, *rows))) for at, least in enumerate((5, 17, 11, 7, 6))]
    kept = [at for at in range(len(heads)) if sum(widths[: at + 1]) + len(COLUMN_GAP) * at <= width]
    rest = width - sum(widths[at] for at in kept) - len(COLUMN_GAP) * len(kept)
    losses = [_whole_entries(t.losses, rest) if len(kept) == len(heads) else "" for t in shown]

    def line(cells: Sequence[str], last: str) -> str:
        aligned = (cells[at].ljust(widths[at]) if at == 1 else cells[at].rjust(widths[at]) for at in kept)
        return COLUMN_GAP.join((*aligned, last)).rstrip()

    parts: list[RenderableType] = [_cut(line(heads, "losses" if any(losses) else ""), width, "dim")]
    parts += [_cut(line(row, last), width) for row, last in zip(rows, losses, strict=True)]
    if len(shown) < len(running):
        parts.append(_cut(f"and {len(running) - len(shown)} more", width, "dim"))
    return parts


def _step(trial: Running) -> str:
    if not trial.total:
        return str(trial.step) if trial.step else "starting"
    return "evaluating" if trial.step >= trial.total else f"{trial.step}/{trial.total}"


def _to_go(trial: Running) -> str:
    if not trial.speed or trial.step >= trial.total:
        return ""
    return duration((trial.total - trial.step) / trial.speed)


def _whole_entries(losses: Mapping[str, float], room: int) -> str:
    """As many of the losses as there is room for, none of them cut."""
    text = ""
    for name, value in losses.items():
        longer = f"{text}{COLUMN_GAP if text else ''}{name} {value:.4g}"
        if len(longer) > room:
            break
        text = longer
    return text


def _best(snapshot: Snapshot) -> Iterator[str]:
    for best in snapshot.best:
        yield f"best {best.objective} {best.value:.4g} ({best.family}, trial {best.trial})"


def _cut(line: str, width: int, style: str = "") -> Text:
    text = Text(line, style=style, no_wrap=True)
    text.truncate(width, overflow="ellipsis")
    return text
