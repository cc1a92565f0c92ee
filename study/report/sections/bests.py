"""The best of each family, in each objective and by the paper's own rules."""

from typing import Any

from study.report.analysis.bests import bests
from study.report.analysis.configurations import configurations
from study.report.sections.section import Contents, Section


def _context(contents: Contents) -> dict[str, Any] | None:
    if contents.analysis.complete.empty:
        return None
    return {"best": bests(contents.analysis), "replicates": configurations(contents.analysis) is not None}


BESTS = Section("bests", "Best of each family", _context)
