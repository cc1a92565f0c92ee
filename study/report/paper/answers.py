"""What the studies of a report answer of the paper: for each row that they serve its evidence and its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from study.config.space import PaperRow
from study.report.paper import ROWS
from study.report.paper.claims import claims_of
from study.report.paper.evidence import gather, serving
from study.report.paper.row import Evidence, Row
from study.report.paper.verdicts import Verdict, judge
from study.report.read.studies import Study
from study.system.errors import InputError


@dataclass(frozen=True)
class Answer:
    """One row: its `name`, what is drawn from, what came of its claims, and notes on what could not be read."""

    name: PaperRow
    row: Row
    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.row.title or title(self.name)


def answers(studies: Sequence[Study]) -> list[Answer]:
    """Every row that the studies serve, in the order of the paper."""
    return [found for name in ROWS if (found := answer(studies, name)) is not None]


def answer(studies: Sequence[Study], name: PaperRow) -> Answer | None:
    """One row; None where no study serves it."""
    row = ROWS[name]
    own = serving(studies, name, row)
    if not own:
        return None
    evidence, notes = gather(own, row)
    left = [study.label for study in studies if name in study.plan.space.paper and study not in own]
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
