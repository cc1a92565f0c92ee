"""`python -m benchmarks.sizes runs/STUDY`: what the disentanglement suite loses at its smaller sizes.

Every model whose weights the study kept (`--keep all`) is measured at all three sizes on test images, each from a table
of the size's own. Printed per metric: the mean difference from full size, its mean absolute value, and the rank
correlation over the models. DCI at full size takes some ten minutes a model; what is done is kept, and gone on from.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.stats import spearmanr

from study.config import TrialConfig
from study.data import load
from study.data.dataset import Dataset
from study.evaluation.disentanglement import SUITE, Encoded, disentanglement
from study.evaluation.sizes import SIZES, Size
from study.evaluation.table import encode
from study.folder import StudyFolder, read_json, write_json
from study.model import make_model
from study.records import read_records

NAMES = [name for names in SUITE for name in names]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sizes", description=__doc__)
    parser.add_argument("study", type=Path, help="its folder; its trials have kept their weights")
    parser.add_argument("--models", type=int, default=12, help="at most so many, spread over the trials")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path("results/sizes.json"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = StudyFolder(arguments.study)
    dataset = load("dsprites")
    values: dict[str, dict[str, dict[str, float]]] = (
        read_json(arguments.output) if arguments.output.exists() else {size: {} for size in SIZES}
    )
    for number, config in kept(folder)[: arguments.models]:
        for size in SIZES:
            if str(number) not in values[size]:
                values[size][str(number)] = measure(config, folder.trial(number).weights, dataset, size)
                arguments.output.parent.mkdir(parents=True, exist_ok=True)
                write_json(arguments.output, values)
                print(f"trial {number}, {config.family}, {size}", flush=True)
    print_differences(values)


def kept(folder: StudyFolder) -> list[tuple[int, TrialConfig]]:
    """The study's trials whose weights are there, in an order in which the first few are of all families."""
    table = read_records(folder.records)
    fields = [name for name in TrialConfig.model_fields if name in table]
    trials = []
    for row in table.to_dict("records"):
        settings: dict[str, Any] = {str(name): row[name] for name in fields if row[name] == row[name]}
        settings["learning_rate_schedule"] = tuple(map(float, str(row["learning_rate_schedule"]).split()))
        if folder.trial(int(row["trial"])).weights.exists():
            trials.append((int(row["trial"]), TrialConfig(**whole(settings))))
    place = {number: sum(c.family == config.family for _, c in trials[:i]) for i, (number, config) in enumerate(trials)}
    return sorted(trials, key=lambda trial: (place[trial[0]], trial[0]))


def whole(settings: dict[str, Any]) -> dict[str, Any]:
    """Whole numbers that a table of numbers holds as 16.0."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in settings.items()
    }


@torch.inference_mode()
def measure(config: TrialConfig, weights: Path, dataset: Dataset, size: Size) -> dict[str, float]:
    assert dataset.factors is not None
    model = make_model(config, dataset.images.shape)
    model.load_state_dict(torch.load(weights, weights_only=True))
    table = encode(model.eval(), dataset, "test", SIZES[size], torch.device("cpu"), decoded=False)
    assert table.factors is not None
    encoded = Encoded(table.codes, table.factors, dataset.factors.names, "test", replace(SIZES[size]))
    return disentanglement(encoded, NAMES)


def print_differences(values: dict[str, dict[str, dict[str, float]]]) -> None:
    trials = list(values["full"])
    print(f"{len(trials)} models; difference from full size: mean, mean absolute; rank correlation with it")
    for name in NAMES:
        full = np.array([values["full"][number][name] for number in trials])
        cells = []
        for size in ("reduced", "standard"):
            other = np.array([values[size][number][name] for number in trials])
            rank = float(spearmanr(other, full).statistic)
            cells.append(f"{size} {np.mean(other - full):+.4f} {np.mean(abs(other - full)):.4f} {rank:5.2f}")
        print(f"{name:36} {full.mean():.4f} ± {full.std():.4f}   {'   '.join(cells)}")


if __name__ == "__main__":
    main()
