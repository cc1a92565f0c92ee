"""The contract of every family on every network: encoder and loss on the one model."""

from collections.abc import Callable
from itertools import product
from pkgutil import resolve_name

import pytest
import torch
from torch import nn

from study.config.families import FAMILIES
from study.config.networks import NETWORKS
from study.models import (
    DCGAN,
    PRIORS,
    AutoEncoder,
    Deterministic,
    FullyConnected,
    Loss,
    Network,
    SmallConvolutional,
    StandardGaussian,
    UniformCube,
    evaluating,
)

SHAPE = (2, 32, 32)
D = 3


def seeded(seed: int = 2) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


BUILT: dict[str, Callable[[], Network]] = {
    "fully-connected": lambda: FullyConnected(SHAPE, D, 16, seeded(0)),
    "dcgan": lambda: DCGAN(SHAPE, D, 4, seeded(0)),
    "dcgan-affine": lambda: DCGAN(SHAPE, D, 4, seeded(0), batch_norm="affine"),
    "small-convolutional": lambda: SmallConvolutional(SHAPE, D, 8, seeded(0)),
    "small-convolutional-affine": lambda: SmallConvolutional(SHAPE, D, 8, seeded(0), batch_norm="affine"),
}
SETTINGS = {
    **{
        "latent_dim": D,
        "tanh_mean": True,
        "beta": 1.0,
        "lambda_mmd": 10.0,
        "kernel": "imq",
        "kernel_bandwidth": 1.0,
        "lambda_1": 1.0,
    },
    **{"lambda_gan": 10.0, "adversary_width": 16, "adversary_learning_rate": 5e-4},
}
contract = pytest.mark.parametrize(("family", "network"), list(product(FAMILIES, BUILT)))


def make(family: str, network_name: str = "fully-connected") -> tuple[AutoEncoder, Loss]:
    generator = seeded(1)
    made = FAMILIES[family]
    network = BUILT[network_name]()
    prior = UniformCube() if family == "wae-uniform" else StandardGaussian()
    encoder = resolve_name(str(made.encoder))(SETTINGS, network.n_features, generator)
    model = AutoEncoder(network, encoder, prior, D)
    loss = resolve_name(str(made.loss))(SETTINGS, generator)
    for weights in loss.parameters():
        weights.data *= 30  # as after some training: at first an adversary's logits are below the rounding of its loss
    return model, loss


def images(n: int = 7) -> torch.Tensor:
    return torch.rand(n, *SHAPE, generator=torch.Generator().manual_seed(1))


def test_every_network_is_under_the_contract() -> None:
    assert {name.removesuffix("-affine") for name in BUILT} == set(NETWORKS)


@contract
def test_shapes(family: str, network: str) -> None:
    model, _ = make(family, network)
    code = model.encode(images())
    assert code.mean.shape == (7, D)
    assert (code.log_spread is None) == isinstance(model.encoder, Deterministic)
    assert code.log_spread is None or code.log_spread.shape == (7, D)
    z = model.sample_code(code, seeded())
    assert z.shape == (7, D)
    assert model.decode(z).shape == (7, *SHAPE)
    assert model.reconstruct(images()).shape == (7, *SHAPE)
    assert model.sample(4, seeded()).shape == (4, *SHAPE)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@contract
def test_every_parameter_gets_a_finite_gradient(family: str, network: str, precision: torch.dtype) -> None:
    model, loss = make(family, network)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        terms = loss(model, images(), seeded())
    assert all(term.shape == () and term.dtype == torch.float32 for term in terms.values())
    terms["loss"].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


@contract
def test_codes_and_logits_are_float32_under_autocast_while_products_are_not(family: str, network: str) -> None:
    model, _ = make(family, network)
    with torch.autocast("cpu", torch.bfloat16):
        assert model.network.trunk(images()).dtype == torch.bfloat16
        code = model.encode(images())
        z = model.sample_code(code, seeded())
        assert code.mean.dtype == z.dtype == model.decode(z).dtype == torch.float32
        assert code.log_spread is None or code.log_spread.dtype == torch.float32


@contract
def test_the_generator_decides_all_that_is_random(family: str, network: str) -> None:
    model, loss = make(family, network)
    first, again, other = (
        {name: term.item() for name, term in loss(model, images(), seeded(seed)).items()} for seed in (2, 2, 3)
    )
    assert first == again
    assert first != other
    assert torch.equal(model.sample(4, seeded()), model.sample(4, seeded()))


@contract
def test_reconstructions_and_samples_are_decoder_means_without_gradients(family: str, network: str) -> None:
    model, _ = make(family, network)
    with torch.no_grad():
        expected = model.decode(model.encode(images()).mean).sigmoid()
        prior = model.decode(model.prior.sample(4, D, seeded(), "cpu")).sigmoid()
    torch.testing.assert_close(model.reconstruct(images()), expected)
    torch.testing.assert_close(model.sample(4, seeded()), prior)
    assert not model.reconstruct(images()).requires_grad
    assert not model.sample(4, seeded()).requires_grad


@pytest.mark.parametrize("prior", PRIORS)
def test_codes_of_the_prior_have_the_dimension_of_the_model(prior: str) -> None:
    model, _ = make("wae-gaussian")
    model.prior = PRIORS[prior]()
    assert model.sample_prior(5, seeded()).shape == (5, D)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_mode_is_left_as_it_was_found(training: bool) -> None:
    model = nn.Sequential(nn.BatchNorm1d(1)).train(training)
    with evaluating(model):
        assert not model[0].training
    assert model.training == model[0].training == training
