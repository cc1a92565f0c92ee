import math

import pytest
import torch

from study.models import (
    VAE,
    WAE,
    WAEGAN,
    Adversary,
    AutoEncoder,
    Deterministic,
    FullyConnected,
    Gaussian,
    StandardGaussian,
    UniformBox,
    bernoulli_nll,
    gaussian_kl,
    kernel_widths,
    mmd,
    rbf,
)

SHAPE = (1, 4, 4)


def make(encoder: type[Deterministic | Gaussian | UniformBox]) -> AutoEncoder:
    generator = torch.Generator().manual_seed(0)
    return AutoEncoder(
        FullyConnected(SHAPE, 3, 8, generator), encoder(8, 3, False, generator), StandardGaussian(), latent_dim=3
    )


def images() -> torch.Tensor:
    return torch.rand(6, *SHAPE, generator=torch.Generator().manual_seed(1))


def noise() -> torch.Generator:
    return torch.Generator().manual_seed(2)


def test_bernoulli_nll_is_the_sum_over_pixels_for_each_image() -> None:
    logits, x = 3 * torch.randn(6, *SHAPE, generator=noise()), images()
    expected = [
        -sum(
            p * math.log(1 / (1 + math.exp(-a))) + (1 - p) * math.log(1 / (1 + math.exp(a)))
            for a, p in zip(logits[i].flatten().tolist(), x[i].flatten().tolist(), strict=True)
        )
        for i in range(6)
    ]
    torch.testing.assert_close(bernoulli_nll(logits, x), torch.tensor(expected))


def test_bernoulli_nll_is_least_at_the_entropy_of_grey_pixels() -> None:
    p = torch.full((1, *SHAPE), 0.3)
    entropy = -16 * (0.3 * math.log(0.3) + 0.7 * math.log(0.7))
    assert bernoulli_nll(torch.logit(p), p).item() == pytest.approx(entropy, rel=1e-5)
    assert bernoulli_nll(torch.logit(p) + 0.1, p).item() > entropy


def test_bernoulli_nll_survives_extreme_logits() -> None:
    x = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2)
    assert bernoulli_nll(torch.tensor([-500.0, 500.0]).view_as(x), x).item() == 0
    assert bernoulli_nll(torch.tensor([500.0, -500.0]).view_as(x), x).item() == 1000


@pytest.mark.parametrize("beta", [1.0, 20.0])
def test_the_vae_adds_beta_times_the_kl_to_the_reconstruction(beta: float) -> None:
    model, x, generator = make(Gaussian), images(), noise()
    terms = VAE(beta)(model, x, noise())
    code = model.encode(x)
    reconstruction = bernoulli_nll(model.decode(model.sample_code(code, generator)), x).mean()
    assert code.log_spread is not None
    kl = gaussian_kl(code.mean, code.log_spread).mean()
    assert terms.keys() == {"loss", "reconstruction", "kl"}
    torch.testing.assert_close(terms["reconstruction"], reconstruction)
    torch.testing.assert_close(terms["kl"], kl)
    torch.testing.assert_close(terms["loss"], reconstruction + beta * kl)


@pytest.mark.parametrize("encoder", [Gaussian, UniformBox])
def test_the_wae_adds_mmd_and_the_penalty_of_equation_2(encoder: type[Gaussian | UniformBox]) -> None:
    model, x, generator = make(encoder), images(), noise()
    terms = WAE(400.0, kernel_widths(3, 2.0), rbf, lambda_1=3.0, lambda_2=0.5)(model, x, noise())
    code = model.encode(x)
    z = model.sample_code(code, generator)
    assert code.log_spread is not None
    spreads = code.log_spread.tolist()
    expected = {
        "reconstruction": bernoulli_nll(model.decode(z), x).mean().item(),
        "mmd": mmd(z, model.sample_prior(6, generator), kernel_widths(3, 2.0), rbf).item(),
        "l1": sum(abs(value) for row in spreads for value in row) / 6,
        "l2": sum(value**2 for row in spreads for value in row) / 6,
    }
    loss = expected["reconstruction"] + 400 * expected["mmd"] + 3 * expected["l1"] + 0.5 * expected["l2"]
    assert {name: term.item() for name, term in terms.items()} == pytest.approx({"loss": loss, **expected}, rel=1e-5)


def test_a_deterministic_wae_has_no_penalty() -> None:
    terms = WAE(10.0, kernel_widths(3))(make(Deterministic), images(), noise())
    assert terms.keys() == {"loss", "reconstruction", "mmd"}
    torch.testing.assert_close(terms["loss"], terms["reconstruction"] + 10 * terms["mmd"])


def gan(lambda_gan: float = 10.0) -> WAEGAN:
    adversary = Adversary(3, 16, torch.Generator().manual_seed(4))
    with torch.no_grad():
        for weights in adversary.parameters():  # so that it has something to say
            weights.mul_(50)
    return WAEGAN(adversary, lambda_gan, learning_rate=5e-4)


def test_the_wae_gan_adds_what_its_adversary_says_of_the_codes() -> None:
    model, x, generator, loss = make(Deterministic), images(), noise(), gan()
    terms = loss(model, x, noise())
    z = model.encode(x).mean
    on_codes = torch.sigmoid(loss.adversary(z).double())
    on_prior = torch.sigmoid(loss.adversary(model.sample_prior(6, generator)).double())
    expected = {
        "reconstruction": bernoulli_nll(model.decode(z), x).mean().item(),
        "gan": -on_codes.log().mean().item(),
        "adversary": -(on_prior.log() + (1 - on_codes).log()).mean().item(),
    }
    loss = expected["reconstruction"] + 10 * expected["gan"]
    assert {name: term.item() for name, term in terms.items()} == pytest.approx({"loss": loss, **expected}, rel=1e-5)
    assert abs(expected["adversary"] - 2 * math.log(2)) > 1e-3


def test_the_two_losses_of_a_wae_gan_share_no_gradient() -> None:
    model, loss = make(Deterministic), gan()
    terms = loss(model, images(), noise())
    assert loss.rival is not None
    of_model = torch.autograd.grad(
        terms["loss"], [*model.parameters(), *loss.parameters()], retain_graph=True, allow_unused=True
    )
    of_rival = torch.autograd.grad(terms[loss.rival.loss], [*model.parameters(), *loss.parameters()], allow_unused=True)
    n = len(list(model.parameters()))
    assert all(gradient is not None for gradient in of_model[:n])
    assert all(gradient is None for gradient in of_model[n:])
    assert all(gradient is None for gradient in of_rival[:n])
    assert all(gradient is not None for gradient in of_rival[n:])


def test_the_codes_of_a_wae_gan_are_drawn_to_where_its_adversary_takes_them_for_the_priors() -> None:
    model, loss, x = make(Deterministic), gan(lambda_gan=1.0), images()
    z = model.encode(x).mean.detach()
    direction = torch.autograd.grad(loss.adversary(at := z.clone().requires_grad_()).sum(), at)[0]
    terms = loss(model, x, noise())
    head = model.encoder.mean.head.bias
    (of_gan,) = torch.autograd.grad(terms["gan"], head)
    weights = 1 - torch.sigmoid(loss.adversary(z))
    torch.testing.assert_close(of_gan, -(weights[:, None] * direction).mean(dim=0).detach())
