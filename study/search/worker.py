"""The work in Ray's processes: one attempt at one trial, with its lock."""

import logging
import math
import os
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from ray import tune

from study.config.plugins import load_source
from study.config.trial import TrialConfig
from study.records.folder import TrialFolder
from study.records.outcome import Outcome
from study.records.table import RUNG
from study.search import worker_deaths
from study.system import full_disk
from study.system.errors import Halted, one_line
from study.system.files import remove_parts, write_json

if TYPE_CHECKING:
    from study.trial.fit import Progress

REPORT_SECONDS = 2.0
"""Least time between two reports: a trial waits until the driver has taken one, and only the display looks at them."""

ORPHAN_SECONDS = 300.0
"""Longest wait for another worker to leave a trial. One whose driver was killed was seen to be gone after 2 to 10
seconds, one whose node was disconnected from the head after 183, when Ray there had given it up. A file server that
cannot reach the node either frees its locks after a lease, with NFS mostly of 90 seconds.
"""

LOOK_SECONDS = 5.0
"""Seconds between a worker's looks at whether the trial is still its own."""

NOT_OURS = 18
"""Exit status of a worker that ends because another attempt at its trial has begun."""

HALT = "halt"
"""Key in a trial's last report: why the whole study cannot continue."""


def train(job: dict[str, Any]) -> None:
    """Ray Tune's trainable. `job` holds plain values: see `study.search.schedule`.

    The outcome is in the trial's folder when the last report, marked `final`, is made. If nothing can be written,
    the report has the reason instead (`HALT`), and the attempt does not count.
    """
    folder = TrialFolder(Path(job["folder"]))
    try:
        with full_disk.halting():
            folder.path.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.lock, timeout=ORPHAN_SECONDS):
                if Outcome.read(folder) is None:
                    _attempt(folder, job)
    except Halted as halted:
        tune.report({HALT: str(halted)})
        return
    except Timeout:
        raise RuntimeError(f"another process works on {folder.path}") from None
    tune.report({"final": True})


def _attempt(folder: TrialFolder, job: dict[str, Any]) -> None:
    remove_parts(folder.path)
    attempt = worker_deaths.begin(folder, worker_deaths.here(job["launch"], job["run"]), worker_deaths.is_lost)
    worker_deaths.collect_crash(folder)
    if attempt > worker_deaths.MAX_ATTEMPTS:
        Outcome("failed", reason=_last_reason(folder, attempt - 1)).write(folder)
        return
    write_json(folder.config, job["config"])
    try:
        with worker_deaths.crash_recorded(folder), _while_ours(folder):
            _run(folder, job)
    except Exception as error:
        if full_disk.refusal(error):
            raise
        folder.error.write_text(traceback.format_exc(), encoding="utf-8")
        if attempt < worker_deaths.MAX_ATTEMPTS:
            raise RuntimeError(one_line(error, 500, named=True)) from error
        Outcome("failed", reason=one_line(error, 500, named=True)).write(folder)


def _run(folder: TrialFolder, job: dict[str, Any]) -> None:
    try:
        import torch

        from study.trial.model import stream_seed
        from study.trial.run import run_trial  # imports PyTorch too
    except SystemExit as error:  # raised by a module that is not ours; Ray also ends a trial by it
        raise ImportError(f"a module ended the process when it was imported: {error}") from error

    logging.getLogger("study").setLevel(logging.WARNING)
    torch.set_num_threads(job["threads"])
    for source in job["plugins"]:
        load_source(source)
    config = TrialConfig(**job["config"])
    torch.manual_seed(stream_seed(config.seed, "weights"))  # nothing of ours draws from the global state; a plugin may
    try:
        run_trial(
            config,
            folder,
            data_root=Path(job["data_root"]) if job["data_root"] else None,
            device=job["device"],
            metrics=job["metrics"],
            objectives=job["objectives"],
            rungs={int(step): images for step, images in job["rungs"].items()},
            checkpoint_seconds=job["checkpoint_seconds"],
            report=_Reporter(config.total_steps),
        )
    finally:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class _Reporter:
    """Tells the driver where the trial is, not more often than `REPORT_SECONDS`, and at every rung.

    Ray answers a report before the trial continues; a trial that is stopped goes no further than that. The metrics file
    has every line.
    """

    def __init__(self, total_steps: int) -> None:
        self.total_steps = total_steps
        self.last = -math.inf

    def __call__(self, progress: "Progress", values: dict[str, float]) -> None:
        if RUNG in values or time.monotonic() - self.last >= REPORT_SECONDS:
            tune.report({"step": progress.step, "seconds": progress.seconds, "total_steps": self.total_steps, **values})
            self.last = time.monotonic()


def _last_reason(folder: TrialFolder, times: int) -> str:
    words = worker_deaths.last_words(folder)
    return f"its process died {times} times" + (f"; last error: {words}" if words else "")


@contextmanager
def _while_ours(folder: TrialFolder) -> Iterator[None]:
    """End the whole process when another attempt at the trial has begun, before it writes among the other's files.

    The lock rules that out, unless a file server has freed it: it does so for a node that it has not heard from for
    long, and the node may come back.
    """
    known, ended = worker_deaths.read(folder), threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK_SECONDS):
            if any(attempt not in known for attempt in worker_deaths.read(folder)):
                os._exit(NOT_OURS)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
