"""A measure is about no more trials than it uses."""

from tests.report.paper.celeba import published, sides


def test_measures_are_about_no_more_trials_than_they_use() -> None:
    trials = published()
    dimensions = {
        "table1-best-above-smallest": [[32, 64]],
        "table1-random-like-deterministic": [[32, 64, 128]] * 2,
        "table1-random-better-at-largest": [[256]] * 2,
        "footnote4-collapse": [[256]],
    }
    for name, expected in dimensions.items():
        assert [side["latent_dim"].tolist() for side in sides(name, trials)] == expected
    (two,) = sides("figure3-too-much", trials)
    assert two[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[256, 0.3], [256, 1]]
    free, swept = sides("figure3-nothing-at-small", trials)
    assert free[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[32, 0]]
    assert (len(swept), set(swept["latent_dim"])) == (8, {32})
