"""The interactive figures, read: their points, and the corners of their lines."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import Analysis, analyse
from study.report.explore import figures, parallel
from study.report.read.studies import load_studies

Spec = dict[str, Any]


def analysis_of(*studies: StudyFolder) -> Analysis:
    return analyse(load_studies([study.path for study in studies]))


def objectives_figures(analysis: Analysis) -> dict[str, Spec]:
    return {name: figure.to_plotly_json() for name, figure in figures.objectives_figures(analysis).items()}


def parallel_figures(analysis: Analysis) -> dict[str, Spec]:
    return {name: figure.to_plotly_json() for name, figure in parallel.parallel_figures(analysis).items()}


def slices_figures(analysis: Analysis) -> dict[str, list[Spec]]:
    found = figures.slices_figures(analysis)
    return {name: [figure.to_plotly_json() for figure in panels] for name, panels in found.items()}


def all_figures(analysis: Analysis) -> Iterator[Spec]:
    yield from objectives_figures(analysis).values()
    yield from parallel_figures(analysis).values()
    for panels in slices_figures(analysis).values():
        yield from panels


def points(figure: Spec) -> dict[int, tuple[float, float]]:
    """Where each trial's mark stands, by its index; each is there once."""
    found: dict[int, tuple[float, float]] = {}
    for trace in figure["data"]:
        for trial, x, y in zip(trace.get("customdata", []), trace["x"], trace["y"], strict=False):
            if x is not None:
                assert trial not in found
                found[trial] = (x, y)
    return found


def undominated(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of points with a first value to be small and a second to be large, all different."""
    return [(x, y) for x, y in points if not any(u <= x and v >= y and (u, v) != (x, y) for u, v in points)]


def edited(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> StudyFolder:
    edit(read_records(study.records)).to_csv(study.records, index=False)
    return study


def corners(figure: Spec) -> Iterator[tuple[int, float, float]]:
    """Trial, axis and height of every corner; that lines of two trials are apart is checked."""
    for trace in figure["data"]:
        ends = [at for at, x in enumerate(trace["x"]) if x is None]
        for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False):
            assert len(set(trace["customdata"][start : end + 1])) == 1
            assert trace["x"][start:end] == sorted(trace["x"][start:end])
        for trial, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True):
            if x is not None:
                yield trial, x, y
