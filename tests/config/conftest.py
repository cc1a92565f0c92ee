"""A space as a user writes it, to be spoiled in one place at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from study.config.load import load_space
from study.config.space import SearchSpace

SPACE = """\
name: example
dataset: dsprites
objectives: {reconstruction: minimize, disentanglement: maximize}
reference: {reconstruction: 180, disentanglement: 0.2}
balance: family
parameters:
  family: {choices: [beta-vae, wae-gaussian]}
  latent_dim: {choices: [8, 16]}
  lambda_1: {low: 0.1, high: 12, log: true, zero: 0.1, when: {family: wae-gaussian}}
  beta: {low: 1, high: 100, log: true, when: {family: beta-vae}}
fixed: {lambda_mmd: 400}
presets:
  quick: {trials: 12, images: 4000, width: 40}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], SearchSpace]:
    """Loads a text as `mine.yaml`."""

    def load_text(text: str) -> SearchSpace:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return load_space(str(path))[0]

    return load_text


@pytest.fixture
def example() -> str:
    return SPACE


@pytest.fixture
def space(load: Callable[[str], SearchSpace]) -> SearchSpace:
    return load(SPACE)


GRID = """\
name: grid
dataset: fading_squares
objectives: {reconstruction: minimize}
parameters:
  family: {choices: [vae, wae-gaussian, wae-uniform]}
  lambda_1: {choices: [0, 1, 2], when: {family: [wae-gaussian, wae-uniform]}}
  kernel: {choices: [imq, rbf], when: {family: wae-uniform, lambda_1: [1, 2]}}
  width: {choices: [10, 20]}
fixed: {latent_dim: 2, steps: 5}
sampler: grid
presets:
  quick: {}
  twice: {replicates: 2}
"""
