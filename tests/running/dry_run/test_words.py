"""The plan of a dry run in words."""

from pathlib import Path

from study.records.folder import StudyFolder
from study.running.dry_run.words import planned_size, resolved
from tests import make
from tests.running.dry_run.plans import words


def test_the_plan_in_words(tmp_path: Path) -> None:
    plan = make.plan(overrides={"width": 64, "batch_size": 100}, stopping=True, points=[{"family": "beta-vae"}])
    assert words(resolved(plan, StudyFolder(tmp_path / "dsprites"))).splitlines() == [
        f"folder: {tmp_path / 'dsprites'} (new)",
        "objectives: reconstruction (minimize), disentanglement (maximize)",
        "searched: family: beta-vae, wae-gaussian, wae-uniform",
        ": latent_dim: 8, 10, 16, 32",
        ": lambda_1: 0.1 to 12, logarithmic, or 0 in 10% of cases; where family is wae-gaussian or wae-uniform",
        ": beta: 1 to 100, logarithmic; where family is beta-vae",
        ": kernel_bandwidth: 0.25 to 4, logarithmic; where family is wae-gaussian or wae-uniform",
        "fixed: lambda_mmd=400, learning_rate=0.001",
        "quick: images=240000",
        "--set: width=64, batch_size=100",
        "sampler: tpe",
        "--enqueue: 1 point first",
        "early stop: at 27,000, 81,000 images; one trial in 3 goes on",
    ]


def test_sizes_of_a_search_and_of_a_grid() -> None:
    assert planned_size(make.plan(), 0) == "12 trials; 240,000 images a trial, 2,880,000 in all"
    assert planned_size(make.plan(), 5).startswith("12 trials, of which 5 are done; ")
    grid = make.plan("paper/figure4")
    points = len(list(grid.space.grid()))
    assert f"{grid.trials:,} trials of a grid of {points:,} points" in planned_size(grid, 0)
    assert grid.trials == points * grid.replicates
