"""Writing the report: folders of studies in; `report.html`, `explore.html`, `figures/` and `claims.csv` out.

Every figure is a PNG and a PDF there, for print.
"""

import study.report.drawing  # noqa: F401  before Matplotlib

# isort: split
import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from study.config.space import PaperRow
from study.records.folder import StudyFolder
from study.report.analysis.analysis import analyse, front_table
from study.report.analysis.confirmed import confirmed, sentences
from study.report.claims.verdict_table import claims_table
from study.report.claims.verdicts import Verdict
from study.report.drawing.matplotlib_settings import own_settings
from study.report.drawing.style import LOOKS, PRINTED, Look, pdf, png
from study.report.page import render_page
from study.report.paper import ROWS
from study.report.paper.answers import Answer, answer, answers
from study.report.read.album import Album
from study.report.read.studies import Study, load_studies
from study.report.sections import SECTIONS
from study.report.sections.section import Contents
from study.report.sections.trial_cards import gallery
from study.report.sentences.summary import result_sentences
from study.report.sentences.winner import winner_sentences
from study.system.errors import InputError
from study.system.files import write_atomically
from study.system.memory import collector_paused

LONGEST_NAME = 200
"""Characters of the name that a comparison's folder gets by default; file systems take 255 bytes."""


@dataclass(frozen=True)
class ReportSummary:
    """The contents of a report, for callers that print or log it.

    `front`: one row a non-dominated trial. `hypervolumes`: by family (`FAMILY (STUDY)` where there are several
    studies); empty without a reference point. `complete`: how many trials have a result. `confirmed`: sentences on
    winners that were trained again.
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


def write_report(folders: Sequence[Path], output: Path | None = None) -> ReportSummary:
    """Write the report of the studies in these folders into the folder `output`.

    By default that of one study goes into its own folder, and a comparison of several next to the first one: see
    `home_of`. `InputError` if they cannot be read, or the report would replace another study's.
    """
    with collector_paused():
        studies = load_studies(folders)
        return _write(studies, home_of([study.folder for study in studies], output))


@contextmanager
def written_here(folders: Sequence[Path]) -> Iterator[None]:
    """Context manager that turns an error of a folder that cannot be written into `InputError`; not of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = error.filename or folders[0]
        raise InputError(f"{where}: {error.strerror or error}; --output FOLDER puts the report elsewhere") from None


@own_settings()
def write_figure(folders: Sequence[Path], name: PaperRow, output: Path | None = None) -> FigureSummary:
    """Draw one row of the paper into the folder where `write_report` puts the report of these studies.

    `InputError` also where none of the studies serves it.
    """
    with collector_paused():
        studies = load_studies(folders)
        home = home_of([study.folder for study in studies], output)
        found = answer(studies, name)
        if found is None:
            served = dict.fromkeys(row for study in studies for row in study.plan.space.paper)
            raise InputError(
                f"--figure: {name} is not among what {_listed(study.label for study in studies)} can answer; "
                f"the records there serve {_listed(served)}"
            )
        drawn = _draw_row(found, [PRINTED])
        _write_files(home, _paper_figure(name), drawn, _images(drawn))
        return FigureSummary(_file(home, _paper_figure(name)) if drawn else None, found.verdicts, found.notes)


@own_settings()
def _write(studies: Sequence[Study], home: StudyFolder) -> ReportSummary:
    from study.report.explore.page import explore_page  # imports plotly
    from study.report.explore.trials import ROOM

    analysis = analyse(studies)
    drawn = {
        section.name: _in_all_looks(partial(section.figure, analysis))
        for section in SECTIONS
        if section.figure is not None
    }
    images = {name: _images(looks) for name, looks in drawn.items()}
    for name in drawn:
        _write_files(home, name, drawn[name], images[name])
    paper, paper_images = write_answers(studies, home=home)
    images = {name: looks for name, looks in images.items() if looks}
    again, album = confirmed(studies), Album(home.report)
    contents = Contents(
        analysis,
        album,
        gallery(analysis, album),
        paper,
        again,
        images | {_paper_figure(row): looks for row, looks in paper_images.items()},
        drawn.get("objectives", {}),
    )
    write_atomically(home.report, render_page(contents))
    write_atomically(home.explore, explore_page(analysis, Album(home.explore, ROOM)))
    return ReportSummary(
        report=home.report,
        figures=(
            *(_file(home, name) for name in images),
            *(_file(home, _paper_figure(row)) for row in paper_images),
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


@own_settings()
def write_answers(
    studies: Sequence[Study], looks: Sequence[Look] = LOOKS, home: StudyFolder | None = None
) -> tuple[list[Answer], dict[PaperRow, dict[str, bytes]]]:
    """Write what the studies answer of the paper: `claims.csv`, and a figure for each row.

    Into `home`, by default the first one's folder.

    The answers, and the figures by row and look, for the page.
    """
    home, paper = home or studies[0].folder, answers(studies)
    drawn = {found.name: _draw_row(found, looks) for found in paper}
    images = {row: _images(figures) for row, figures in drawn.items()}
    for row in ROWS:
        _write_files(home, _paper_figure(row), drawn.get(row, {}), images.get(row, {}))
    verdicts = [verdict for found in paper for verdict in found.verdicts]
    if verdicts:
        write_atomically(home.claims, claims_table(verdicts).to_csv(index=False))
    else:
        home.claims.unlink(missing_ok=True)
    return paper, {row: looks for row, looks in images.items() if looks}


def _paper_figure(row: PaperRow) -> str:
    return f"paper_{row}"


def _file(home: StudyFolder, name: str) -> Path:
    return home.figures / f"{name}.png"


def _write_files(home: StudyFolder, name: str, figures: dict[Look, Figure], images: dict[str, bytes]) -> None:
    """The files of a figure; none where there is nothing to draw, not even those of an earlier report."""
    path = _file(home, name)
    if PRINTED in figures:
        write_atomically(path, images[PRINTED.name])
        write_atomically(path.with_suffix(".pdf"), pdf(figures[PRINTED]))
    else:
        path.unlink(missing_ok=True)
        path.with_suffix(".pdf").unlink(missing_ok=True)


def _draw_row(found: Answer, looks: Sequence[Look]) -> dict[Look, Figure]:
    return _in_all_looks(partial(found.row.draw, found.evidence), looks)


def _in_all_looks(draw: Callable[[Look], Figure | None], looks: Sequence[Look] = LOOKS) -> dict[Look, Figure]:
    """A figure by look; empty where there is nothing to draw."""
    figures = ((look, draw(look)) for look in looks)
    return {look: figure for look, figure in figures if figure is not None}


def _images(figures: dict[Look, Figure]) -> dict[str, bytes]:
    """Each of them as PNG, by the name of its look."""
    return {look.name: png(figure, look) for look, figure in figures.items()}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def home_of(studies: Sequence[StudyFolder], output: Path | None = None) -> StudyFolder:
    """The folder of the report of these studies: `output`, if it is given.

    By default that of one study is its own, and that of several is next to the first one, named after all of them:
    `runs/first+second`. No study is called so, for `+` is not allowed in the name of one. `InputError` if the report
    would replace that of another study, or the name would be too long.
    """
    if len(studies) == 1 and (output is None or _same(output, studies[0].path)):
        return studies[0]
    if output is None:
        name = "+".join(study.path.name for study in studies)
        if len(name) > LONGEST_NAME:
            raise InputError(
                f"--output: needed for a report of {len(studies)} studies whose names have {len(name)} characters "
                f"together; without it, {LONGEST_NAME} are allowed"
            )
        output = studies[0].path.parent / name
    home = StudyFolder(output)
    if os.path.lexists(home.plan):
        raise InputError(
            f"--output: received {output}, which holds a study, whose own report would be replaced; name another folder"
        )
    return home


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
