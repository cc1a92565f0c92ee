"""The trials shown one by one, with their settings, pictures and MLflow runs."""

from typing import Any

from study.report.sections.section import Contents, Section


def _context(contents: Contents) -> dict[str, Any] | None:
    return {"cards": contents.cards, "linked": contents.album.linked} if contents.cards else None


TRIALS = Section("trials", "Trials one by one", _context)
