"""`python -m benchmarks.throughput`: several trials at once on one device, and what training Figure 4 would take.

Ten models, five beta-VAEs and five WAEs with Gaussian encoders, train with `fit` in batches of 100: one at a time, then
more at once, each in a process of its own with its share of the cores, as Ray's fractions of a GPU would have them.
Printed: steps per second of all together, and the hours of 270 models of 60,000 steps at that rate.
"""

import argparse
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from benchmarks.contenders import Process, Setup
from benchmarks.results import save

MODELS: list[dict[str, Any]] = [
    *({"family": "beta-vae", "beta": float(beta)} for beta in (1, 4, 16, 32, 100)),
    *({"family": "wae-gaussian", "lambda_1": float(penalty)} for penalty in (0, 1, 3, 6, 12)),
]
FIGURE_4_STEPS = 270 * 60_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--together", type=int, nargs="+", help="trials at once; 1 2 by default, 1 2 4 8 on a GPU")
    parser.add_argument("--width", type=int, default=1200, help="units of a hidden layer")
    parser.add_argument("--steps", type=int, help="of each model; 40 by default, 5,000 on a GPU")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--output", type=Path, default=Path("results/throughput.json"))
    arguments = parser.parse_args()
    on_gpu = arguments.device != "cpu"
    steps = arguments.steps or (5_000 if on_gpu else 40)
    rows: dict[str, dict[str, float]] = {}
    print("| Trials at once | Steps/s, all together | × one at a time | Hours of Figure 4 |\n|--:|--:|--:|--:|")
    for together in arguments.together or ([1, 2, 4, 8] if on_gpu else [1, 2]):
        rate = total_rate(together, steps, arguments.width, arguments.device)
        first = next(iter(rows.values()))["steps per second"] if rows else rate
        rows[f"{together}"] = {
            "steps per second": round(rate, 2),
            "of one": round(rate / first, 3),
            "hours of figure 4": round(FIGURE_4_STEPS / rate / 3600, 2),
        }
        print(f"| {together} | {rate:.1f} | {rate / first:.2f} | {FIGURE_4_STEPS / rate / 3600:.1f} |", flush=True)
    save(arguments.output, {"trials at once": rows}, arguments.device, width=arguments.width, steps=steps)


def total_rate(together: int, steps: int, width: int, device: str) -> float:
    """Steps per second over all ten models, `together` of them at a time."""
    threads = max(1, (os.cpu_count() or 1) // together)
    setups = [
        Setup("fit", {**model, "batch_size": 100, "width": width, "precision": "bfloat16"}, steps, device, threads)
        for model in MODELS
    ]
    seconds = 0.0
    for first in range(0, len(setups), together):
        with ExitStack() as stack:
            group = [stack.enter_context(Process(setup)) for setup in setups[first : first + together]]
            started = time.perf_counter()
            for process in group:
                process.start()
            for process in group:
                process.seconds()
            seconds += time.perf_counter() - started
    return steps * len(setups) / seconds


if __name__ == "__main__":
    main()
