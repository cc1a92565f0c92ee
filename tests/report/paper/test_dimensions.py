"""Trials along the dimension of the latent space and along a penalty: the sides of a comparison."""

from tests.report.paper.celeba import published, sides


def test_the_sides_of_a_comparison_have_equally_many_settings() -> None:
    trials = published()
    deterministic, penalised = sides("figure3-l1-repairs", trials)
    assert deterministic["latent_dim"].tolist() == [32, 64, 128, 256]
    assert penalised["lambda_1"].tolist() == [0.001, 0.01, 0.1, 1]  # of seven, spread evenly
    absolute, squares = sides("figure3-l1-better-than-l2", trials)
    assert absolute["lambda_1"].tolist() == [0.001, 0.03, 1]
    assert squares["lambda_2"].tolist() == [0.001, 0.01, 0.1]
    assert {*absolute["latent_dim"], *squares["latent_dim"]} == {256}
