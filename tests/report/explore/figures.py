"""The interactive figures, read: their points, and the corners of their lines."""

from collections.abc import Iterator
from typing import Any

from study.report.analysis.analysis import Analysis
from study.report.drawing.style import Look
from study.report.explore.marks import NAME, colours
from study.report.explore.objectives import objectives_figures
from study.report.explore.parallel import parallel_figures
from study.report.explore.slices import slices_figures

Spec = dict[str, Any]


def all_figures(analysis: Analysis) -> Iterator[Spec]:
    yield from objectives_figures(analysis).values()
    yield from parallel_figures(analysis).values()
    for panels in slices_figures(analysis).values():
        yield from panels


def dressed(value: Any, look: Look) -> Any:
    """With the colours that the page puts in; `KeyError` for a name that none stands for."""
    if isinstance(value, dict):
        return {key: dressed(inner, look) for key, inner in value.items()}
    if isinstance(value, list):
        return [dressed(inner, look) for inner in value]
    return colours(look)[value] if isinstance(value, str) and value.startswith(NAME) else value


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
