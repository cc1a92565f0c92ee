"""Importances of parameters are those of their file."""

from typing import Any

import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import IMPORTANCE_COLUMNS, read_importances, write_importances
from study.report.drawing.style import Look
from study.report.sections.importances import importances_figure
from tests.report.made import analysis_of
from tests.report.read_page import rendered


def importances(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(IMPORTANCE_COLUMNS))


ROWS = (
    ("beta-vae", "reconstruction", "beta", 0.9, 0.8, 60),
    ("beta-vae", "reconstruction", "batch_size", 0.05, 0.8, 60),
    ("beta-vae", "disentanglement", "beta", 0.6, 0.01, 60),
    ("beta-vae", "disentanglement", "batch_size", 0.2, 0.01, 60),
    ("wae-gan", "reconstruction", "lambda_gan", 1.0, 1.0, 60),
)


def test_importances_are_those_of_the_file(study: StudyFolder) -> None:
    write_importances(importances(*ROWS), study.importances)
    assert read_importances(study.importances).values.tolist() == [list(row) for row in ROWS]
    analysis = analysis_of(study)
    figure = importances_figure(analysis, Look())
    assert figure is not None
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["beta-vae: reconstruction", "beta-vae: disentanglement"]
    assert [[bar.get_width() for bar in ax.patches] for ax in figure.axes] == [[0.9, 0.05], [0.6, 0.2]]  # type: ignore[attr-defined]
    assert [ax.patches[0].get_facecolor()[3] for ax in figure.axes] == [1, 0]  # noise is hollow
    assert figure.axes[1].texts[0].get_text() == "R² 0.01, 60 trials"
    text = rendered(analysis)
    assert "of families with 50 complete trials and more: wae-gaussian has 2 and wae-uniform has 4." in text


HEADER = ",".join(IMPORTANCE_COLUMNS)


@pytest.mark.parametrize("content", ["", "family\nx\n", "\x00\x01", f"{HEADER}\nbeta-vae,reconstruction,a,b,c,d\n"])
def test_a_damaged_table_of_importances_is_none(study: StudyFolder, content: str) -> None:
    study.importances.write_text(content)
    analysis = analysis_of(study)
    assert importances_figure(analysis, Look()) is None
    assert "beta-vae has 4, wae-gaussian has 2 and wae-uniform has 4" in rendered(analysis)
