"""`python -m benchmarks.metrics`: what the metrics cost, each and together, and the FID beside pytorch-fid's.

One model of the paper's network, trained for a moment. First every image of dSprites is encoded once, and each
disentanglement metric draws from that table at its default size; DCI is apart: at full size it costs minutes (`--dci`).
Then all metrics of an ended trial: in one call, and the sum of its parts. Last the FID: test images against their
reconstructions, the same files of 8 bits and the same weights for both; `--fid-images 0` leaves it out.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.fid import compare_fid
from benchmarks.results import save
from benchmarks.stopwatch import timed
from study.config.trial import TrialConfig
from study.data import load
from study.data.dataset import Dataset
from study.evaluation.disentanglement import SUITE, Encoded
from study.evaluation.sizes import BATCH, SIZES
from study.evaluation.suite import encode as encode_table
from study.evaluation.suite import evaluate
from study.metrics import METRICS
from study.models import AutoEncoder
from study.trial.fit import fit
from study.trial.model import make_loss, make_model

STEPS = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.metrics", description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="of PyTorch and of the libraries' linear algebra")
    parser.add_argument("--width", type=int, default=1200, help="units of a hidden layer")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dci", action="store_true", help="DCI at full size too")
    parser.add_argument("--fid-images", type=int, default=100, help="on either side; a CPU makes five a second")
    parser.add_argument("--output", type=Path, default=Path("results/metrics.json"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)

    dataset = load("dsprites")
    assert dataset.factors is not None
    settings = {"latent_dim": 16, "width": arguments.width, "steps": STEPS, "lambda_1": 3}
    config = TrialConfig(**{"dataset": "dsprites", "family": "wae-gaussian", "seed": 0, **settings})
    model = make_model(config, dataset.images.shape).to(device)
    for _ in fit(model, make_loss(config), dataset, config, checkpoint=None, device=device):
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
    figures: dict[str, object] = {"seconds": seconds, "of an ended trial": ended_trial(model, dataset, device)}
    if arguments.fid_images:
        figures["fid"] = compare_fid(model, dataset, arguments.fid_images, device)
    save(arguments.output, figures, device, width=arguments.width)


def ended_trial(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, float]:
    """Seconds of one call for all metrics at standard size on test images, and of its parts one by one.

    The first call also computes what the process then keeps: the features of the real images.
    """

    def call(metrics: list[str] | None = None) -> float:
        return timed(lambda: evaluate(model, dataset, "test", "standard", device, metrics))[1]

    seconds = {"one call, the first": call()}
    assert dataset.factors is not None
    sizes = SIZES["standard"]
    with torch.inference_mode():
        table = encode_table(model, dataset, "test", sizes, device, False)
    assert table.factors is not None
    encoded = Encoded(table.codes, table.factors, dataset.factors.names, "test", sizes)
    parts = {
        "encoding, decoding, reconstruction": call([name for name in METRICS if name.startswith("reconstruction")]),
        "samples, distances": call([name for name, metric in METRICS.items() if metric.needs == "factor_network"]),
    }
    for names, compute in SUITE.items():
        if not METRICS[names[0]].costly:
            _, parts[names[0]] = timed(partial(compute, encoded))
    seconds |= parts | {"sum of the parts": sum(parts.values()), "one call": call()}
    print("\nan ended trial, standard size")
    for name, value in seconds.items():
        print_row(name, value)
    return seconds


def print_row(name: str, value: float) -> None:
    print(f"{name:36} {value:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
