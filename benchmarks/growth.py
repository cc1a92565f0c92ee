"""`python -m benchmarks.growth`: how a study's own work grows with its trials. Seconds, of one core.

Studies on dSprites of several sizes are filled with made-up trials (`benchmarks.made_up`); nothing is trained. What is
timed are the functions of a launch and of a report. Filling 10,000 trials takes some minutes and 400 MB of disk.
"""

import argparse
import io
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import optuna
from rich.console import Console

from benchmarks import made_up
from benchmarks.results import save
from benchmarks.stopwatch import timed
from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.records.folder import StudyFolder
from study.records.table import TrialRecord, write_records
from study.report.write import write_report
from study.running.run import _State
from study.search import proposals, storage
from study.terminal.display import Display
from study.terminal.summary import print_opening
from study.tracking.background import Background
from study.tracking.connection import Connection, KnownRun
from study.tracking.content import STATUS, CurvePoint, StudyProgress, final_metrics
from study.tracking.mirror import Mirror, _Shown

SIZES = [10, 100, 1_000, 10_000]

ENDED = 5
"""Trials at each size that are asked for, told and ended; the median of each is given."""

WORK = {
    "resume": "what a launch does before its first trial, without Ray's start: storage, records, display",
    "ask": "proposing a trial (TPE, two objectives)",
    "tell": "telling the storage what became of it",
    "ended": "what the driver does then: its record, fronts, weights, display; not records.csv, which rests between",
    "tracking": "what the mirror does then beside the trial's own run: without MLflow's own time",
    "tracking resumed": "what the mirror does with all trials after it has connected, without MLflow's own time",
    "records": "the records of all trials from the storage",
    "records.csv": "writing them",
    "report": "report.html and its figures",
}
"""What is timed."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--trials", type=int, nargs="+", default=SIZES, help="sizes of the studies")
    parser.add_argument("--place", type=Path, help="where the studies lie meanwhile, on disk; removed afterwards")
    parser.add_argument("--output", type=Path, default=Path("results/growth.json"))
    arguments = parser.parse_args()
    space, _ = load_space("dsprites")
    seconds: dict[str, dict[str, float]] = {}
    for n in sorted(arguments.trials):
        plan = make_plan(space, "dsprites", name="growth", preset="quick", seed=0, trials=n + ENDED)
        with tempfile.TemporaryDirectory(dir=arguments.place) as place:
            folder = StudyFolder(Path(place) / "growth")
            folder.path.mkdir()
            plan.save(folder.plan)
            made_up.fill(storage.open_study(plan, folder, storage.default_url(folder)), plan, folder, n)
            seconds[f"{n}"] = measure(plan, folder)
    print_table(seconds)
    save(arguments.output, {"seconds": seconds, "work": WORK})


def measure(plan: StudyPlan, folder: StudyFolder) -> dict[str, float]:
    """Seconds by what is done, on the study as it is; it has a few trials more afterwards."""
    console = Console(file=io.StringIO(), width=120)
    seconds: dict[str, float] = {}
    (study, state, display), seconds["resume"] = timed(lambda: resume(plan, folder, console))
    _, seconds["records"] = timed(lambda: storage.records(study, folder))
    _, seconds["records.csv"] = timed(lambda: write_records(state.records, folder.records))
    summary, seconds["report"] = timed(lambda: write_report([folder.path]))
    print(f"{len(state.records):,} trials: report.html has {summary.report.stat().st_size / 1e6:.1f} MB", flush=True)
    mirror = Disconnected(plan, folder, state.records)
    synced, seconds["tracking resumed"] = timed(lambda: mirror.sync(StudyProgress(state.records, front=state.front)))
    assert synced, mirror.error

    def end(number: int) -> None:
        record = storage.record(study, folder, number)
        state.ended(record)
        display.ended(record)
        console.print(display._render())

    each: dict[str, list[float]] = {"ask": [], "tell": [], "ended": [], "tracking": []}
    for _ in range(ENDED):
        trial, asking = timed(lambda: proposals.propose(study, plan))
        outcome = made_up.leave(folder, trial)
        _, telling = timed(partial(storage.tell, study, plan, trial.number, outcome))
        _, ending = timed(partial(end, trial.number))
        synced, tracking = timed(lambda: mirror.sync(StudyProgress(state.records, front=state.front)))
        assert synced, mirror.error
        for what, value in zip(each, (asking, telling, ending, tracking), strict=True):
            each[what].append(value)
    return {name: seconds.get(name) or float(np.median(each[name])) for name in WORK}


def resume(plan: StudyPlan, folder: StudyFolder, console: Console) -> tuple[optuna.Study, _State, Display]:
    """What `python -m study.launch` repeats of a study that is there, up to Ray's start."""
    print_opening(console, plan, folder, resumed=True)
    study = storage.open_study(plan, folder, storage.default_url(folder))
    state = _State(plan, folder, "front", Silent(), storage.records(study, folder))
    assert len(storage.ended(study)) < plan.trials  # there is something to do
    display = Display(plan, console)
    with display.opened(state.records):
        return study, state, display


class Silent(Background):
    """In place of the thread that sends what it is told to MLflow."""

    def __init__(self) -> None:
        pass

    def notify(self, progress: StudyProgress) -> None:
        pass


class Disconnected(Mirror):
    """A mirror whose store has all trials, and takes everything at once."""

    def __init__(self, plan: StudyPlan, folder: StudyFolder, records: list[TrialRecord]) -> None:
        super().__init__(plan, folder, "sqlite://")
        trials = {r.trial: KnownRun(f"{r.trial}", STATUS[r.state], {}, final_metrics(r)) for r in records}
        self._shown = _Shown(Store(), KnownRun("study", "RUNNING", {"study_id": "0"}), trials)


class Store(Connection):
    """Takes whatever it is given."""

    def __init__(self) -> None:
        self.experiment_id = "1"

    def create(self, name: str, tags: Mapping[str, str], started: float) -> KnownRun:
        return KnownRun(name, "RUNNING", dict(tags), steps={})

    def _steps(self, run: KnownRun) -> dict[str, int]:
        return {}

    def introduce(self, run: KnownRun, params: Mapping[str, str]) -> None:
        pass

    def tag(self, run: KnownRun, tags: Mapping[str, str]) -> None:
        run.tags.update(tags)

    def _send(self, run: KnownRun, points: list[CurvePoint]) -> None:
        run.metrics.update({point.key: point.value for point in points})

    def log_dataset(self, run: KnownRun, name: str, source: str) -> None:
        pass

    def reopen(self, run: KnownRun) -> None:
        run.status = "RUNNING"

    def end(self, run: KnownRun, status: str, ended: float) -> None:
        run.status = status


def print_table(seconds: dict[str, dict[str, float]]) -> None:
    print(f"{'seconds at so many trials':26}" + "".join(f"{int(n):>9,}" for n in seconds))
    for what in WORK:
        print(f"{what:26}" + "".join(f"{row[what]:9.3f}" for row in seconds.values()))


if __name__ == "__main__":
    main()
