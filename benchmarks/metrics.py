"""`python -m benchmarks.metrics`: what the disentanglement suite costs beside the encoding that it reads.

One model of the paper's network, trained for a moment; every image of dSprites is encoded once, and each metric draws
from that table at its default size. DCI is apart: at full size it costs minutes (`--dci`).
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.results import save
from benchmarks.stopwatch import timed
from study.config import TrialConfig
from study.data import load
from study.evaluation.disentanglement import SUITE, Encoded
from study.evaluation.sizes import BATCH, SIZES
from study.model import make_model, make_objective
from study.training import fit

STEPS = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.metrics", description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch and of the libraries' linear algebra")
    parser.add_argument("--width", type=int, default=1200, help="units of a hidden layer")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dci", action="store_true", help="DCI at full size too")
    parser.add_argument("--output", type=Path, default=Path("results/metrics.json"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)

    dataset = load("dsprites")
    assert dataset.factors is not None
    config = TrialConfig(
        dataset="dsprites", family="wae-gaussian", seed=0, latent_dim=16, width=arguments.width, steps=STEPS, lambda_1=3
    )
    model = make_model(config, dataset.images.shape).to(device)
    for _ in fit(model, make_objective(config), dataset, config, checkpoint=None, device=device):
        pass
    model.eval()

    order = np.random.default_rng(0).permutation(len(dataset.images))

    @torch.inference_mode()
    def encode() -> np.ndarray:
        codes = [model.encode(images).mean for images in dataset.images.batches(order, BATCH, device)]
        return torch.cat(codes).cpu().numpy()

    codes, encoding = timed(encode)
    seconds = {f"encoding {len(order):,} images": encoding}
    print_row(f"encoding {len(order):,} images", encoding)
    names, factors = dataset.factors.names, dataset.factors.values(order)
    for metrics, compute in SUITE.items():
        sizes = (
            {"DCI, standard size": SIZES["standard"]} if metrics[0].startswith("dci") else {metrics[0]: SIZES["full"]}
        )
        if metrics[0].startswith("dci") and arguments.dci:
            sizes["DCI, full size"] = SIZES["full"]
        for name, size in sizes.items():
            encoded = Encoded(codes, factors, names, "test", size)
            _, seconds[name] = timed(partial(compute, encoded))
            print_row(name, seconds[name])
    suite = sum(
        value for name, value in seconds.items() if not name.startswith(("encoding", "DCI")) and "adagrad" not in name
    )
    print_row("all but DCI and Adagrad", suite)
    seconds["all but DCI and Adagrad"] = suite
    save(arguments.output, {"seconds": seconds}, device, width=arguments.width)


def print_row(name: str, value: float) -> None:
    print(f"{name:32} {value:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
