"""What the training benchmarks set against each other, each in a process of its own.

    fit        this project's `study.trial.fit.fit`, with the memory settings of a trial's process
    bare       a plain PyTorch loop on images that are unpacked beforehand: autocast, fused Adam
    pythae     pythae's `BaseTrainer` with its own VAE or WAE-MMD on the same network (its float32, its Adam)
    roofline   the step's matrix products and fused Adam alone, on memory that is there
    mmd        the MMD of a batch of codes with its gradient, alone
    traffic    weights, gradients and Adam's two moments, each read and written once

A contender trains for ever; what it is asked for is a round of some steps. The process prints `ready`, and then, for
each line that it is sent, the seconds of a round.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, Any, Self

from study.system.memory import MALLOC

if TYPE_CHECKING:
    from torch import Tensor

    from study.config.trial import TrialConfig
    from study.data.dataset import Dataset
    from study.models import AutoEncoder


@dataclass(frozen=True)
class Setup:
    """What one contender is to do. `steps` are those of a round; `settings` go over the trial's defaults."""

    contender: str
    settings: dict[str, Any]
    steps: int
    device: str
    threads: int

    @property
    def label(self) -> str:
        plain = " (no graph)" if self.contender == "fit-plain" else ""
        return f"{self.contender.removesuffix('-plain')} {self.settings['precision']}{plain}"

    @property
    def config(self) -> "TrialConfig":
        from study.config.trial import TrialConfig

        return TrialConfig(**{"dataset": "dsprites", "seed": 0, "latent_dim": 16, "steps": 10**7, **self.settings})


class Process:
    """A contender in its own process, warm and waiting."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        command = [sys.executable, "-m", "benchmarks.contenders", json.dumps(asdict(setup))]
        self.said = TemporaryFile()  # noqa: SIM115  closed at exit; pythae draws a progress bar into it
        environment = {**os.environ, **(MALLOC if setup.contender in OURS else {})}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, text=True, env=environment
        )

    def __enter__(self) -> Self:
        self._read()
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.said.close()

    def round(self) -> float:
        """Seconds of one round."""
        self.start()
        return self.seconds()

    def start(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def seconds(self) -> float:
        """Of the round that was started; waits for its end."""
        return float(self._read())

    def _read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.said.seek(0)
            raise SystemExit(f"{self.said.read().decode()}\n{self.setup.label} ended early; what it said is above")
        return line.strip()


def fit_rounds(setup: Setup) -> Iterator[None]:
    from study.data import load
    from study.trial.fit import fit
    from study.trial.model import make_loss, make_model

    dataset = load("dsprites")
    config = setup.config
    model, criterion = make_model(config, dataset.images.shape), make_loss(config)
    milestones = range(0, config.total_steps, setup.steps)
    capture = setup.contender != "fit-plain"
    for _ in fit(
        model,
        criterion,
        dataset,
        config,
        checkpoint=None,
        device=setup.device,
        milestones=milestones,
        capture=capture,
    ):
        yield


def bare_rounds(setup: Setup) -> Iterator[None]:
    import torch

    from study.trial.model import make_loss

    config, model, images = prepared(setup)
    criterion = make_loss(config).to(setup.device)
    noise = torch.Generator(setup.device).manual_seed(0)
    optimiser = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
    low = config.precision == "bfloat16"
    while True:
        for _ in range(setup.steps):
            batch = images[torch.randint(len(images), (config.batch_size,), device=setup.device)]
            optimiser.zero_grad()
            with torch.autocast(torch.device(setup.device).type, torch.bfloat16, enabled=low):
                loss = criterion(model, batch, noise)["loss"]
            loss.backward()
            optimiser.step()
        yield


def pythae_rounds(setup: Setup) -> Iterator[None]:
    import torch
    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, WAE_MMD, BetaVAE, BetaVAEConfig, VAEConfig, WAE_MMD_Config
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    from study.models.kernels import LADDER

    config, model, images = prepared(setup, "cpu")

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.trunk, self.heads = model.network.trunk, model.encoder

        def forward(self, x: "Tensor") -> Any:
            code = self.heads(self.trunk(x))
            return ModelOutput(embedding=code.mean, log_covariance=code.log_spread)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.decoder = model.network.decoder

        def forward(self, z: "Tensor") -> Any:
            return ModelOutput(reconstruction=torch.sigmoid(self.decoder(z)))

    shapes = {"input_dim": tuple(images.shape[1:]), "latent_dim": config.latent_dim}
    if config.family == "wae-deterministic":
        settings = WAE_MMD_Config(**shapes, reg_weight=400.0, kernel_bandwidth=0.5**0.5, scales=list(LADDER))
        theirs = WAE_MMD(settings, Encoder(), Decoder())
    elif config.family == "beta-vae":
        theirs = BetaVAE(BetaVAEConfig(**shapes, reconstruction_loss="bce", beta=config["beta"]), Encoder(), Decoder())
    else:
        theirs = VAE(VAEConfig(**shapes, reconstruction_loss="bce"), Encoder(), Decoder())
    a_round = images[: setup.steps * config.batch_size]  # an epoch of pythae's is a round
    with TemporaryDirectory() as folder:
        trainer = BaseTrainer(
            model=theirs,
            train_dataset=BaseDataset(a_round, torch.zeros(len(a_round))),
            training_config=BaseTrainerConfig(
                output_dir=folder,
                per_device_train_batch_size=config.batch_size,
                learning_rate=config.learning_rate,
                no_cuda=setup.device == "cpu",
            ),
        )
        trainer.prepare_training()
        for epoch in count(1):
            trainer.train_step(epoch)
            yield


def roofline_rounds(setup: Setup) -> Iterator[None]:
    import torch

    config, model, _ = prepared(setup)
    dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
    layers = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    products: list[Callable[[], object]] = []

    def there(*shape: int) -> "Tensor":
        return torch.randn(*shape, device=setup.device).to(dtype)

    for i, layer in enumerate(layers):
        n, n_in, n_out = config.batch_size, layer.in_features, layer.out_features
        x, w, y = there(n, n_in), there(n_out, n_in), there(n, n_out)
        products.append(partial(torch.mm, x, w.t(), out=there(n, n_out)))
        products.append(partial(torch.mm, y.t(), x, out=there(n_out, n_in)))
        if i > 0:  # nobody needs the gradient of the images
            products.append(partial(torch.mm, y, w, out=there(n, n_in)))
    weights = list(model.parameters())
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    optimiser = torch.optim.Adam(weights, lr=1e-6, fused=True)
    while True:
        for _ in range(setup.steps):
            for product in products:
                product()
            optimiser.step()
        yield


def traffic_rounds(setup: Setup) -> Iterator[None]:
    import torch

    _, model, _ = prepared(setup)
    n = sum(weight.numel() for weight in model.parameters())
    arrays = [torch.ones(n, device=setup.device) for _ in ("weights", "gradients", "first moment", "second moment")]
    while True:
        for _ in range(setup.steps):
            for array in arrays:
                array.mul_(1.0)
        yield


def mmd_rounds(setup: Setup) -> Iterator[None]:
    import torch

    from study.models import kernel_widths, mmd

    n, d = setup.config.batch_size, setup.config.latent_dim
    noise = torch.Generator(setup.device).manual_seed(0)
    codes = torch.randn(n, d, generator=noise, device=setup.device, requires_grad=True)
    widths = kernel_widths(d).float().to(setup.device)
    while True:
        for _ in range(setup.steps):
            codes.grad = None
            mmd(codes, torch.randn(n, d, generator=noise, device=setup.device), widths).backward()
        yield


CONTENDERS: dict[str, Callable[[Setup], Iterator[None]]] = {
    "fit": fit_rounds,
    "fit-plain": fit_rounds,
    "bare": bare_rounds,
    "pythae": pythae_rounds,
    "roofline": roofline_rounds,
    "mmd": mmd_rounds,
    "traffic": traffic_rounds,
}
OURS = ("fit", "fit-plain", "roofline", "mmd", "traffic")
"""Those that run with the memory settings of a trial's process; the others run as their users would run them."""


def prepared(setup: Setup, device: str | None = None) -> tuple["TrialConfig", "AutoEncoder", "Tensor"]:
    """Configuration, untrained model, and unpacked training images enough for a round."""
    from study.data import load
    from study.trial.model import make_model

    config, dataset = setup.config, load("dsprites")
    n = max(4000, setup.steps * config.batch_size)
    device = setup.device if device is None else device
    return config, make_model(config, dataset.images.shape).to(device), first_images(dataset, n, device)


def first_images(dataset: "Dataset", n: int, device: str) -> "Tensor":
    return dataset.images.batch(dataset.split.train[:n], device)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.contenders", description=__doc__)
    parser.add_argument("setup", help="JSON of a Setup")
    setup = Setup(**json.loads(parser.parse_args().setup))
    import torch

    torch.set_num_threads(setup.threads)
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print too
    rounds = CONTENDERS[setup.contender](setup)
    for _ in range(2):
        next(rounds)
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        wait(setup.device)
        started = time.perf_counter()
        next(rounds)
        wait(setup.device)
        print(time.perf_counter() - started, file=answers, flush=True)


def wait(device: str) -> None:
    """Until the device has done what it was given."""
    import torch

    if device != "cpu":
        torch.cuda.synchronize(device)


if __name__ == "__main__":
    main()
