"""Answers of a report's studies to the paper: for each row that they serve its evidence and its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from study.config.space import PaperRow
from study.report.claims.claim import claims_of
from study.report.claims.verdicts import Verdict, judge
from study.report.paper import ROWS
from study.report.paper.evidence import collect_evidence, serving
from study.report.paper.row import Evidence, Row
from study.report.read.studies import Study
from study.system.errors import InputError


@dataclass(frozen=True)
class Answer:
    """One row with its `name`: the evidence, the verdicts on its claims, and notes on what could not be read."""

    name: PaperRow
    row: Row
    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


def answers(studies: Sequence[Study]) -> list[Answer]:
    """The answers to all rows that the studies serve, in the order of the paper."""
    return [served for name in ROWS if (served := answer(studies, name)) is not None]


def answer(studies: Sequence[Study], name: PaperRow) -> Answer | None:
    """The answer to one row; None where no study serves it."""
    row = ROWS[name]
    used = serving(studies, name, row)
    if not used:
        return None
    evidence, notes = collect_evidence(used, row)
    left = [study.label for study in studies if name in study.plan.space.paper and study not in used]
    if left:
        notes += (f"Left out: {', '.join(left)}, of another preset; a claim is judged at one budget.",)
    verdicts = judge(claims_of(name), row.measures, evidence.trials, evidence.configurations)
    return Answer(name, row, evidence, verdicts, notes)


def row_called(text: str) -> PaperRow:
    """The row that `--figure` names: by its name, or a figure by its number. `InputError` for any other."""
    wanted = text.strip().lower().replace(" ", "")
    for name in ROWS:
        if wanted in (name, name.removeprefix("figure")):
            return name
    raise InputError(f"--figure: received {text!r}; allowed are {', '.join(ROWS)}")


def title(name: PaperRow) -> str:
    """`Figure 4`, `Figure 2, batch size`, `Headline`, …: a row's name as a reader would write it."""
    row, *about = name.split("_", maxsplit=1)
    stem = row.rstrip("0123456789")
    numbered = f"{stem.capitalize()} {row.removeprefix(stem)}".strip()
    return ", ".join([numbered, *(words.replace("_", " ") for words in about)])
