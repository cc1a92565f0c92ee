"""`python -m benchmarks.sizes runs/trained_models`: what the disentanglement suite loses at its smaller sizes.

Each model is measured at all three sizes on test images, from a table of the size's own. Printed per metric: the mean
difference from full size, its mean absolute value, and the rank correlation over the models. DCI at full size takes
some eight minutes a model; what is done is kept in `--output`, and gone on from.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr

from benchmarks.trained import encoded, label, trained
from study.data import load
from study.evaluation.disentanglement import SUITE, disentanglement_metrics
from study.evaluation.sizes import SIZES
from study.metrics import METRICS
from study.system.files import read_json, write_json

NAMES = [name for names in SUITE for name in names if not METRICS[name].costly]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sizes", description=__doc__)
    parser.add_argument("study", type=Path, help="its folder; its trials have kept their weights")
    parser.add_argument("--models", type=int, default=12, help="at most so many, spread over the families")
    parser.add_argument("--output", type=Path, default=Path("results/sizes.json"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    dataset = load("dsprites")
    values: dict[str, dict[str, dict[str, float]]] = read_json(arguments.output) if arguments.output.exists() else {}
    for record, model in trained(arguments.study)[: arguments.models]:
        found = values.setdefault(label(record.config), {})
        for size in SIZES:
            if size not in found:
                found[size] = disentanglement_metrics(encoded(model, dataset, size), NAMES)
                write_json(arguments.output, values)
                print(f"{label(record.config)}: {size}", flush=True)
    print_differences(values)


def print_differences(values: dict[str, dict[str, dict[str, float]]]) -> None:
    """One row a metric."""
    print(f"\n{len(values)} models. Difference from full size: mean, mean absolute, rank correlation with it\n")
    print("| Metric | full size | reduced | standard |\n|---|--:|--:|--:|")
    for name in NAMES:
        full, *others = (np.array([v[size][name] for v in values.values()]) for size in ("full", "reduced", "standard"))
        cells = [
            f"{np.mean(other - full):+.3f}, {np.mean(abs(other - full)):.3f}, {spearmanr(other, full).statistic:.2f}"
            for other in others
        ]
        print(f"| `{name}` | {full.mean():.3f} ± {full.std():.3f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
