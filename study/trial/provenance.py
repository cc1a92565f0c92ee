"""Provenance: the origin of a trial's result, in addition to its configuration. Names as in `records.csv`.

Nothing about the person: no user, no host name, no path.
"""

import platform
import resource
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from study.config.plugins import all_loaded
from study.config.trial import TrialConfig
from study.data.dataset import Dataset
from study.system import VERSION, git

_SOURCE = Path(__file__).resolve().parents[2]
LIBRARIES = ("torch", "numpy", "ray", "optuna", "mlflow")


def provenance(config: TrialConfig, dataset: Dataset, device: torch.device | str) -> dict[str, str]:
    """Code version, library versions, machine, precision, data and plugins of a trial that runs here, now."""
    plugins = ", ".join(plugin.version_text for plugin in all_loaded())
    return {
        "code_version": code_version(),
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
        "platform": f"{platform.system()} {platform.machine()}",
        "device": device_name(torch.device(device)),
        "threads": str(torch.get_num_threads()),
        "precision": config.precision,
        "peak_memory_mib": str(peak_memory(torch.device(device))),
        "data": data_version(dataset),
        **({"plugins": plugins} if plugins else {}),
    }


def data_version(dataset: Dataset) -> str:
    """The source of the images, and the start of their checksum."""
    return f"{dataset.source} {dataset.checksum[:12]}".strip()


@cache
def code_version(root: Path = _SOURCE) -> str:
    """The commit of this source tree, `-dirty` if tracked files differ from it; without one the package's version.

    Taken once per process: what is edited afterwards does not run.
    """
    described = git.commit_of(root)
    # an installed package may lie inside another project's repository
    return described if described and git.repository_of(root) == root else VERSION


def peak_memory(device: torch.device) -> int:
    """The most memory, in MiB, that this process has had: PyTorch's on a GPU, on a CPU all that was resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) // 2**20
    in_kib = 1 if sys.platform != "darwin" else 1024  # macOS counts bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // in_kib // 1024


def device_name(device: torch.device) -> str:
    """The model of the GPU, or of the CPU as far as the system tells."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
