"""Arms and seeds: hypervolumes over images, the target, and who knows the front beforehand."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.search import experiment, known_front, measures
from benchmarks.search.figure import draw
from benchmarks.search.simulation import Completed, Run, random_configs
from study.config.trial import TrialConfig
from study.system.errors import InputError
from tests.benchmarks.search.landscape import SPACE, Array, Noiseless, badness, plan_of


def test_volumes_over_images_at_known_answers() -> None:
    stick = measures.yardstick(SPACE)
    assert stick.worst.tolist() == [219, -0.656]
    assert stick.best.tolist() == [29, -0.937]
    run = Run(
        completed=(
            Completed(0, 10, (465.0, 0.3), (515.0, 0.25)),
            Completed(1, 20, (500.0, 0.25), (1.0, 0.99)),  # dominated: what it would give again does not count
            Completed(2, 30, (124.0, 0.7965), (565.0, 0.2)),
        ),
        stopped={},
        started=4,
        images=40,
        under_way=10,
    )
    found = measures.over_images(run, [5, 10, 20, 30, 40, 50], stick)
    assert found["hypervolume"] == pytest.approx([0, 10, 10, 441 * 0.5965, 441 * 0.5965])
    assert found["share"] == pytest.approx([0, 0, 0, 0.25, 0.25])
    assert found["expected_hypervolume"] == pytest.approx([0, 50 * 0.05, 50 * 0.05, 0, 0])
    with pytest.raises(InputError, match="reference"):
        measures.yardstick(SPACE.model_copy(update={"reference": {}}))


@pytest.mark.parametrize(
    ("found", "answer"), [([1, 2, 3, 4], 3), ([3, 3, 3, 3], 1), ([3, 1, 3, 3], 3), ([1, 1, 3, 2], None), ([3], 1)]
)
def test_a_target_is_reached_where_it_is_not_left_again(found: list[float], answer: int | None) -> None:
    assert experiment.reached([1, 2, 3, 4], found, 2.5) == answer


def test_an_experiment_goes_on_where_it_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(experiment, "CONTROLS", ())
    monkeypatch.setattr(experiment, "ARMS", experiment.ARMS[::3])
    table = tmp_path / "values.csv"
    table.write_text("")
    setting = experiment.Setting(trainings=8, share=0.5, workers=2)

    def run(seeds: int) -> Path:
        return experiment.run_all(SPACE, Noiseless(), table, setting, seeds, processes=1, place=tmp_path / "runs")

    folder = run(1)
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    assert run(3) == folder
    assert len(list(folder.iterdir())) == 6
    assert all(path.read_bytes() == before for path, before in kept.items())
    found = experiment.summary(folder, SPACE, setting, 3)
    assert found["images"][-1] == 8 * 2700
    assert len(found["arms"]["random-none"]["quartiles"]["hypervolume"][1]) == 100
    assert len(found["arms"]["random-epsilon-net"]["quartiles"]["hypervolume"][1]) == 50
    assert found["arms"]["random-none"]["complete"] == 8
    assert found["target"]["hypervolume"] == found["arms"]["random-none"]["quartiles"]["hypervolume"][1][-1]
    experiment.print_table(json.loads(json.dumps(found)))
    assert "random-epsilon-net" in capsys.readouterr().out
    monkeypatch.setattr("benchmarks.search.figure.ARMS", experiment.ARMS)
    without, beside = draw(found), draw(found, {"quartiles": {name: [1.0, 2.0, 3.0] for name in measures.MEASURES}})
    assert without.startswith(b"\x89PNG")
    assert beside != without
    table.write_text("other values")
    assert run(1) != folder


@dataclass(frozen=True)
class Lucky(Noiseless):
    """What each trial measures is off by the luck of its seed, up to a tenth of the range either way."""

    def curve(self, config: TrialConfig) -> Array:
        return super().curve(config) + np.array([30, 0.05]) * np.random.default_rng(config.seed).uniform(-1, 1)

    def expected(self, config: TrialConfig) -> Array:
        return Noiseless().curve(config)


def known(trainer: Noiseless, trainings: int) -> dict[str, Any]:
    return known_front.known_front(trainer, plan_of(), measures.yardstick(SPACE), trainings, seeds=8)


def test_who_knows_the_front_finds_it_and_luck_beside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(known_front, "CANDIDATES", 40)
    best = min(map(badness, random_configs(plan_of(), 40)))
    whole = (565 - 100 - 300 * best) * (0.9 - 0.5 * best - 0.2)
    found = known(Noiseless(), trainings=5)
    assert (found["candidates"], found["configurations on the front"], found["trainings"]) == (40, 1, 5)
    assert found["expected of all"]["hypervolume"] == pytest.approx(whole)
    assert found["quartiles"]["hypervolume"] == pytest.approx([whole] * 3)
    few, many = known(Lucky(), trainings=2), known(Lucky(), trainings=50)
    assert few["quartiles"]["expected_hypervolume"] == pytest.approx([whole] * 3)
    assert whole < few["quartiles"]["hypervolume"][1] < many["quartiles"]["hypervolume"][1]
    known_front.print_known_front(found, dict.fromkeys(measures.MEASURES, 2 * whole))
    assert "hypervolume: 50.0% of the target (50.0% to 50.0%)" in capsys.readouterr().out
