"""How long `import study` takes, beside Python's own start: `python -m benchmarks.startup`.

Each is a process of its own; they take turns. → `results/startup.json`
"""

import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.results import save
from benchmarks.stopwatch import timed

CODE = {
    "python": "pass",
    "import study": "import study",
    "study.launch, its options": "import study.launch",
    "study.Result": "import study; study.Result",
}
"""What is timed. The last brings pandas and Matplotlib."""

ROUNDS = 11


def measure(rounds: int) -> dict[str, float]:
    """The median of the seconds that each process takes."""
    seconds: dict[str, list[float]] = {name: [] for name in CODE}
    for _ in range(rounds):
        for name, code in CODE.items():
            process = partial(subprocess.run, [sys.executable, "-c", code], check=True)
            seconds[name].append(timed(process)[1])
    return {name: statistics.median(found) for name, found in seconds.items()}


def main(path: Path = Path("results/startup.json")) -> None:
    found = measure(ROUNDS)
    for name, seconds in found.items():
        print(f"{name:28}{seconds:8.3f} s")
    save(path, {"seconds": {name: round(seconds, 3) for name, seconds in found.items()}}, rounds=ROUNDS)


if __name__ == "__main__":
    main()
