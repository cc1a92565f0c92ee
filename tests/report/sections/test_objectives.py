"""Links over the figure of the objectives, in as many panels as there are pairs."""

from typing import Any

import pytest

from study.report import write
from study.report.analysis import volume
from study.report.sections.objectives import OBJECTIVES
from study.report.sentences import summary
from tests.report.made import Make
from tests.report.read_page import page_of


@pytest.mark.parametrize(("objectives", "bounded"), [(3, False), (4, True), (4, False)])
def test_more_objectives_are_drawn_in_pairs(
    make: Make, monkeypatch: pytest.MonkeyPatch, objectives: int, bounded: bool
) -> None:
    if bounded:
        monkeypatch.setattr(volume, "MOST_POINTS", 2)
        monkeypatch.setattr(summary, "MOST_POINTS", 2)
    monkeypatch.setattr(write, "SECTIONS", (OBJECTIVES,))
    directions = {
        "reconstruction": "minimize",
        "disentanglement": "maximize",
        "frechet_factors": "minimize",
        "disentanglement_4": "maximize",
    }
    names = dict(list(directions.items())[:objectives])
    reference = {"reconstruction": 180, "disentanglement": 0.2, "frechet_factors": 100, "disentanglement_4": 0.25}

    def more(space: dict[str, Any]) -> dict[str, Any]:
        return {**space, "objectives": names, "reference": {name: reference[name] for name in names}}

    study = make("many", trials=6, edit=more)
    page = page_of(study)
    assert "Trade-offs: reconstruction, disentanglement" in page.text
    assert page.summary.hypervolumes
    assert ("a lower bound, from the 2 trials that add most" in page.text) == bounded
