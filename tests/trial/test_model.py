from pkgutil import resolve_name
from typing import Any, get_args

import pytest
import torch

from study.config.families import FAMILIES, Factory
from study.config.networks import networks_with
from study.config.trial import TrialConfig, declared
from study.models import (
    DCGAN,
    KERNELS,
    PRIORS,
    VAE,
    WAE,
    WAEGAN,
    Gaussian,
    SmallConvolutional,
    UniformBox,
    UniformCube,
    kernel_widths,
)
from study.models.networks.layers import Affine, BatchNorm
from study.trial.model import STREAMS, make_loss, make_model, stream_seed

SHAPE = (1, 8, 8)


def trial(family: str = "wae-gaussian", **settings: Any) -> TrialConfig:
    if family == "beta-vae":
        settings.setdefault("beta", 4.0)
    values = {"dataset": "dsprites", "seed": 0, "steps": 10, "latent_dim": 3, "width": 8, **settings}
    return TrialConfig(**{"family": family, **values})


KINDS = {"dcgan": DCGAN, "small-convolutional": SmallConvolutional}


def made_by(family: str) -> tuple[Factory, Factory]:
    return FAMILIES[family].encoder, FAMILIES[family].loss


def allowed(setting: str) -> set[str]:
    """The values of a setting that is one of a few words."""
    return {
        choice for each in FAMILIES.values() if setting in each.settings for choice in each.settings[setting].choices
    }


def test_every_word_that_a_configuration_allows_is_something_that_can_be_made() -> None:
    assert set(PRIORS) == allowed("prior")
    assert set(KERNELS) == allowed("kernel")
    assert set(get_args(BatchNorm)) == set(declared()["batch_norm"].choices)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_can_be_made_and_trained_a_step(family: str) -> None:
    settings = trial(family)
    model, loss = make_model(settings, SHAPE), make_loss(settings)
    assert [type(model.encoder), type(loss)] == [resolve_name(str(part)).__self__ for part in made_by(family)]
    terms = loss(model, torch.rand(4, *SHAPE), torch.Generator())
    terms["loss"].backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_are_a_function_of_the_seed_alone(family: str) -> None:
    states = []
    for seed, global_seed in ((1, 10), (1, 20), (2, 10)):
        torch.manual_seed(global_seed)
        before = torch.get_rng_state()
        config = trial(family, seed=seed)
        states.append({**make_model(config, SHAPE).state_dict(), **make_loss(config).state_dict()})
        assert torch.equal(before, torch.get_rng_state())
    first, same, other = states
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first if name.endswith("weight"))


def test_the_model_is_what_the_configuration_says() -> None:
    model = make_model(trial("wae-uniform", latent_dim=5, width=7, tanh_mean=False), SHAPE)
    assert isinstance(model.encoder, UniformBox)
    assert isinstance(model.prior, UniformCube)
    assert (model.latent_dim, model.network.n_features, model.encoder.mean.tanh) == (5, 7, False)
    default = make_model(trial("wae-gaussian"), SHAPE)
    assert isinstance(default.encoder, Gaussian)
    assert default.encoder.mean.tanh


@pytest.mark.parametrize("network", sorted(networks_with("batch_norm")))
@pytest.mark.parametrize(("batch_norm", "layer"), [("statistics", torch.nn.BatchNorm2d), ("affine", Affine)])
def test_a_convolutional_model_has_the_batch_norm_of_the_configuration(
    network: str, batch_norm: str, layer: type[torch.nn.Module]
) -> None:
    model = make_model(trial(network=network, batch_norm=batch_norm), (3, 32, 32))
    assert type(model.network) is KINDS[network]
    norms = {type(module) for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d | Affine)}
    assert norms == {layer}


@pytest.mark.parametrize(
    ("network", "trunk", "decoder"),
    [
        # convolutions, then a scale and a shift for each channel
        (DCGAN, 48 * 32 + 512 * 64 + 1024 * 128 + 2 * (32 + 64 + 128), 2048 * 64 + 1024 * 32 + 512 * 3 + 3 + 2 * 96),
        (
            SmallConvolutional,
            27 * 128 + 9 * 128 * 256 + 3 * 9 * 256**2 + 3 * (128 + 4 * 256),
            9 * (256**2 + 256 * 128 + 128 * 64 + 64 * 64 + 64 * 32 + 32 * 32 + 32 * 16 + 16 * 16 + 16 * 3)
            + 2 * (256 + 128 + 64 + 64 + 32 + 32 + 16 + 16)
            + 3,
        ),
    ],
)
def test_the_celeba_networks_have_the_size_of_their_descriptions(network: type, trunk: int, decoder: int) -> None:
    name = next(name for name, kind in KINDS.items() if kind is network)
    model = make_model(trial("wae-deterministic", network=name, width=None, latent_dim=64), (3, 64, 64))
    inner = 64 * 128 if network is DCGAN else 16 * 256
    total = trunk + 64 * (model.network.n_features + 1) + (64 + 1) * inner + decoder
    assert sum(parameter.numel() for parameter in model.parameters()) == total


def test_the_objective_has_the_weights_of_the_configuration() -> None:
    vae, beta_vae = make_loss(trial("vae")), make_loss(trial("beta-vae", beta=7.0))
    assert isinstance(vae, VAE)
    assert isinstance(beta_vae, VAE)
    assert (vae.beta, beta_vae.beta) == (1.0, 7.0)
    wae = make_loss(
        trial("wae-gaussian", lambda_mmd=20.0, kernel="rbf", kernel_bandwidth=2.0, lambda_1=3.0, lambda_2=0.5)
    )
    assert isinstance(wae, WAE)
    assert (wae.lambda_mmd, wae.kernel) == (20.0, KERNELS["rbf"])
    torch.testing.assert_close(wae.widths, kernel_widths(3, 2.0).float())
    assert (wae.lambda_1, wae.lambda_2) == (3.0, 0.5)
    gan = make_loss(trial("wae-gan", lambda_gan=2.0, adversary_width=9, adversary_learning_rate=1e-4))
    assert isinstance(gan, WAEGAN)
    assert gan.rival is not None
    assert (gan.lambda_gan, gan.rival.learning_rate) == (2.0, 1e-4)
    assert [tuple(weights.shape) for weights in gan.parameters()][:2] == [(9, 3), (9,)]
    deterministic = make_loss(trial("wae-deterministic"))
    assert isinstance(deterministic, WAE)
    assert (deterministic.lambda_1, deterministic.lambda_2) == (0.0, 0.0)


def test_streams_of_a_trial_and_of_its_replicates_are_all_different() -> None:
    seeds = [stream_seed(seed, stream) for seed in range(50) for stream in STREAMS]
    assert len(set(seeds)) == len(seeds)
    torch.Generator().manual_seed(stream_seed(2**70, "weights"))


def test_the_paper_s_network_has_the_paper_s_size() -> None:
    model = make_model(trial("wae-gaussian", latent_dim=16, width=1200), (1, 64, 64))
    encoder = 4096 * 1200 + 1200 + 1200 * 1200 + 1200 + 2 * (1200 * 16 + 16)
    decoder = 16 * 1200 + 1200 + 2 * (1200 * 1200 + 1200) + 1200 * 4096 + 4096
    assert sum(parameter.numel() for parameter in model.parameters()) == encoder + decoder
