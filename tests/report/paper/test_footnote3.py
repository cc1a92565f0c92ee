"""Footnote 3: how codes move, at known answers."""

import pytest

from tests.report.paper.conftest import Made, measured


def test_footnote_3_in_numbers(made: Made) -> None:
    found = measured(made("footnote3", ("wae-deterministic", "wae-gan")), "footnote3")
    assert found == pytest.approx({"footnote3-keeps-moving": 10}, rel=0.05)
