"""The section "Comparison with the paper": for each row its figure, and its claims as rows of a table."""

from collections.abc import Container, Sequence
from typing import Any

from study.report.claims.verdict_table import chance_text, claim_text, ours_text, p_text, rule, seeds_text
from study.report.claims.verdicts import Verdict
from study.report.paper.answers import Answer
from study.report.sections.section import Contents, Section


def rows(answers: Sequence[Answer], drawn: Container[str]) -> list[dict[str, Any]]:
    """One entry a row of the paper, as `paper.html.j2` shows it. `drawn`: the names of the figures that there are."""
    return [
        {
            "title": answer.row.title,
            "figure": figure_name(answer),
            "caption": answer.row.caption,
            "verdicts": [_verdict(verdict) for verdict in answer.verdicts],
            "notes": [*_undrawn(answer, drawn), *answer.notes],
        }
        for answer in answers
    ]


def _undrawn(answer: Answer, drawn: Container[str]) -> list[str]:
    return [answer.row.undrawn] if answer.row.undrawn and figure_name(answer) not in drawn else []


def figure_name(answer: Answer) -> str:
    """The name of its figure among those of the page."""
    return f"paper_{answer.name}"


def alternatives(answers: Sequence[Answer]) -> dict[str, str]:
    """The text alternative of each figure, by its name."""
    return {
        figure_name(answer): f"{answer.row.title}: ours beside the paper's. {_words(answer)}".strip()
        for answer in answers
    }


def _words(answer: Answer) -> str:
    return " ".join(f"{claim_text(verdict)} {ours_text(verdict)}: {verdict.word}." for verdict in answer.verdicts)


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {
        "claim": claim_text(verdict),
        "measure": verdict.claim.measure,
        "rule": rule(verdict.claim),
        "paper": verdict.claim.paper,
        "ours": ours_text(verdict),
        "seeds": seeds_text(verdict),
        "p": p_text(verdict),
        "chance": chance_text(verdict),
        "word": verdict.word,
        "why": verdict.why,
    }


def _context(contents: Contents) -> dict[str, Any] | None:
    if not contents.answers:
        return None
    judged = any(answer.verdicts for answer in contents.answers)  # without verdicts there is no such file
    claims = contents.analysis.studies[0].folder.claims.name if judged else None
    return {"rows": rows(contents.answers, contents.images), "claims_link": claims}


PAPER = Section("paper", "Comparison with the paper", _context)
