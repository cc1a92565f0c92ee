"""The numbers that the paper prints."""

from study.report.published.numbers import budget, figure4


def test_the_papers_numbers() -> None:
    dsprites = budget("dsprites")
    assert dsprites is not None
    assert dsprites.images == 6_000_000
    assert budget("no-such-dataset") is None
    behind = figure4("dsprites", "reconstruction", "disentanglement")
    assert behind is not None
    assert {family: len(points) for family, points in behind.points.items()} == {
        "wae-gaussian": 9,
        "wae-uniform": 9,
        "beta-vae": 7,
    }
    best = {family: points[points[:, 1].argmax()].tolist() for family, points in behind.points.items()}
    assert best == {"wae-gaussian": [93, 0.937], "wae-uniform": [93, 0.832], "beta-vae": [155, 0.85]}
    turned = figure4("dsprites", "disentanglement", "reconstruction")
    assert turned is not None
    assert (turned.points["beta-vae"] == behind.points["beta-vae"][:, ::-1]).all()
    alike = figure4("dsprites", "reconstruction", "disentanglement_adagrad")
    assert alike is not None
    assert (alike.points["wae-uniform"] == behind.points["wae-uniform"]).all()
    assert "Adagrad" in behind.label
    assert figure4("fading_squares", "reconstruction", "disentanglement") is None
    assert figure4("dsprites", "reconstruction", "frechet_factors") is None
