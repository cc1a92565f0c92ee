"""The files of `examples/`, each by itself. That they fit into the code, and run there, `test_commands.py` sees."""

import importlib.util
import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.models import VAE, AutoEncoder, FullyConnected, Gaussian, StandardGaussian, gaussian_kl
from tests.docs.blocks import ROOT


def example(name: str) -> ModuleType:
    """A Python file of `examples/` as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INFO_VAE, RINGS, TOTAL_CORRELATION = example("info_vae"), example("rings"), example("total_correlation")


def model() -> AutoEncoder:
    generator = torch.Generator().manual_seed(0)
    network = FullyConnected((1, 8, 8), 3, 16, generator)
    return AutoEncoder(network, Gaussian(16, 3, False, generator), StandardGaussian(), 3)


def terms(objective: torch.nn.Module) -> dict[str, float]:
    images = torch.rand(10, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    found = objective(model(), images, torch.Generator().manual_seed(2))
    return {name: value.item() for name, value in found.items()}


def info_vae(alpha: float, matching: float) -> torch.nn.Module:
    settings = {"alpha": alpha, "matching": matching, "latent_dim": 3, "kernel_bandwidth": 1.0, "kernel": "imq"}
    objective: torch.nn.Module = INFO_VAE.InfoVAE.of(settings, torch.Generator())
    return objective


def test_an_info_vae_is_the_sum_of_its_terms() -> None:
    found = terms(info_vae(0.25, 30.0))
    expected = found["reconstruction"] + 0.75 * found["kl"] + 29.25 * found["mmd"]
    assert found["loss"] == pytest.approx(expected, rel=1e-6)


def test_without_its_discrepancy_it_is_the_vae() -> None:
    expected = terms(VAE(beta=1.0))
    assert expected.items() <= {**terms(info_vae(0.0, 1.0))}.items()


def test_its_kl_is_that_of_the_codes() -> None:
    images = torch.rand(10, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    code = model().encode(images)
    assert code.log_spread is not None
    assert terms(info_vae(0.0, 2.0))["kl"] == pytest.approx(gaussian_kl(code.mean, code.log_spread).mean().item())


def test_rings_are_a_grid_of_their_factors() -> None:
    data = RINGS.DATASETS["rings"].open()
    assert data.images.shape == (1, 32, 32)
    assert len(data.images) == math.prod(data.factors.sizes) == 4000
    images = data.images.batch(np.arange(4000)).numpy()
    assert images.min() == 0
    assert 0.98 < images.max() <= 1
    values = data.factors.values(np.arange(4000))
    columns, rows = np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5)
    weights = images[:, 0] / images.sum(axis=(1, 2, 3))[:, None, None]
    middle = [(weights * place).sum(axis=(1, 2)) for place in (columns, rows)]
    np.testing.assert_allclose(np.stack(middle, axis=1), 6 + values[:, 1:], atol=0.05)
    assert np.array_equal(RINGS.load().images.array, data.images.array)


@given(correlation=st.floats(-0.95, 0.95), scale=st.floats(0.01, 100), shift=st.floats(-10, 10))
def test_total_correlation_of_two_gaussians(correlation: float, scale: float, shift: float) -> None:
    """-½ log(1 - ρ²), whatever the units."""
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 500))
    first, second = first - first.mean(), second - second.mean()
    second -= first * (first @ second) / (first @ first)  # exactly uncorrelated
    unit = np.stack([first / first.std(), second / second.std()], axis=1)
    mixed = correlation * unit[:, 0] + math.sqrt(1 - correlation**2) * unit[:, 1]
    codes = np.stack([unit[:, 0], shift + scale * mixed], axis=1)
    expected = -0.5 * math.log(1 - correlation**2)
    assert TOTAL_CORRELATION.total_correlation(codes) == pytest.approx(expected, abs=1e-6)


def test_total_correlation_where_dimensions_do_not_vary_or_repeat_each_other() -> None:
    codes = np.random.default_rng(0).standard_normal((100, 2))
    function = TOTAL_CORRELATION.total_correlation
    assert function(np.zeros((10, 3))) == 0
    assert function(codes[:, :1]) == 0
    assert function(np.column_stack([codes, np.ones(100)])) == pytest.approx(function(codes))
    assert function(np.column_stack([codes, codes[:, 0]])) > 10
    with pytest.raises(ValueError, match="codes: every value must be finite"):
        function(np.full((10, 2), np.nan))


def study(place: Path, name: str, objectives: dict[str, str], rows: list[tuple[float, float]]) -> Path:
    """A folder with a plan and records of these values of reconstruction and mean pixel deviation."""
    space, _ = load_space("fading_squares")
    changed = space.model_dump(mode="json", exclude_defaults=True) | {"objectives": objectives, "reference": {}}
    changed["reference"] = {"mean_pixel_deviation": 1, "reconstruction": 25, "frechet_pca": 20}
    changed["reference"] = {key: changed["reference"][key] for key in objectives}
    plan = make_plan(type(space).model_validate(changed), "test", name=name, preset="quick", seed=0)
    (place / name).mkdir()
    plan.save(place / name / "study.yaml")
    lines = ["trial,config_id,state,reason,family,seed,mean_pixel_deviation,reconstruction"]
    lines += [f"{trial},c{trial},complete,,vae,{trial},{mpd},{nats}" for trial, (mpd, nats) in enumerate(rows)]
    lines.append(f"{len(rows)},c{len(rows)},failed,because,vae,9,,")
    (place / name / "records.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert StudyPlan.load(place / name / "study.yaml") == plan
    return place / name


def test_two_studies_are_compared_by_what_they_share(tmp_path: Path) -> None:
    two = {"mean_pixel_deviation": "minimize", "reconstruction": "minimize"}
    first = study(tmp_path, "first", two, [(0.5, 20), (0.2, 24)])
    second = study(tmp_path, "second", two | {"frechet_pca": "minimize"}, [(0.4, 20), (0.6, 24)])
    command = [sys.executable, "examples/compare.py", str(first), str(second)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    header, *front, of_first, of_second = done.stdout.splitlines()
    assert header.split() == ["study", "trial", "family", "mean_pixel_deviation", "reconstruction"]
    assert [line.split()[:2] for line in front] == [["first", "1"], ["second", "0"]]
    assert of_first == "first: 1 on the front, hypervolume 2.8"  # .5 × 5 + .3 × 1
    assert of_second == "second: 1 on the front, hypervolume 3"  # .6 × 5
