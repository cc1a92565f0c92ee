"""The metrics as a library for anybody's codes: what it needs, what one call gives, and what holds of each function."""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import study.metrics
from study.metrics import METRICS

BLOCKED = ("torch", "torchvision", "ray", "optuna", "mlflow", "pandas", "matplotlib", "pydantic", "plotly", "yaml")
"""What the package has beside NumPy, SciPy and scikit-learn."""

TABLE = """
import numpy as np
rng = np.random.default_rng(0)
factors = rng.integers([2, 3, 4], size=(300, 3))
codes = factors @ rng.normal(size=(3, 4)) + 0.3 * rng.normal(size=(300, 4))
"""

SCRIPT = f"""
import json, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {BLOCKED}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocked())
from study.metrics import *
{TABLE}
three = dci(codes, factors, trees=3)
estimate = kernel_distance(codes[:150], codes[150:])
print(json.dumps({{
    "mig": mig(codes, factors),
    "sap": sap(codes, factors),
    "modularity": modularity(codes, factors),
    "dci": [three.disentanglement, three.completeness, three.informativeness],
    "explicitness": explicitness(codes, factors).heldout,
    "factor_vae_score": factor_vae_score(codes, factors).heldout,
    "beta_vae_score": beta_vae_score(codes, factors).heldout,
    "mutual_information": mutual_information(codes, factors).tolist(),
    "frechet_distance": frechet_distance(codes[:150], codes[150:]),
    "kernel_distance": [estimate.value, estimate.standard_error],
    "mean_pixel_deviation": mean_pixel_deviation(codes[:, 0]),
}}))
"""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: function for name in study.metrics.__all__ if inspect.isfunction(function := getattr(study.metrics, name))
}
OF_CODES = {name: metric for name, metric in METRICS.items() if metric.of_codes is not None}
SEEDED = ["beta_vae_score", "dci", "explicitness", "factor_vae_score", "sap"]
OF_FACTORS = ["mig", "modularity", "mutual_information", *SEEDED]


def table() -> tuple[np.ndarray, np.ndarray]:
    """That of the script."""
    found: dict[str, Any] = {}
    exec(TABLE, found)
    return found["codes"], found["factors"]


def call(name: str, codes: np.ndarray, factors: np.ndarray, **more: Any) -> Any:
    return FUNCTIONS[name](codes, factors, **({"trees": 2} if name == "dci" else {}), **more)


def numbers(result: Any) -> np.ndarray:
    """Of a score or of several, as they are returned."""
    fields = [value for value in vars(result).values() if isinstance(value, float)] if is_dataclass(result) else result
    return np.array(fields)


def test_it_needs_numpy_scipy_and_scikit_learn_only(tmp_path: Path) -> None:
    """Every metric is computed in a process that can import none of the others, and gives what it gives here."""
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert set(values) == set(FUNCTIONS) - {"accumulate", "offered"}
    assert all(np.isfinite(value).all() for value in values.values())
    codes, factors = table()
    for name in ("mig", "sap", "modularity", "mutual_information"):
        assert values[name] == pytest.approx(np.array(call(name, codes, factors)), abs=1e-9), name
    assert 0 < values["mig"] < values["beta_vae_score"] <= 1


def test_a_name_is_the_function_and_not_its_file() -> None:
    """Also after the file of the same name was imported."""
    for name, function in FUNCTIONS.items():
        module = sys.modules[function.__module__]
        assert getattr(study.metrics, name) is getattr(module, name)
    from study.metrics.mig import mig  # isort: skip

    assert study.metrics.mig is mig


def test_all_that_is_public_says_what_it_takes_and_gives() -> None:
    for name in OF_FACTORS:
        text = inspect.getdoc(FUNCTIONS[name])
        assert text is not None
        assert "(n, d)" in text, name
        assert "(n, K)" in text, name
        assert "ValueError" in text, name


@pytest.mark.parametrize("name", SEEDED)
def test_a_seed_is_its_generator_and_zero_by_default(name: str) -> None:
    codes, factors = table()
    by_default = call(name, codes, factors)
    assert by_default == call(name, codes, factors, rng=0) == call(name, codes, factors, rng=np.random.default_rng(0))
    assert by_default != call(name, codes, factors, rng=1)


@pytest.mark.parametrize("name", OF_FACTORS)
def test_codes_of_any_real_type_are_taken_and_left_alone(name: str) -> None:
    """Whole numbers without a sign too, whose differences wrap around."""
    codes, factors = table()
    levels = np.round(4 * (codes - codes.min(axis=0)))
    expected = numbers(call(name, levels, factors))
    for kind in (np.uint8, np.int64, np.float32):
        changed = levels.astype(kind)
        changed.flags.writeable = False
        assert numbers(call(name, changed, factors.astype(np.int8))) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", OF_FACTORS)
@pytest.mark.parametrize(
    ("codes", "factors", "message"),
    [
        (
            [[1.0, 2.0]] * 50,
            np.zeros((50, 2), int),
            "codes: a NumPy array is needed, .* of type list",
        ),
        (np.zeros((50, 2)), [[0, 1]] * 50, "factors: a NumPy array is needed, .* of type list"),
        (np.zeros((50, 2), complex), np.zeros((50, 2), int), "codes: real numbers are needed; received complex128"),
        (np.full((50, 2), "a"), np.zeros((50, 2), int), "codes: real numbers are needed; received <U1"),
        (np.zeros((50, 2)), np.zeros((50, 2), bool), "factors: classes are whole numbers; received bool"),
        (np.zeros((50, 2, 2)), np.zeros((50, 2), int), r"codes: a non-empty .* shape \(50, 2, 2\)"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(name: str, codes: Any, factors: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        call(name, codes, factors)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["frechet_distance", "kernel_distance"])
def test_features_that_are_no_table_are_refused_too(name: str) -> None:
    features = np.zeros((50, 3))
    for wrong, message in (
        (features.tolist(), "NumPy array is needed"),
        (features[0], "a non-empty"),
        (features * np.nan, "every value must be finite"),
        (features[:, 1:], "features"),
    ):
        with pytest.raises(ValueError, match=message):
            FUNCTIONS[name](features, wrong)


@pytest.mark.parametrize("name", OF_CODES)
def test_metrics_of_codes_keep_one_contract(name: str) -> None:
    """A finite number of any table; that of the rows in another order; an error where there is none."""
    codes, factors = table()
    function = OF_CODES[name].of_codes
    assert function is not None
    columns = (factors,) if OF_CODES[name].needs is not None else ()

    for each in (codes, codes[:, :1], np.column_stack([codes, np.full(300, 0.1)]), codes.astype(np.float32)):
        kept = each.copy()
        value = function(each, *columns)
        assert isinstance(value, float)
        assert np.isfinite(value)
        assert (each == kept).all()
        assert function(each, *columns) == value
    order = np.random.default_rng(1).permutation(300)
    shuffled = function(codes[order], *(column[order] for column in columns))
    assert shuffled == pytest.approx(function(codes, *columns), abs=1e-12)
    for wrong in (codes * np.nan, codes[:0], codes[0], codes[:200] if columns else codes[:0]):
        with pytest.raises(ValueError, match=r"codes|factors"):
            function(wrong, *columns)
