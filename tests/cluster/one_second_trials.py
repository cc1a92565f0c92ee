"""A study whose trials take one second each and leave what trials leave; all else is as in any study.

    python -m tests.cluster.one_second_trials RUNS TRIALS [--storage URL] [--tracking-uri URI]

Training, which would keep two cores busy for minutes, is left out: what is tested is that nothing of many trials that
end beside each other is lost on the way to storage, records and MLflow. Eight of them run at once.
"""

import argparse
import logging
import random
import time
from pathlib import Path
from typing import Any

SECONDS = 1.0
LINES = 20
AT_ONCE = 8


def run_trial(config: Any, folder: Any, *, report: Any, **others: Any) -> Any:
    """In place of `study.trial.run.run_trial`: as many metrics as a trial has, drawn from the trial's own seed."""
    from study.records.outcome import Outcome
    from study.records.table import VALIDATION
    from study.trial.fit import Progress

    values = random.Random(config.seed)
    started = time.perf_counter()
    for line in range(LINES + 1):
        step = round(config.total_steps * line / LINES)
        terms = {f"train_{name}": values.random() for name in ("loss", "reconstruction", "mmd", "penalty")}
        time.sleep(SECONDS / (LINES + 1))
        seconds = time.perf_counter() - started
        images = step * config.batch_size
        folder.append_metrics({"step": step, "images": images, "seconds": seconds, "time": time.time(), **terms})
        report(Progress(step, images, seconds, {}), terms)
    metrics = {name: values.random() for name in ("mean_pixel_deviation", "reconstruction", *"abcdefghijklmno")}
    metrics |= {VALIDATION + name: values.random() for name in metrics}
    return Outcome("complete", metrics=metrics, seconds={"training": SECONDS}).write(folder)


def in_each_worker() -> None:
    import study.trial.run

    study.trial.run.run_trial = run_trial


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", type=Path)
    parser.add_argument("trials", type=int)
    parser.add_argument("--storage")
    parser.add_argument("--tracking-uri")
    given = parser.parse_args()

    from rich.console import Console

    from study.config.load import load_space
    from study.config.plan import make_plan
    from study.records.folder import StudyFolder
    from study.running.run import Options, run_study
    from study.search import cluster
    from study.search.allocation import Resources
    from study.terminal.display import Display

    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # as a launch does that starts Ray itself
    cluster.ray.init(
        address="local",
        num_cpus=AT_ONCE,
        num_gpus=0,
        include_dashboard=False,
        object_store_memory=cluster.OBJECT_STORE_BYTES,
        log_to_driver=False,
        runtime_env={"worker_process_setup_hook": in_each_worker},
    )
    space, source = load_space("fading_squares")
    plan = make_plan(space, source, name="many", preset="quick", seed=3, trials=given.trials, sampler="random")
    options = Options(Resources(concurrent=AT_ONCE), given.storage, given.tracking_uri)
    run_study(plan, StudyFolder(given.runs / "many"), options, Display(plan, Console()).listener)


if __name__ == "__main__":
    from tests.cluster.one_second_trials import main as importable  # what Ray pickles is not of `__main__`

    importable()
