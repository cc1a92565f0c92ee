import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from study.models import KERNELS, divergences, gaussian_kl, imq, kernel_widths, mmd
from study.models.divergences import squared_distances

SLOW_KERNELS = {"imq": lambda d2, c: c / (c + d2), "rbf": lambda d2, c: math.exp(-d2 / c)}


def slow_mmd(x: np.ndarray, y: np.ndarray, widths: list[float], name: str) -> float:
    """Section 4 of the protocol, term by term."""
    n, total = len(x), 0.0
    for c in widths:
        for i in range(n):
            for j in range(n):
                if i != j:
                    pairs = [(y[i], y[j], 1), (x[i], x[j], 1), (x[i], y[j], -2)]
                    total += sum(w * SLOW_KERNELS[name](float(((a - b) ** 2).sum()), c) for a, b, w in pairs)
    return total / (n * (n - 1))


def sample(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("name", KERNELS)
@settings(max_examples=15)
@given(n=st.integers(2, 9), d=st.integers(1, 5), bandwidth=st.floats(0.25, 4), shift=st.floats(-3, 3))
def test_mmd_is_the_double_sum_without_equal_indices(name: str, n: int, d: int, bandwidth: float, shift: float) -> None:
    x, y, widths = sample(n, d, 0) + shift, sample(n, d, 1), kernel_widths(d, bandwidth)
    expected = slow_mmd(x.numpy(), y.numpy(), widths.tolist(), name)
    assert mmd(x, y, widths, KERNELS[name]).item() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    single = mmd(x.float(), y.float(), widths, KERNELS[name])
    assert single.dtype == torch.float32
    assert single.item() == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("name", KERNELS)
def test_mmd_has_the_gradient_of_its_value(name: str) -> None:
    x, y = sample(5, 3, 0).requires_grad_(), sample(5, 3, 1).requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: mmd(a, b, kernel_widths(3), KERNELS[name]), (x, y))


def test_samples_of_many_distances_are_gone_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that do not end where rows or matrices do."""
    values, gradients = [], []
    for at_once in (2**17, 7, 5):
        monkeypatch.setattr(divergences, "AT_ONCE", at_once)
        x = sample(6, 3, 0).requires_grad_()
        value = mmd(x, sample(6, 3, 1), kernel_widths(3))
        gradients += torch.autograd.grad(value, x)
        values.append(value.item())
    assert values == pytest.approx([values[0]] * 3)
    torch.testing.assert_close(gradients[1:], gradients[:1] * 2)


def test_what_is_kept_for_the_gradient_does_not_grow_with_the_widths() -> None:
    def kept(widths: torch.Tensor) -> int:
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t: sizes.append(t.numel()), lambda nothing: nothing):
            mmd(sample(50, 2, 0).requires_grad_(), sample(50, 2, 1), widths)
        return sum(sizes)

    assert kept(kernel_widths(2)) == kept(kernel_widths(2)[:1]) < 1.2 * 3 * 50**2


def test_equal_codes_have_finite_gradients() -> None:
    x = torch.zeros(4, 2, requires_grad=True)
    value = mmd(x, sample(4, 2, 0).float(), kernel_widths(2))
    assert value.isfinite()
    value.backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert x.grad.abs().sum() > 0


def test_mmd_is_unbiased_and_therefore_sometimes_negative() -> None:
    values = np.array([mmd(sample(20, 2, 2 * s), sample(20, 2, 2 * s + 1), kernel_widths(2)) for s in range(300)])
    assert abs(values.mean()) < 4 * values.std() / len(values) ** 0.5
    assert values.min() < 0 < values.max()


def test_mmd_sees_a_shift() -> None:
    apart = mmd(sample(50, 2, 0) + 1, sample(50, 2, 1), kernel_widths(2))
    assert apart > 10 * abs(mmd(sample(50, 2, 0), sample(50, 2, 1), kernel_widths(2)))


def test_mmd_is_not_lowered_to_bfloat16_by_autocast() -> None:
    x, y = sample(20, 4, 0).float(), sample(20, 4, 1).float()
    with torch.autocast("cpu", torch.bfloat16):
        inside = mmd(x, y, kernel_widths(4))
    assert torch.equal(inside, mmd(x, y, kernel_widths(4)))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 4)])
def test_mmd_refuses_what_is_no_pair_of_equal_samples(n: int, m: int) -> None:
    with pytest.raises(ValueError, match=rf"received \({n}, 2\) and \({m}, 2\)"):
        mmd(torch.zeros(n, 2), torch.zeros(m, 2), kernel_widths(2), imq)


@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_float32_distances_of_close_codes_are_accurate_wherever_they_lie(offset: float) -> None:
    x = (1e-2 * sample(30, 8, 0) + offset).float()
    y = (1e-2 * sample(20, 8, 1) + offset).float()
    exact = (x.double()[:, None] - y.double()[None]).square().sum(-1)
    distances = squared_distances(x[None], y[None])[0]
    torch.testing.assert_close(distances.double(), exact, rtol=1e-4, atol=1e-8)


@settings(max_examples=25)
@given(mean=st.floats(-3, 3), log_variance=st.floats(-6, 2))
def test_kl_is_the_integral_that_it_stands_for(mean: float, log_variance: float) -> None:
    sd = math.exp(log_variance / 2)
    z = np.linspace(mean - 12 * sd, mean + 12 * sd, 20_001)
    log_q = -0.5 * ((z - mean) / sd) ** 2 - math.log(sd)
    integrand = np.exp(log_q) / math.sqrt(2 * math.pi) * (log_q + 0.5 * z**2)
    kl = gaussian_kl(torch.tensor([[mean]]).double(), torch.tensor([[log_variance]]).double())
    assert kl.shape == (1,)
    assert kl.item() == pytest.approx(float(trapezoid(integrand, z)), abs=1e-6)


def test_kl_adds_up_over_dimensions_and_vanishes_at_the_prior() -> None:
    mean, log_variance = sample(4, 3, 0), sample(4, 3, 1)
    parts = [gaussian_kl(mean[:, [i]], log_variance[:, [i]]) for i in range(3)]
    torch.testing.assert_close(gaussian_kl(mean, log_variance), sum(parts))
    assert gaussian_kl(torch.zeros(2, 3), torch.zeros(2, 3)).tolist() == [0, 0]
