import pytest
import torch
from torch import nn

from study.models import Adversary


def adversary(width: int = 64, latent_dim: int = 2, seed: int = 0) -> Adversary:
    return Adversary(latent_dim, width, torch.Generator().manual_seed(seed))


def test_four_hidden_relu_layers_and_one_logit() -> None:
    made = adversary(width=32, latent_dim=3)
    shapes = [tuple(layer.weight.shape) for layer in made.modules() if isinstance(layer, nn.Linear)]
    assert shapes == [(32, 3), (32, 32), (32, 32), (32, 32), (1, 32)]
    codes = torch.randn(5, 3)
    hidden = codes
    *before, last = [layer for layer in made.modules() if isinstance(layer, nn.Linear)]
    for layer in before:
        hidden = (hidden @ layer.weight.T + layer.bias).clamp(min=0)
    torch.testing.assert_close(made(codes), (hidden @ last.weight.T + last.bias)[:, 0])


def test_initial_weights_are_small_and_the_generators() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, same, other = (adversary(width=512, seed=seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(before, torch.get_rng_state())
    for name, value in first.items():
        assert torch.equal(value, same[name])
        if name.endswith("bias"):
            assert not value.any()
        else:
            assert not torch.equal(value, other[name])
    assert first["layers.2.weight"].std().item() == pytest.approx(0.01, rel=0.02)
    assert first["layers.2.weight"].mean().item() == pytest.approx(0, abs=1e-4)


def test_logits_are_float32_under_autocast() -> None:
    made, codes = adversary(), torch.randn(4, 2)
    with torch.autocast("cpu", torch.bfloat16):
        logits = made(codes)
    assert torch.equal(logits, made(codes))


def test_it_learns_from_its_small_weights_to_tell_a_curve_from_the_square() -> None:
    generator = torch.Generator().manual_seed(3)
    made = adversary(width=200)
    optimiser = torch.optim.Adam(made.parameters(), lr=5e-4, betas=(0.5, 0.999))

    def codes() -> tuple[torch.Tensor, torch.Tensor]:
        along = 2 * torch.rand(200, generator=generator) - 1
        return 2 * torch.rand(200, 2, generator=generator) - 1, torch.stack([along, along.abs()], dim=1)

    for _ in range(400):
        prior, curve = codes()
        loss = nn.functional.softplus(-made(prior)).mean() + nn.functional.softplus(made(curve)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    prior, curve = codes()
    told = torch.cat([made(prior) > 0, made(curve) < 0]).float().mean()
    assert told > 0.8
