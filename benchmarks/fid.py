"""The FID by this project's functions and by pytorch-fid's own, on the same images and weights: values and seconds."""

import tempfile
import warnings
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from PIL import Image
from torch import nn

from benchmarks.stopwatch import timed
from study.data.dataset import Dataset
from study.features import inception
from study.features.inception import import_torchvision
from study.metrics.frechet import accumulate, frechet_distance
from study.models import AutoEncoder


def compare_fid(model: AutoEncoder, dataset: Dataset, n: int, device: torch.device) -> dict[str, float | str]:
    """Of `n` test images and their reconstructions: both distances, seconds of the features of all 2n images and of
    the distance of them, and whose weights. Random ones, where pytorch-fid's are not on this machine, take as long.
    """
    sides = images(model, dataset, n, device)
    with tempfile.TemporaryDirectory() as place:
        found = inception.available()
        weights = found or random_weights(Path(place) / "random.pth")
        ours = of_ours(sides, weights, device)
        theirs = of_pytorch_fid(sides, weights, Path(place), device)
    figures: dict[str, float | str] = {"images": n, "weights": "pytorch-fid's" if found else "random"}
    print(f"\nFID of {n} test images and their reconstructions, {figures['weights']} weights")
    for name, (value, features, distance) in {"ours": ours, "pytorch-fid": theirs}.items():
        print(f"{name:12} {value:14.6f}   features {features:6.1f} s   distance {distance:6.1f} s", flush=True)
        figures |= {name: value, f"{name}, features seconds": features, f"{name}, distance seconds": distance}
    figures["relative difference"] = abs(ours[0] / theirs[0] - 1)
    print(f"relative difference {figures['relative difference']:.1e}")
    return figures


@torch.inference_mode()
def images(model: AutoEncoder, dataset: Dataset, n: int, device: torch.device) -> tuple[np.ndarray, np.ndarray]:
    """Test images and their reconstructions, as bytes (n, 64, 64)."""
    rows = np.random.default_rng(0).permutation(dataset.split.test)[:n]
    real = dataset.images.batch(rows, device)
    made = model.decode(model.encode(real).mean).sigmoid()
    first, second = ((255 * side).round().byte().squeeze(1).cpu().numpy() for side in (real, made))
    return first, second


def of_ours(sides: tuple[np.ndarray, ...], weights: Path, device: torch.device) -> tuple[float, float, float]:
    network = inception.Inception(weights, device)

    def features() -> list[np.ndarray]:
        return [network.features(torch.from_numpy(side).unsqueeze(1) / 255) for side in sides]

    made, seconds = timed(features)
    value, distance_seconds = timed(lambda: frechet_distance(*(accumulate([each]) for each in made)))
    return value, seconds, distance_seconds


def of_pytorch_fid(
    sides: tuple[np.ndarray, ...], weights: Path, place: Path, device: torch.device
) -> tuple[float, float, float]:
    """From files, as its command reads them; the weights lie where it looks before it would download them."""
    import_torchvision()
    from pytorch_fid import fid_score
    from pytorch_fid.inception import InceptionV3

    for number, side in enumerate(sides):
        (place / f"{number}").mkdir()
        for row, image in enumerate(side):
            Image.fromarray(image).save(place / f"{number}" / f"{row:05}.png")
    (place / "checkpoints").mkdir()
    (place / "checkpoints" / inception.CACHED_NAME).symlink_to(weights.resolve())
    with ExitStack() as stack:
        stack.enter_context(patch.object(torch.hub, "get_dir", lambda: str(place)))
        stack.enter_context(patch.object(fid_score, "tqdm", lambda batches: batches))  # no progress bar
        network = InceptionV3([InceptionV3.BLOCK_INDEX_BY_DIM[inception.WIDTH]]).to(device)

        def statistics() -> list[tuple[np.ndarray, np.ndarray]]:
            folders = [str(place / f"{number}") for number in range(len(sides))]
            options = (network, inception.INCEPTION_BATCH, inception.WIDTH, device, 0)
            return [fid_score.compute_statistics_of_path(folder, *options) for folder in folders]

        described, seconds = timed(statistics)
        with warnings.catch_warnings(action="ignore"):  # of scipy: sqrtm(disp=...), and that covariances are singular
            value, distance_seconds = timed(lambda: fid_score.calculate_frechet_distance(*described[0], *described[1]))
    return float(value), seconds, distance_seconds


def random_weights(path: Path) -> Path:
    """A file in the format of pytorch-fid's, whose layers keep the size of what they are given (He et al. 2015)."""
    torchvision = import_torchvision()
    from pytorch_fid import inception as theirs

    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng())
        torch.manual_seed(0)
        stack.enter_context(patch.object(theirs, "load_state_dict_from_url", lambda *_, **__: {}))
        stack.enter_context(patch.object(torchvision.models.Inception3, "load_state_dict", lambda *_: None))
        network = theirs.fid_inception_v3()
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
    torch.save(network.state_dict(), path)
    return path
