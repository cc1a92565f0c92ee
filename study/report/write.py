"""Writing the report: folders in; `report.html`, `explore.html`, `figures/*.png` and `claims.csv` in the first out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from study.collector import collector_paused
from study.config.space import PaperRow
from study.errors import InputError
from study.folder import StudyFolder, write_atomically
from study.report.agreement_figure import agreement_figure
from study.report.analysis import Analysis, analyse
from study.report.configurations_figure import configurations_figure
from study.report.confirmed import confirmed, sentences
from study.report.curves import curves_figure
from study.report.explore.page import explore_page
from study.report.explore.pictures import ROOM
from study.report.figures import objectives_figure
from study.report.growth_figure import growth_figure
from study.report.importances_figure import importances_figure
from study.report.load import Study, load_studies
from study.report.page import render
from study.report.paper import ROWS
from study.report.paper.answers import Answer, answer, answers
from study.report.paper.verdict_table import claims_table
from study.report.paper.verdicts import Verdict
from study.report.pictures import Album
from study.report.sentences import result_sentences
from study.report.slices import slices_figure
from study.report.style import LOOKS, Look, png
from study.report.tables import front_table
from study.report.winner import winner_sentences

FIGURES: dict[str, Callable[[Analysis, Look], Figure | None]] = {
    "objectives": objectives_figure,
    "agreement": agreement_figure,
    "curves": curves_figure,
    "growth": growth_figure,
    "configurations": configurations_figure,
    "importances": importances_figure,
    "slices": slices_figure,
}
"""Every figure by its name: that of its file, and of its place in the page."""


@dataclass(frozen=True)
class ReportSummary:
    """What a report holds, for who prints or logs it.

    `front`: one row a non-dominated trial. `hypervolumes`: by family (`FAMILY (STUDY)` where there are several
    studies); empty without a reference point. `complete`: how many trials have a result. `confirmed`: what became of
    winners that were trained again, in words.
    """

    report: Path
    figures: tuple[Path, ...]
    front: pd.DataFrame
    hypervolumes: dict[str, float]
    hypervolume: float | None
    reference: dict[str, float]
    complete: int
    result: tuple[str, ...]
    confirmed: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class FigureSummary:
    """One row of the paper: where its figure is, None where there is nothing to draw, and its claims' verdicts."""

    figure: Path | None
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


def write_report(folders: Sequence[Path]) -> ReportSummary:
    """Write the report of the studies in these folders into the first one. `InputError` if they cannot be read."""
    with collector_paused():
        return _write(load_studies(folders))


def write_figure(folders: Sequence[Path], name: PaperRow) -> FigureSummary:
    """Draw one row of the paper into the first folder. `InputError` where none of the studies serves it."""
    with collector_paused():
        studies = load_studies(folders)
        found = answer(studies, name)
        if found is None:
            served = dict.fromkeys(row for study in studies for row in study.plan.space.paper)
            raise InputError(
                f"--figure: {name} is not among what {_listed(study.label for study in studies)} can answer; "
                f"the records there serve {_listed(served)}"
            )
        path = _paper_figure(studies[0].folder, name)
        drawn = _draw_row(found, LOOKS[:1])
        _write_light(path, drawn)
        return FigureSummary(path if drawn else None, found.verdicts, found.notes)


def _write(studies: Sequence[Study]) -> ReportSummary:
    analysis = analyse(studies)
    home = studies[0].folder
    drawn = {name: looks for name, draw in FIGURES.items() if (looks := _draw(draw, analysis))}
    for name in FIGURES:
        _write_light(home.figures / f"{name}.png", drawn.get(name, {}))
    paper, beside = write_beside(studies)
    again = confirmed(studies)
    write_atomically(home.report, render(analysis, drawn, Album(home.report), paper, beside, again))
    write_atomically(home.explore, explore_page(analysis, Album(home.explore, ROOM)))
    return ReportSummary(
        report=home.report,
        figures=(
            *(home.figures / f"{name}.png" for name in drawn),
            *(_paper_figure(home, row) for row in beside),
        ),
        front=front_table(analysis),
        hypervolumes={g.name: g.hypervolume for g in analysis.groups if g.hypervolume is not None},
        hypervolume=analysis.total_hypervolume,
        reference=dict(analysis.reference),
        complete=len(analysis.complete),
        result=(*winner_sentences(analysis), *result_sentences(analysis)),
        confirmed=tuple(sentence for its in again for sentence in sentences(its)),
        verdicts=tuple(verdict for found in paper for verdict in found.verdicts),
    )


def write_beside(
    studies: Sequence[Study], looks: Sequence[Look] = LOOKS
) -> tuple[list[Answer], dict[PaperRow, dict[str, bytes]]]:
    """What the studies answer of the paper, into the first one's folder: `claims.csv`, and a figure for each row.

    The answers, and the figures by row and look, for the page.
    """
    home, paper = studies[0].folder, answers(studies)
    drawn = {found.name: figure for found in paper if (figure := _draw_row(found, looks))}
    for row in ROWS:
        _write_light(_paper_figure(home, row), drawn.get(row, {}))
    verdicts = [verdict for found in paper for verdict in found.verdicts]
    if verdicts:
        write_atomically(home.claims, claims_table(verdicts).to_csv(index=False))
    else:
        home.claims.unlink(missing_ok=True)
    return paper, drawn


def _paper_figure(home: StudyFolder, row: PaperRow) -> Path:
    return home.figures / f"paper_{row}.png"


def _write_light(path: Path, looks: dict[str, bytes]) -> None:
    """The file of a figure; none where there is nothing to draw, not even that of an earlier report."""
    if looks:
        write_atomically(path, looks["light"])
    else:
        path.unlink(missing_ok=True)


def _draw(draw: Callable[[Analysis, Look], Figure | None], analysis: Analysis) -> dict[str, bytes]:
    return _in_all_looks(lambda look: draw(analysis, look))


def _draw_row(found: Answer, looks: Sequence[Look]) -> dict[str, bytes]:
    return _in_all_looks(lambda look: found.row.draw(found.evidence, look), looks)


def _in_all_looks(draw: Callable[[Look], Figure | None], looks: Sequence[Look] = LOOKS) -> dict[str, bytes]:
    """A figure as PNG by look; empty where there is nothing to draw."""
    figures = ((look.name, draw(look)) for look in looks)
    return {name: png(figure) for name, figure in figures if figure is not None}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
