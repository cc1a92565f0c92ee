"""Plans, what was measured of their trials, and rows of a dry run as words."""

from typing import Any

from study.config.plan import StudyPlan
from study.data import load
from study.running.timing import Files, Measured, Timed, choose
from study.search.allocation import Share

FILES = Files(pictures=100_000, arrays=50_000)


def timed(plan: StudyPlan, step: float | None = 0.01) -> Measured:
    """Every configuration alike: so many seconds a step, and a megabyte of weights."""
    configs = tuple(Timed(config, step, 1_000_000) for config in choose(plan))
    return Measured(configs, reduced=2.0, final=30.0, files=FILES)


def words(rows: Any) -> str:
    return "\n".join(f"{label}: {text}" for label, text in rows)


ONE = Share(1, 1.0, 0.0)


def fading() -> Any:
    return load("fading_squares")
