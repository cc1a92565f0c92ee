"""Writing the report: folders in; `report.html` and `figures/*.png` in the first of them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from study.collector import collector_paused
from study.folder import write_atomically
from study.report.agreement_figure import agreement_figure
from study.report.analysis import Analysis, analyse
from study.report.curves import curves_figure
from study.report.figures import objectives_figure
from study.report.load import Study, load_studies
from study.report.page import render
from study.report.pictures import Album
from study.report.style import LOOKS, Look, png
from study.report.tables import front_table
from study.report.words import result_sentences

FIGURES: dict[str, Callable[[Analysis, Look], Figure | None]] = {
    "objectives": objectives_figure,
    "agreement": agreement_figure,
    "curves": curves_figure,
}
"""Every figure by its name: that of its file, and of its place in the page."""


@dataclass(frozen=True)
class ReportSummary:
    """What a report holds, for who prints or logs it.

    `front`: one row a non-dominated trial. `hypervolumes`: by family (`FAMILY (STUDY)` where there are several
    studies); empty without a reference point. `complete`: how many trials have a result.
    """

    report: Path
    figures: tuple[Path, ...]
    front: pd.DataFrame
    hypervolumes: dict[str, float]
    hypervolume: float | None
    reference: dict[str, float]
    complete: int
    result: tuple[str, ...]


def write_report(folders: Sequence[Path]) -> ReportSummary:
    """Write the report of the studies in these folders into the first one. `InputError` if they cannot be read."""
    with collector_paused():
        return _write(load_studies(folders))


def _write(studies: Sequence[Study]) -> ReportSummary:
    analysis = analyse(studies)
    home = studies[0].folder
    drawn = _draw(analysis)
    paths = []
    for name in FIGURES:
        path = home.figures / f"{name}.png"
        if name in drawn:
            write_atomically(path, drawn[name]["light"])
            paths.append(path)
        else:
            path.unlink(missing_ok=True)  # of an earlier report, from records that are no longer there
    write_atomically(home.report, render(analysis, drawn, Album(home.report)))
    return ReportSummary(
        report=home.report,
        figures=tuple(paths),
        front=front_table(analysis),
        hypervolumes={g.name: g.hypervolume for g in analysis.groups if g.hypervolume is not None},
        hypervolume=analysis.total_hypervolume,
        reference=dict(analysis.reference),
        complete=len(analysis.complete),
        result=tuple(result_sentences(analysis)),
    )


def _draw(analysis: Analysis) -> dict[str, dict[str, bytes]]:
    """Every figure that there is something to draw for, in every look."""
    drawn: dict[str, dict[str, bytes]] = {}
    for name, draw in FIGURES.items():
        for look in LOOKS:
            figure = draw(analysis, look)
            if figure is not None:
                drawn.setdefault(name, {})[look.name] = png(figure)
    return drawn
