"""Settings beside a trial, as text."""

import pytest

from study.report.analysis.settings import setting_columns, setting_text, settings_sentence
from tests.report.made import Make, analysis_of


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (float("nan"), "–"), (1200, "1,200"), (4.0, "4"), (0.12345, "0.123"), (True, "True")],
)
def test_settings_as_shown(value: object, text: str) -> None:
    assert setting_text(value) == text


def test_what_a_family_does_not_have_is_not_in_its_sentence() -> None:
    row = {"latent_dim": 16, "beta": float("nan"), "lambda_1": 0.5}
    assert settings_sentence(row, ["latent_dim", "beta", "lambda_1"]) == "latent_dim 16, lambda_1 0.5"


def test_what_was_searched_is_shown(make: Make) -> None:
    columns = setting_columns(analysis_of(make("some", trials=6, pictures=False)))
    assert {"latent_dim", "beta", "lambda_1"} <= set(columns)
    assert not {"family", "seed", "dataset", "precision", "width"} & set(columns)
