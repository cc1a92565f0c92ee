import pytest
import torch

from study.models import PRIORS


@pytest.mark.parametrize("name", PRIORS)
def test_draws_are_a_function_of_the_generator_alone(name: str) -> None:
    prior, state = PRIORS[name](), torch.get_rng_state()
    draws = [prior.sample(5, 3, torch.Generator().manual_seed(7), "cpu") for _ in range(2)]
    assert draws[0].shape == (5, 3)
    assert draws[0].dtype == torch.float32
    assert torch.equal(draws[0], draws[1])
    assert torch.equal(state, torch.get_rng_state())


def test_gaussian_has_mean_0_and_variance_1_in_each_dimension() -> None:
    z = PRIORS["gaussian"]().sample(20_000, 3, torch.Generator().manual_seed(0), "cpu")
    torch.testing.assert_close(z.mean(0), torch.zeros(3), atol=0.03, rtol=0)
    torch.testing.assert_close(z.T.cov(), torch.eye(3), atol=0.05, rtol=0)


def test_uniform_fills_the_cube_from_minus_1_to_1_evenly() -> None:
    z = PRIORS["uniform"]().sample(20_000, 2, torch.Generator().manual_seed(0), "cpu")
    assert z.min() >= -1
    assert z.max() <= 1
    for dimension in z.T:
        counts = torch.histc(dimension, bins=4, min=-1, max=1)
        torch.testing.assert_close(counts, torch.full((4,), 5000.0), atol=250, rtol=0)
