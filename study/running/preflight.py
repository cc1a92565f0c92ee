"""Checks of a study's surroundings before its first trial: other people's modules, and the environment."""

import os
from pathlib import Path

from study.config.plan import StudyPlan
from study.data import DATASETS
from study.system.errors import Halted, InputError, one_line
from study.system.files import current_folder

REFUSED = ("TUNE_RESULT_DIR", "RAY_AIR_LOCAL_CACHE_DIR")
"""Variables of earlier versions of Ray with which Ray Tune refuses to begin."""


def check_process() -> None:
    """`InputError` if there is no current folder or no home, or if `study` is hidden by another module of this name.

    Ray's processes look into the folder in which the command was started before they look where packages are installed.
    """
    current_folder()
    try:
        Path.home()
    except RuntimeError:
        raise InputError("this user has no home directory, and MLflow needs one; set HOME to a folder") from None
    ours = Path(__file__).resolve().parents[1] / "__init__.py"
    for found in (Path("study.py").absolute(), Path("study/__init__.py").absolute()):
        if found.is_file() and found.resolve() != ours:
            raise InputError(
                f"{found}: trials would import it instead of this project's own package 'study'; rename it, or start "
                "the command in another folder"
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
    _check_plugins(plan)


def _check_plugins(plan: StudyPlan) -> None:
    """`InputError` if a plugin's family cannot be made, or does not compute its loss, where a trial would."""
    own = {family: plugin for plugin in plan.plugins for family in plugin.families}
    for family in [family for family in plan.space.families() if family in own]:
        import torch

        from study.trial.model import make_loss, make_model  # import PyTorch too

        point = next(point for point in plan.space.extremes() if point.get("family", family) == family)
        config = plan.trial_config(point, seed=0)
        shape = DATASETS[config.dataset].image_shape
        try:
            loss = make_loss(config)(make_model(config, shape), torch.rand(2, *shape), torch.Generator())["loss"]
            loss.backward()
        except Exception as error:
            what = f"{family} cannot be trained: {one_line(error, 300, named=True)}"
            raise InputError(f"plugin {own[family].reference}: {what}") from error


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
