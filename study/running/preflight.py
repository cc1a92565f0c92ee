"""Checks of a study's surroundings before its first trial: other people's modules, and the environment."""

import importlib.util
import os
from pathlib import Path

from study.config.plan import StudyPlan
from study.data import DATASETS
from study.system.errors import Halted, InputError
from study.system.files import current_folder

OURS = ("study", "models", "search_spaces")
"""The packages of this project that others may call theirs too."""

REFUSED = ("TUNE_RESULT_DIR", "RAY_AIR_LOCAL_CACHE_DIR")
"""Variables of earlier versions of Ray with which Ray Tune refuses to begin."""


def check_process() -> None:
    """`InputError` if there is no current folder or no home, or if a module of ours is hidden by another.

    Ray's processes look into the folder in which the command was started before they look where packages are installed.
    """
    current_folder()
    try:
        Path.home()
    except RuntimeError:
        raise InputError("this user has no home directory, and MLflow needs one; set HOME to a folder") from None
    root = Path(__file__).resolve().parents[2]
    for name in OURS:
        for found in _found(name):
            if found.resolve() not in (root / name, root / name / "__init__.py"):
                raise InputError(
                    f"{found}: trials would import it in place of this project's own package {name!r}; rename it, or "
                    "start the command in another folder"
                )


def check_surroundings(plan: StudyPlan) -> None:
    """`InputError` or `Halted` if every trial would fail for what is around it, whatever its settings."""
    check_process()
    if __doc__ is None:
        raise Halted("Python runs with -OO or PYTHONOPTIMIZE=2, without docstrings, and Ray needs its own")
    for name in REFUSED:
        if name in os.environ:
            raise Halted(f"Ray does not run where the environment sets {name}, which has no effect any more; unset it")
    _check_inception(plan)


def _found(name: str) -> list[Path]:
    """The places at which Python finds this module: by its own path, and in the folder that Ray searches first."""
    try:
        spec = importlib.util.find_spec(name)
        here = Path.cwd()
    except (ImportError, ValueError, OSError):
        return []
    places = [Path(spec.origin)] if spec is not None and spec.origin is not None else []
    return places + [path for path in (here / f"{name}.py", here / name / "__init__.py") if path.is_file()]


def _check_inception(plan: StudyPlan) -> None:
    """`InputError` if the environment names weights that are none, or `fid` is an objective without any."""
    from study.features.inception import VARIABLE  # these import PyTorch

    named = "fid" in DATASETS[plan.space.dataset].offers and os.environ.get(VARIABLE)
    wanted = any(objective.name == "fid" for objective in plan.space.objectives)
    if not named and not wanted:
        return
    import torch

    from study.features.inception import Inception
    from study.features.spaces import required_inception_weights

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    weights = required_inception_weights("objectives.fid", device)
    try:
        Inception(weights)
    except InputError as error:
        raise InputError(f"{VARIABLE}: {error}") from None
