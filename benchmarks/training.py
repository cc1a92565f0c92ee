"""`python -m benchmarks.training`: steps per second of `fit`, of pythae, of a bare loop, and of the machine itself.

dSprites and the paper's network, for a beta-VAE and a WAE-MMD. Each contender has a process of its own; they take
turns, a round of a few thousand images each, so that a slow minute of the machine hits all of them. Printed per
contender: the median of its steps per second with the range, and the median over rounds of its ratio to pythae and to
the roofline of its precision.
"""

import argparse
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.contenders import Process, Setup
from benchmarks.results import save

TRAINERS = ("fit", "bare", "pythae")
FAMILIES: dict[str, dict[str, Any]] = {"beta-vae": {"beta": 4.0}, "wae-deterministic": {}}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.training", description=__doc__)
    parser.add_argument("--batch", type=int, nargs="+", default=[100, 512])
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--width", type=int, default=1200, help="units of a hidden layer")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--images", type=int, help="of a round; 4,000 by default, 50,000 on a GPU")
    parser.add_argument("--threads", type=int, default=2, help="of each contender")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--output", type=Path, default=Path("results/training.json"))
    arguments = parser.parse_args()
    images = arguments.images or (50_000 if arguments.device != "cpu" else 4_000)

    kinds = [("fit", "bfloat16"), ("fit", "float32"), ("bare", "bfloat16"), ("bare", "float32")]
    kinds += [("roofline", "bfloat16"), ("roofline", "float32"), ("mmd", "float32")]
    if arguments.device != "cpu":
        kinds += [("fit-plain", "bfloat16"), ("traffic", "float32")]
    if find_spec("pythae") is not None:
        kinds.append(("pythae", "float32"))
    else:
        print("pythae: not installed, not measured (python -m pip install -e '.[benchmarks]')")
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for family in arguments.families:
        for batch in arguments.batch:
            setups = [
                Setup(
                    contender=contender,
                    settings={
                        **{"family": family, "batch_size": batch, "width": arguments.width, "precision": precision},
                        **FAMILIES[family],
                    },
                    steps=max(1, images // batch),
                    device=arguments.device,
                    threads=arguments.threads,
                )
                for contender, precision in kinds
                if contender != "mmd" or family != "beta-vae"
            ]
            print(f"\n{family}, batches of {batch}, {setups[0].steps} steps a round, {arguments.rounds} rounds\n")
            rates = measure(setups, arguments.rounds)
            results[f"{family}, batch {batch}"] = summary(rates)
            print_table(summary(rates))
            if "mmd float32" in rates:
                share = float(np.median(rates["fit bfloat16"] / rates["mmd float32"]))
                results[f"{family}, batch {batch}"]["fit bfloat16"]["mmd's share"] = round(share, 4)
                print(f"\nThe MMD, timed alone, takes {share:.1%} of a step of fit in bfloat16.")
    save(arguments.output, {"steps per second": results}, arguments.device, width=arguments.width)


def measure(setups: list[Setup], rounds: int) -> dict[str, np.ndarray]:
    """Steps per second by contender and round. The contenders take turns."""
    rates: dict[str, list[float]] = {setup.label: [] for setup in setups}
    with ExitStack() as stack:
        processes = [stack.enter_context(Process(setup)) for setup in setups]
        for _ in range(rounds):
            for process in processes:
                rates[process.setup.label].append(process.setup.steps / process.round())
    return {label: np.array(values) for label, values in rates.items()}


def summary(rates: dict[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """Per contender: median, least and greatest steps per second, and its ratios to pythae and to its roofline."""
    found: dict[str, dict[str, Any]] = {}
    for label, values in rates.items():
        found[label] = {"median": np.median(values), "min": values.min(), "max": values.max()}
        for name, other in (("pythae", "pythae float32"), ("roofline", f"roofline {label.split()[1]}")):
            if other in rates and label.split()[0] in TRAINERS and other != label:
                found[label][f"of {name}"] = np.median(values / rates[other])
    return {label: {name: round(float(value), 3) for name, value in row.items()} for label, row in found.items()}


def print_table(rows: dict[str, dict[str, Any]]) -> None:
    print("| | Steps/s | range | × pythae | of roofline |\n|---|--:|--:|--:|--:|")
    for label, row in rows.items():
        pythae, roofline = row.get("of pythae"), row.get("of roofline")
        print(
            f"| {label} | {row['median']:.1f} | {row['min']:.1f}-{row['max']:.1f} "
            f"| {'' if pythae is None else f'{pythae:.2f}'} | {'' if roofline is None else f'{roofline:.0%}'} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
