"""All claims of the paper as one Markdown document: a table for each study that was run, and what was not run."""

from collections.abc import Sequence
from pathlib import Path

from study.config.load import available_spaces, load_space
from study.config.plan import StudyPlan
from study.config.space import PaperRow
from study.records.folder import StudyFolder
from study.report.claims.claim import claims_of
from study.report.claims.verdict_table import chance_text, claim_text, ours_text, p_text, seeds_text
from study.report.claims.verdicts import Verdict
from study.report.paper import ROWS
from study.report.paper.answers import Answer, answers, title
from study.report.read.studies import Study, load_studies
from study.system.errors import InputError
from study.system.files import regular, write_atomically

BEGIN, END = "<!-- claims: begin -->", "<!-- claims: end -->"
"""Marks around the tables in a file that holds more than them."""

HEADER = "| | claim | paper | ours | p | by chance | verdict |\n|---|---|---|---|--:|--:|---|"


def claims_markdown(folders: Sequence[Path]) -> str:
    """The tables of the studies in these folders, in the order of the paper; then the claims that none of them serves.

    Studies of one dataset, with the same objectives and preset, answer together.
    """
    groups = [load_studies(group) for group in answering_together(folders)]
    answered = [(studies, answers(studies)) for studies in groups]
    order = list(ROWS)
    answered.sort(key=lambda pair: min((order.index(answer.name) for answer in pair[1]), default=len(order)))
    parts, served = [], set()
    for studies, answers_here in answered:
        served |= {(answer.name, studies[0].plan.space.dataset) for answer in answers_here}
        rows = [_answered(answer, verdict) for answer in answers_here for verdict in answer.verdicts]
        if rows:
            parts.append(_table(_heading(studies, answers_here), rows))
    return "\n\n".join([*parts, *_not_run(served)]) + "\n"


def write_into(path: Path, markdown: str) -> None:
    """Replace what stands between the two marks of a file; `InputError` where it has none."""
    try:
        text = regular(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"--into: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"--into: {path} is no text: {error}") from None
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InputError(f"--into: {path} needs the lines {BEGIN} and {END}, once and in this order, for the tables")
    before, rest = text.split(BEGIN)
    write_atomically(path, f"{before}{BEGIN}\n\n{markdown}\n{END}{rest.split(END)[1]}")


def answering_together(folders: Sequence[Path]) -> list[list[Path]]:
    """Study folders in groups of one dataset, with the same objectives and preset."""
    groups: dict[tuple[object, ...], list[Path]] = {}
    for folder in folders:
        plan = StudyPlan.load(StudyFolder(folder).plan)
        groups.setdefault((plan.space.dataset, plan.space.objectives, plan.preset), []).append(folder)
    return list(groups.values())


def _table(heading: str, rows: Sequence[str]) -> str:
    return "\n".join([f"### {heading}", "", HEADER, *rows])


def _heading(studies: Sequence[Study], answered: Sequence[Answer]) -> str:
    """The studies whose trials were judged, and how many trials these are."""
    used = {trial for answer in answered for verdict in answer.verdicts for trial in verdict.used}
    names = [study.plan.space.name for study in studies if any(label == study.label for label, _ in used)]
    plan = studies[0].plan
    subject = ", ".join(names) or plan.space.name
    return f"{subject}: {plan.space.dataset}, preset `{plan.preset}`, {len(used):,} trials judged"


def _answered(answer: Answer, verdict: Verdict) -> str:
    ours = ours_text(verdict) + (f"; {seeds_text(verdict)}" if verdict.trials else "")
    word = f"**{verdict.word}**" + (f" ({verdict.why})" if verdict.why else "")
    cells = (claim_text(verdict), verdict.claim.paper, ours, p_text(verdict), chance_text(verdict), word)
    return _row(answer.name, *cells)


def _not_run(served: set[tuple[PaperRow, str]]) -> list[str]:
    """The claims that no study on their dataset answers, for each space that comes with the package."""
    parts = []
    for name in available_spaces():
        space, _ = load_space(name)
        rows = [row for row in ROWS if row in space.paper and (row, space.dataset) not in served]
        served |= {(row, space.dataset) for row in rows}
        lines = [
            _row(row, claim.claim, claim.paper, "–", "–", "–", "not run") for row in rows for claim in claims_of(row)
        ]
        if lines:
            parts.append(_table(f"{space.name}: {space.dataset}, not run", lines))
    return parts


def _row(name: PaperRow, *cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in (title(name), *cells))} |"
