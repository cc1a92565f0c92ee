import math

import pytest
import torch

from study.models import Code, Deterministic, Gaussian, UniformBox

RANDOM = [Gaussian, UniformBox]
ALL = [Deterministic, *RANDOM]
N = 40_000


AnyEncoder = Deterministic | Gaussian | UniformBox


def make(encoder: type[AnyEncoder], tanh_mean: bool = False) -> AnyEncoder:
    return encoder(6, 2, tanh_mean, torch.Generator().manual_seed(0))


def draws(encoder: type[Gaussian | UniformBox], mean: list[float], log_spread: list[float]) -> torch.Tensor:
    code = Code(torch.tensor(mean).expand(N, -1), torch.tensor(log_spread).expand(N, -1))
    return make(encoder).sample(code, torch.Generator().manual_seed(1))


def test_gaussian_draws_have_the_mean_and_the_variance_of_the_code() -> None:
    z = draws(Gaussian, [0.5, -2.0], [math.log(0.25), math.log(9.0)])
    torch.testing.assert_close(z.mean(0), torch.tensor([0.5, -2.0]), atol=0.06, rtol=0)
    torch.testing.assert_close(z.var(0), torch.tensor([0.25, 9.0]), atol=0, rtol=0.03)
    standardised = (z - z.mean(0)) / z.std(0)
    torch.testing.assert_close(standardised.pow(4).mean(0), torch.full((2,), 3.0), atol=0.15, rtol=0)


def test_a_uniform_box_is_centred_at_the_mean_with_half_sides_exp_of_the_head() -> None:
    z = draws(UniformBox, [0.5, -2.0], [math.log(0.001), 0.0])
    torch.testing.assert_close(z.amin(0), torch.tensor([0.499, -3.0]), atol=1e-3, rtol=0)
    torch.testing.assert_close(z.amax(0), torch.tensor([0.501, -1.0]), atol=1e-3, rtol=0)
    offset = (z - torch.tensor([0.5, -2.0])) / torch.tensor([0.001, 1.0])
    torch.testing.assert_close(offset.mean(0), torch.zeros(2), atol=0.02, rtol=0)
    torch.testing.assert_close(offset.var(0), torch.full((2,), 1 / 3), atol=0.01, rtol=0)


def test_head_0_at_mean_0_is_the_uniform_prior() -> None:
    z = draws(UniformBox, [0.0, 0.0], [0.0, 0.0])
    for dimension in z.T:
        counts = torch.histc(dimension, bins=4, min=-1, max=1)
        torch.testing.assert_close(counts, torch.full((4,), N / 4), atol=400, rtol=0)


def test_a_deterministic_code_is_its_mean() -> None:
    encoder = make(Deterministic)
    code = encoder(torch.randn(4, 6, generator=torch.Generator().manual_seed(0)))
    assert code.log_spread is None
    assert torch.equal(encoder.sample(code, torch.Generator()), code.mean)


@pytest.mark.parametrize("encoder", ALL)
def test_tanh_bounds_the_mean_and_linear_does_not(encoder: type[AnyEncoder]) -> None:
    features = 100 * torch.randn(8, 6, generator=torch.Generator().manual_seed(0))
    linear, bounded = make(encoder)(features).mean, make(encoder, tanh_mean=True)(features).mean
    assert linear.abs().max() > 1
    torch.testing.assert_close(bounded, linear.tanh())


@pytest.mark.parametrize("encoder", RANDOM)
@pytest.mark.parametrize(
    ("raw", "clipped", "gradient"), [(-25.0, -20.0, 0), (-19.0, -19.0, 1), (4.5, 4.5, 1), (7, 5, 0)]
)
def test_the_log_spread_is_clipped_and_has_no_gradient_outside(
    encoder: type[Gaussian | UniformBox], raw: float, clipped: float, gradient: float
) -> None:
    model = make(encoder)
    assert isinstance(model, Gaussian | UniformBox)
    torch.nn.init.constant_(model.log_spread.head.bias, raw)
    code = model(torch.zeros(3, 6))
    assert code.log_spread is not None
    assert torch.equal(code.log_spread, torch.full((3, 2), float(clipped)))
    (code.log_spread.sum() / 3).backward()
    gradient_of_bias = model.log_spread.head.bias.grad
    assert gradient_of_bias is not None
    assert torch.equal(gradient_of_bias, torch.full((2,), float(gradient)))


@pytest.mark.parametrize("encoder", ALL)
def test_heads_and_draws_are_float32_under_autocast(encoder: type[AnyEncoder]) -> None:
    model, features = make(encoder), torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    plain = model(features)
    with torch.autocast("cpu", torch.bfloat16):
        code = model(features)
        z = model.sample(code, torch.Generator().manual_seed(0))
    assert torch.equal(code.mean, plain.mean)
    assert code.log_spread is None or torch.equal(code.log_spread, plain.log_spread)
    assert torch.equal(z, model.sample(plain, torch.Generator().manual_seed(0)))
