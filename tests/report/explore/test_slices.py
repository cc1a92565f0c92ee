"""The interactive slices stand at the parameters of the records."""

import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.explore.slices import slices_figures
from tests.report.explore.figures import points
from tests.report.made import analysis_of


def test_slices_stand_at_the_parameters_of_the_records(study: StudyFolder) -> None:
    records = read_records(study.records)
    done = records[records["state"] == "complete"].set_index("trial")
    slices = slices_figures(analysis_of(study))
    assert list(slices) == ["reconstruction", "disentanglement"]
    for objective, figures in slices.items():
        assert [f["layout"]["xaxis"]["title"]["text"] for f in figures] == [
            *("latent dim", "lambda 1", "beta", "kernel bandwidth", "batch size")
        ]
        for figure in figures:
            name = figure["layout"]["xaxis"]["title"]["text"].replace(" ", "_")
            having = done[done[name].notna()]
            found = points(figure)
            assert set(found) == set(having.index)
            texts = dict(zip(figure["layout"]["xaxis"]["tickvals"], figure["layout"]["xaxis"]["ticktext"], strict=True))
            for trial, (x, y) in found.items():
                assert y == having.loc[trial, objective]
                if name in ("latent_dim", "batch_size"):
                    assert float(texts[round(x)]) == having.loc[trial, name]
                else:
                    assert 10**x == pytest.approx(having.loc[trial, name])


def test_an_axis_has_its_unit(study: StudyFolder) -> None:
    figures = slices_figures(analysis_of(study))["reconstruction"]
    assert {figure["layout"]["yaxis"]["title"]["text"] for figure in figures} == {"reconstruction (nats per image)"}
