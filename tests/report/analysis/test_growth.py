"""Hypervolume over training images, against slow computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.pareto.hypervolume import hypervolume
from study.report.analysis.growth import growth, running
from tests.report.made import Make, analysis_of
from tests.report.read_page import rendered


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12), st.sets(st.integers(0, 11)))
def test_running_volumes_are_those_of_the_first_trials(points: list[tuple[int, int]], missing: set[int]) -> None:
    values = np.array(points, dtype=float).reshape(-1, 2)
    values[[place for place in missing if place < len(values)]] = np.nan
    found = running(values, lambda some: hypervolume(some, (4, 4)))
    assert found.tolist() == [hypervolume(values[: n + 1], (4, 4)) for n in range(len(values))]


def test_growth_ends_at_what_the_families_table_says(make: Make) -> None:
    study = make("grown", trials=24, stopped={3: 9_000, 7: 27_000}, lost={4: ("failed", "gone")}, pictures=False)
    analysis = analysis_of(study)
    (box, curves), (paper, shares) = growth(analysis)
    assert (box, paper) == (analysis.box, analysis.paper_box)
    for group, curve, share in zip(analysis.groups, curves, shares, strict=False):
        assert (curve.study, curve.family) == (group.study, group.family)
        assert (curve.images[-1], curve.volume[-1], share.volume[-1]) == (
            group.images,
            group.hypervolume,
            group.paper_share,
        )
    whole = curves[-1]
    assert whole.family == ""
    assert whole.volume[-1] == analysis.total_hypervolume
    seen = analysis.trials["images_trained"].to_numpy()
    assert whole.images.tolist() == np.cumsum(seen).tolist()
    assert (np.diff(whole.volume) >= 0).all()
    assert whole.volume[4] == whole.volume[3] == whole.volume[2]  # a stopped one and a failed one add images only


def test_two_studies_are_measured_from_the_first_ones_reference(make: Make) -> None:
    other = make("other", edit=lambda space: {**space, "reference": {"reconstruction": 300, "disentanglement": 0.1}})
    both = analysis_of(make("one"), other)
    ((_, curves), _) = growth(both)
    assert [curve.study for curve in curves if not curve.family] == ["one", "other"]
    values = both.complete[both.complete["study"] == "other"][["reconstruction", "disentanglement"]].to_numpy()
    assert curves[-1].volume[-1] == pytest.approx(hypervolume(values * [1, -1], (565, -0.2)))
    text = rendered(both)
    assert "other has another one; here, the same one is used for all" in text
    assert "All studies use the reference point of the first" in text
