"""Figure 3 as drawn: its images, and the paper's own values on its own data."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.report.drawing.style import LOOKS, Look, png
from study.report.paper import ROWS
from study.report.paper.row import Evidence
from tests.report.paper.celeba import published, table1_of


def pictures(study: str, trial: int) -> Mapping[str, np.ndarray]:
    random = np.random.default_rng(trial)
    colour = random.integers(0, 256, (50, 3, 1, 1)) * np.ones((1, 1, 64, 64))
    images = colour.astype(np.uint8)
    return {"originals": images[:10], "reconstructions": images[10:20], "samples": images}


def evidence(
    trials: pd.DataFrame, dataset: str = "celeba", distance: str | None = "fid", images: bool = True
) -> Evidence:
    return Evidence(trials, dataset, distance, pictures if images else lambda study, trial: {})


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("row", ["table1", "figure3"])
def test_each_look_is_drawn(row: Any, look: Look) -> None:
    figure = ROWS[row].draw(evidence(published()), look)
    assert figure is not None
    assert png(figure).startswith(b"\x89PNG")


def texts(row: Any, of: Evidence) -> str:
    figure = ROWS[row].draw(of, Look())
    assert figure is not None
    found = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    found += [text.get_text() for ax in figure.axes for text in [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]]
    return "\n".join(found + [ax.get_title(loc="left") for ax in figure.axes])


def test_the_papers_own_values_are_drawn_only_on_its_own_data() -> None:
    trials = published()
    renamed = trials.rename(columns={"fid": "frechet_factors"})
    for row in ("table1", "figure3"):
        assert "paper" in texts(row, evidence(trials))
        assert "paper" not in texts(row, evidence(renamed, "faces-8", "frechet_factors"))


def test_figure_3_shows_images_of_the_marked_models_and_does_without() -> None:
    said = texts("figure3", evidence(published()))
    for words in ("A: d_Z = 32, no penalty", "B: d_Z = 32, λ₁ = 0.003", "C: d_Z = 256, no penalty",
                  "D: d_Z = 256, λ₁ = 0.1", "E: deterministic, d_Z = 64", "test images"):  # fmt: skip
        assert words in said
    assert "no penalty" not in texts("figure3", evidence(published(), images=False))


def test_figure_3_is_drawn_of_the_sweep_alone_and_of_one_dimension() -> None:
    trials = published()
    alone = trials[(trials["lambda_1"] > 0) | (trials["lambda_2"] > 0)].reset_index(drop=True)
    assert "deterministic" not in texts("figure3", evidence(alone))
    one = alone[alone["latent_dim"] == 256].reset_index(drop=True)
    assert "A: d_Z = 256, λ₁ = 0.1, samples" in texts("figure3", evidence(one))


def test_what_the_trials_do_not_show_is_not_drawn() -> None:
    trials = published()
    assert ROWS["figure3"].draw(evidence(table1_of(trials)), Look()) is None
    assert ROWS["table1"].draw(evidence(trials, distance=None), Look()) is None
    one = trials[trials["latent_dim"] == 64]
    assert ROWS["table1"].draw(evidence(one), Look()) is None
