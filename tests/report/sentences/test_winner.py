"""Which family wins, in words that claim no more than there is."""

import pandas as pd
import pytest

from study.report.sentences.winner import pair_rows, winner_sentences
from tests.report.made import Make, analysis_of, edited, worse

pytestmark = pytest.mark.usefixtures("whole")


def test_a_family_that_is_better_everywhere_wins(make: Make) -> None:
    study = make("clear", trials=36, pictures=False)
    analysis = analysis_of(edited(study, worse("beta-vae")))
    lead, reached, where, at_equal, tested = winner_sentences(analysis)
    assert lead == "beta-vae wins after 36 trials of 240,000 images."
    assert reached.startswith("The trials of beta-vae dominate ")
    assert where == "Best disentanglement at a given reconstruction: beta-vae throughout."
    assert at_equal.count(" better than that of ") == 2
    assert tested.startswith("beta-vae is better than ")
    assert "at the 3 % level, because the sampler learns from its trials; p-values" in tested
    assert [row["word"] for row in pair_rows(analysis)] == ["better", "better", "no significant difference"]


@pytest.mark.parametrize(("trials", "says"), [(3, "a test needs 4 configurations of each"), (1, None)])
def test_too_few_trials(make: Make, trials: int, says: str | None) -> None:
    found = winner_sentences(analysis_of(make("few", trials=trials, pictures=False)))
    if says is None:
        assert found == []
    else:
        assert says in found[-1]
        assert found[0].startswith("No significant winner; ")


def test_where_no_trial_is_better_than_the_reference_that_is_said(make: Make) -> None:
    def poor(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(reconstruction=table["reconstruction"] + 2_000)

    lead, where = winner_sentences(analysis_of(edited(make("poor", trials=6, pictures=False), poor)))
    reference = "reconstruction 565.0 nats per image and disentanglement 0.200"
    assert lead.startswith(f"No trial is better than the reference point, {reference}, after ")
    assert where.startswith("Best disentanglement at a given reconstruction: ")


def test_one_family_is_compared_with_none(make: Make) -> None:
    assert winner_sentences(analysis_of(make("one", trials=4, pictures=False, overrides={"family": "beta-vae"}))) == []
