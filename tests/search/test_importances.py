"""Which parameters matter: at cases whose answer is known, and where nothing can be said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.config.load import load_space
from study.config.parameter import Parameter
from study.config.plan import StudyPlan, make_plan
from study.records.folder import StudyFolder
from study.records.table import IMPORTANCE_COLUMNS, LEAST_TRIALS, TrialRecord
from study.running.run import renew_importances
from study.search.importances import importances, quantile

FAMILIES = ("beta-vae", "wae-gaussian", "wae-uniform")


@pytest.fixture(scope="module")
def plan() -> StudyPlan:
    space, name = load_space("dsprites")
    return make_plan(space, "dsprites", name=name, preset="quick", seed=0)


def draw(parameter: Parameter, rng: np.random.Generator) -> Any:
    if parameter.choices is not None:
        return parameter.choices[int(rng.integers(len(parameter.choices)))]
    assert parameter.low is not None
    assert parameter.high is not None
    if rng.uniform() < parameter.zero:
        return 0.0
    assert parameter.log
    return float(parameter.low * (parameter.high / parameter.low) ** rng.uniform())


def trials(
    plan: StudyPlan, number: int, values: Callable[[dict[str, Any], np.random.Generator], tuple[float, float]]
) -> list[TrialRecord]:
    """As many trials of each family, drawn as the space says; `values` gives the two objectives of a point."""
    records = []
    for trial in range(3 * number):
        rng = np.random.default_rng(trial)
        point: dict[str, Any] = {"family": FAMILIES[trial % 3]}
        for name, parameter in plan.space.parameters.items():
            if name != "family" and parameter.exists(point):
                point[name] = draw(parameter, rng)
        metrics = dict(zip(("reconstruction", "disentanglement"), values(point, rng), strict=True))
        records.append(TrialRecord(trial, plan.trial_config(point, seed=trial), "complete", metrics=metrics))
    return records


def strength(point: dict[str, Any]) -> float:
    return float(np.log(point["beta"] if "beta" in point else point["lambda_1"] + 0.05))


def test_what_decides_is_found_and_noise_is_said_to_be_noise(plan: StudyPlan) -> None:
    records = trials(plan, 60, lambda point, rng: (100 + 20 * strength(point) + rng.normal(), 0.7 + 0.1 * rng.normal()))
    table = importances(records, plan.space)
    assert tuple(table.columns) == IMPORTANCE_COLUMNS
    assert set(table["trials"]) == {60}
    for (family, objective), rows in table.groupby(["family", "objective"]):
        assert set(rows["parameter"]) == {
            *("latent_dim", "batch_size"),
            *({"beta"} if family == "beta-vae" else {"lambda_1", "kernel_bandwidth"}),
        }
        assert rows["importance"].is_monotonic_decreasing
        assert 0 <= rows["importance"].sum() <= 1.001
        first = rows.iloc[0]
        if objective == "reconstruction":
            assert first["parameter"] == ("beta" if family == "beta-vae" else "lambda_1")
            assert first["importance"] > 0.9
            assert first["explained"] > 0.9
        else:
            assert first["explained"] < 0.1


def test_the_logarithmic_scale_counts(plan: StudyPlan) -> None:
    """The bandwidth decides in its lower decade, which is a tenth of the linear range and half of the logarithmic."""
    records = trials(
        plan, 80, lambda point, rng: (100.0 + (40 if point.get("kernel_bandwidth", 1) < 1 else 0), rng.uniform())
    )
    table = importances(records, plan.space)
    rows = table[(table["family"] == "wae-uniform") & (table["objective"] == "reconstruction")]
    assert rows.iloc[0][["parameter", "importance"]].tolist() == ["kernel_bandwidth", pytest.approx(1, abs=0.02)]


def test_a_part_of_the_variance_is_a_part_of_the_importance(plan: StudyPlan) -> None:
    """Two independent parameters whose variances are as 4 to 1: of a uniform quantile and of a fair coin."""

    def values(point: dict[str, Any], rng: np.random.Generator) -> tuple[float, float]:
        coin = 1 if point["latent_dim"] in (8, 16) else -1
        uniform = quantile(plan.space.parameters["batch_size"], point["batch_size"])
        return 4 * (uniform - 0.5) / np.sqrt(5 / 64) / 2 + coin, float(rng.uniform())

    table = importances(trials(plan, 400, values)[0:1200:3], plan.space)
    found = table[table["objective"] == "reconstruction"].set_index("parameter")["importance"]
    assert found["batch_size"] == pytest.approx(0.8, abs=0.02)
    assert found["latent_dim"] == pytest.approx(0.2, abs=0.02)


def test_the_same_table_for_the_same_records(plan: StudyPlan) -> None:
    records = trials(plan, 50, lambda point, rng: (strength(point), float(rng.uniform())))
    assert importances(records, plan.space).equals(importances(records, plan.space))


def test_of_few_trials_or_of_constant_values_nothing_is_said(plan: StudyPlan) -> None:
    few = trials(plan, LEAST_TRIALS - 1, lambda point, rng: (strength(point), float(rng.uniform())))
    assert importances([], plan.space).empty
    assert importances(few, plan.space).empty
    lost = [TrialRecord(900 + i, few[i].config, "failed", "no space left") for i in range(30)]
    assert importances([*few, *lost], plan.space).empty
    still = trials(plan, LEAST_TRIALS, lambda point, rng: (1.0, strength(point)))
    assert set(importances(still, plan.space)["objective"]) == {"disentanglement"}
    gone = [*still[3:], TrialRecord(0, still[0].config, "complete", metrics={"reconstruction": 1.0})]
    assert set(importances(gone, plan.space)["family"]) <= set(FAMILIES[1:])


LAMBDA = Parameter(low=0.1, high=10, log=True, zero=0.2)


@pytest.mark.parametrize(
    ("parameter", "value", "place"),
    [
        (Parameter(choices=(8, 16, 32, 64)), 16, 0.375),
        (Parameter(choices=("a", "b")), "b", 0.75),
        (Parameter(low=0, high=4), 1, 0.25),
        (Parameter(low=1, high=100, log=True), 10, 0.5),
        (Parameter(low=1, high=3, integer=True), 2, 0.5),
        (Parameter(low=1, high=4, integer=True), 1, 0.125),
        (LAMBDA, 0.0, 0.1),
        (LAMBDA, 0.1, 0.2),
        (LAMBDA, 1.0, 0.6),
        (LAMBDA, 10, 1.0),
        (LAMBDA, 11, np.nan),
        (Parameter(choices=(8, 16)), 9, np.nan),
    ],
)
def test_known_quantiles(parameter: Parameter, value: Any, place: float) -> None:
    assert quantile(parameter, value) == pytest.approx(place, nan_ok=True)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_quantiles_keep_the_order(one: float, other: float) -> None:
    assert (quantile(LAMBDA, one) <= quantile(LAMBDA, other)) == (one <= other) or one == pytest.approx(other)
    assert 0.2 <= quantile(LAMBDA, one) <= 1 + 1e-12


def test_the_table_is_a_file_of_the_study_where_there_is_something_to_say(plan: StudyPlan, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "dsprites")
    records = trials(plan, 50, lambda point, rng: (strength(point), float(rng.uniform())))
    renew_importances(plan, folder, records)
    header, *rows = folder.importances.read_text().splitlines()
    assert header == ",".join(IMPORTANCE_COLUMNS)
    assert len(rows) == len(importances(records, plan.space))
    renew_importances(plan, folder, records[:-1])
    renew_importances(plan, folder, records[:20])
    assert not folder.importances.exists()
    assert list(folder.path.iterdir()) == []
