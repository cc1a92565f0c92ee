"""`python -m benchmarks.study`: what a study costs beside its trials, and what its trials cost each other.

Real launches of short trials on dSprites, at 1, 2 and 4 trials at once, each in a new output folder. Where the time of
a launch goes is read from what it leaves: a trial's folder says when an attempt at it began (`attempts.json`), when
each line was logged (`metrics.jsonl`) and when it ended (`outcome.json`), and its record what its parts took.
Processes are looked at in /proc while it runs, twice a second for their processor time, every five seconds for their
memory. What a trial takes of Optuna, the data and MLflow is timed once more, alone, when the study has ended.

Seconds of trials at once include what they take from each other, and what the processes beside them take: with as
many trials as cores, the command's and Ray's processor time is theirs too. MLflow is written in a thread of the
command, so that its time is processor time of the command, and no trial waits for it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.processes import Watch
from benchmarks.results import save
from benchmarks.stopwatch import timed
from benchmarks.timeline import costs
from study.config.plan import StudyPlan
from study.data import load
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search import proposals, storage
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store

MINUTE = 60.0

LABELS: dict[str, str] = {
    "first_step": "command to first step",
    "trials": "trials, wall time",
    "training": "  training, sum",
    "evaluation": "  evaluation, sum",
    "other_work": "  set-up, logs and files, sum",
    "gap": "between two trials of a slot",
    "per_trial": "a trial's slot beside training and evaluation",
    "end": "last trial's end to command's end",
    "command_cpu": "processor time for a trial, command",
    "ray_cpu": "processor time for a trial, Ray",
    "ask_tell": "alone: Optuna's ask and tell",
    "data": "alone: the data opened",
    "mirror": "alone: a trial mirrored to MLflow",
    "overhead": "overhead, of these trials' own seconds",
    "overhead_minute": "overhead, the same seconds of a minute",
    "overhead_wall": "overhead by wall time, empty slots included",
    "overhead_whole": "the same with start-up and end",
    "beside": "command and Ray, of one core",
    "worker_private": "a worker, private",
    "worker_proportional": "a worker, proportional",
    "command_private": "the command, private",
    "ray_private": "Ray's own processes, private",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.study", description=__doc__)
    parser.add_argument("--concurrent", type=int, nargs="+", default=[1, 2, 4], help="trials at once")
    parser.add_argument("--rounds", type=int, default=3, help="trials that follow each other in a slot")
    parser.add_argument("--width", type=int, default=200, help="units of a hidden layer")
    parser.add_argument("--images", type=int, default=50_000, help="seen in a trial's training")
    parser.add_argument("--output", type=Path, default=Path("results/study.json"))
    arguments = parser.parse_args()
    studies: dict[str, dict[str, float]] = {}
    for concurrent in arguments.concurrent:
        with tempfile.TemporaryDirectory(prefix="study-") as place:
            measured = measure(Path(place), concurrent, arguments.rounds, arguments.width, arguments.images)
        studies[f"{concurrent}"] = measured
        print_study(concurrent, measured)
    settings = {"rounds": arguments.rounds, "width": arguments.width, "images": arguments.images}
    save(arguments.output, {"at once": studies}, **settings)


def measure(place: Path, concurrent: int, rounds: int, width: int, images: int) -> dict[str, float]:
    """One launch: seconds (of all trials, or of one on average), bytes, and shares of a minute-long trial."""
    trials = concurrent * rounds
    command = [sys.executable, "-m", "study.launch", "--space", "dsprites", "--output", str(place), "--name", "study"]
    command += ["--trials", str(trials), "--concurrent", str(concurrent)]
    command += [word for name in (f"width={width}", f"images={images}", "batch_size=100") for word in ("--set", name)]
    with (place / "log").open("w") as log:
        typed = time.time()
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT) as process:
            watch = Watch(process.pid)
            while process.poll() is None:
                watch.look()
                time.sleep(0.5)
        ended = time.time()
    if process.returncode:
        raise SystemExit((place / "log").read_text())
    study = StudyFolder(place / "study")
    found = costs(study, typed, ended, concurrent)
    cpu = watch.cpu_between(found.begun, found.ended)
    own = found.training + found.evaluation
    return {
        **asdict(found),
        "command_cpu": cpu["command"] / trials,
        "ray_cpu": cpu["ray"] / trials,
        **alone(study),
        "overhead": found.per_trial / (own / trials),
        "overhead_minute": found.per_trial / MINUTE,
        "overhead_wall": found.trials * concurrent / own - 1,
        "overhead_whole": (ended - typed) * concurrent / own - 1,
        "beside": (cpu["command"] + cpu["ray"]) / found.trials,
        **watch.memory(),
    }


def alone(folder: StudyFolder) -> dict[str, float]:
    """Seconds of what a trial takes in the command and in its process, timed once more, alone, on the ended study."""
    plan = StudyPlan.load(folder.plan)
    study = storage.load_study(plan, folder, None)
    records = storage.records(study, folder)
    _, data = timed(lambda: load("dsprites"))
    with tempfile.TemporaryDirectory() as place:
        uri = open_store(f"sqlite:///{place}/mlflow.db", Path(place))
        mirror = Mirror(plan, folder, uri)
        mirror.sync(StudyProgress())
        sent, mirroring = timed(lambda: mirror.sync(StudyProgress(records)))
        assert sent, mirror.error
    trial, asking = timed(lambda: proposals.propose(study, plan))
    _, telling = timed(lambda: storage.tell(study, plan, trial.number, Outcome("failed")))
    return {"ask_tell": asking + telling, "data": data, "mirror": mirroring / len(records)}


def print_study(concurrent: int, measured: dict[str, float]) -> None:
    print(f"\n{concurrent} at once, {measured['count']:.0f} trials")
    for name, label in LABELS.items():
        value = measured[name]
        if name.startswith(("overhead", "beside")):
            print(f"  {label:46} {100 * value:8.1f} %")
        elif name.endswith(("private", "proportional")):
            print(f"  {label:46} {value / 2**20:8.0f} MiB")
        else:
            print(f"  {label:46} {value:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
