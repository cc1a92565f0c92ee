"""What a benchmark leaves: a JSON file of its figures, with the machine that they were measured on."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from study.system.files import write_json
from study.trial.provenance import device_name


def machine(device: torch.device | str = "cpu") -> dict[str, str | int]:
    """What decides how fast a benchmark ran: processor or GPU, cores, threads, memory, versions."""
    described: dict[str, str | int] = {
        "device": device_name(torch.device(device)),
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    if torch.device(device).type == "cuda":
        described["gpu memory"] = f"{torch.cuda.get_device_properties(device).total_memory / 2**30:.0f} GiB"
    return described


def save(path: Path, figures: Mapping[str, Any], device: torch.device | str = "cpu", **settings: Any) -> None:
    """Replace the JSON file at `path`: the machine, the settings of the run, and its figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"machine": machine(device), **settings, **figures})
    print(f"→ {path}", flush=True)
