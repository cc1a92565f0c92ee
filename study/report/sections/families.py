"""The families: how much was trained of each, what it reached, and whether they differ."""

from typing import Any

from study.report.analysis.analysis import Analysis, Group
from study.report.sections.section import Contents, Section
from study.report.sentences.summary import paper_share_sentence, reference_sentence
from study.report.sentences.winner import pair_rows
from study.report.text.format import number, spread


def _row(group: Group) -> dict[str, Any]:
    images = group.complete["images_trained"]
    return {
        "name": group.name,
        "family": group.family,
        "complete": f"{len(group.complete):,}",
        "stopped": f"{group.stopped:,}",
        "ended": f"{len(group.ended):,}",
        "each": spread(images, "").strip() if len(images) else "–",
        "images": f"{group.images:,.0f}",
        "front": f"{int(group.complete['front'].sum()):,}",
        "volume": "–" if group.hypervolume is None else number(group.hypervolume),
        "share": "–" if group.paper_share is None else f"{100 * group.paper_share:.1f} %",
    }


def _total(analysis: Analysis) -> dict[str, str]:
    share = analysis.total_paper_share
    return {
        "complete": f"{len(analysis.complete):,}",
        "stopped": f"{sum(group.stopped for group in analysis.groups):,}",
        "ended": f"{len(analysis.trials):,}",
        "images": f"{sum(group.images for group in analysis.groups):,.0f}",
        "front": f"{len(analysis.front):,}",
        "volume": "" if analysis.total_hypervolume is None else number(analysis.total_hypervolume),
        "share": "" if share is None else f"{100 * share:.1f} %",
    }


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    if analysis.complete.empty:
        return None
    return {
        "groups": [_row(group) for group in analysis.groups],
        "total": _total(analysis),
        "has_volume": any(group.hypervolume is not None for group in analysis.groups),
        "has_share": analysis.paper_box is not None,
        "any_stopped": any(group.stopped for group in analysis.groups),
        "reference": reference_sentence(analysis),
        "paper_share": paper_share_sentence(analysis),
        "unequal": analysis.unequal_trials or analysis.unequal_images,
        "pairs": pair_rows(analysis),
    }


FAMILIES = Section("families", "Families", _context)
