"""Beside the paper: the page, its files, `--figure`, what is kept of a study, and the table of all claims."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.report.drawing.style import Look
from study.report.read.studies import load_studies
from study.report.results.reduce import keep
from study.report.write import write_answers
from study.system.errors import InputError
from tests.report.made import Make

LIGHT = (Look(),)
MINE = ("figure4", "figure5", "headline")


@pytest.mark.slow
@pytest.mark.ci
def test_a_kept_study_draws_the_same_figures_and_claims(figure4: Make, tmp_path: Path) -> None:
    study = figure4(seeds=1)
    tanh = figure4("paper-figure4_tanh", space="paper/figure4_tanh", seeds=1)
    write_answers(load_studies([study.path, tanh.path]), LIGHT)
    kept = [StudyFolder(path) for path in keep([study.path, tanh.path], tmp_path / "results")]
    assert [folder.path.name for folder in kept] == ["figure4", "figure4_tanh"]
    first = kept[0]
    names = [f"paper_{row}.{kind}" for row in MINE for kind in ("pdf", "png")]
    assert sorted(path.name for path in first.figures.iterdir()) == names
    for name in names:
        assert (first.figures / name).read_bytes() == (study.figures / name).read_bytes()
    pd.testing.assert_frame_equal(pd.read_csv(first.claims), pd.read_csv(study.claims))
    arrays = sorted(first.path.glob("trials/*/arrays.npz"))
    assert 1 <= len(arrays) <= 4
    with np.load(arrays[0]) as content:
        assert set(content) == {"originals", "reconstructions"}
    assert not (first.path / "report.html").exists()
    before = {path: path.read_bytes() for path in first.figures.iterdir()}
    write_answers(load_studies([folder.path for folder in kept]), LIGHT)
    assert {path: path.read_bytes() for path in before} == before


def test_a_larger_preset_is_kept_beside_the_quick_one(figure4: Make, tmp_path: Path) -> None:
    (kept,) = keep([figure4("whole", ended=0, preset="paper").path], tmp_path / "results")
    assert kept == tmp_path / "results" / "figure4-paper"


def test_a_study_is_not_reduced_into_itself_nor_into_another(figure4: Make, tmp_path: Path) -> None:
    study, other = figure4("figure4", ended=0), figure4("other", ended=0)
    with pytest.raises(InputError, match="is the study itself"):
        keep([study.path], tmp_path)
    with pytest.raises(InputError, match="each study goes into the folder of its space"):
        keep([study.path, other.path], tmp_path / "results")
