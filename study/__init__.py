"""The study harness: spaces in, trained auto-encoders and their Pareto fronts out.

`run` runs a study and `open` opens one that is there; both give a `Result`. `load_model` gives a trained model from its
MLflow run. Importing this package imports neither PyTorch nor Ray, Optuna, MLflow, pandas or Matplotlib.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.system import VERSION
from study.system.errors import Busy, Halted, InputError

if TYPE_CHECKING:
    from study.config.space import SamplerName
    from study.models import AutoEncoder
    from study.records.folder import Keep
    from study.result import Result

__version__ = VERSION

__all__ = ["Busy", "Halted", "InputError", "Result", "__version__", "load_model", "load_plugin", "open", "run"]


def run(
    space: str | Path | Mapping[str, Any],
    *,
    name: str | None = None,
    preset: str = "quick",
    trials: int | None = None,
    settings: Mapping[str, Any] | None = None,
    plugins: Sequence[str | Path] = (),
    output: str | Path = "runs",
    data_root: str | Path | None = None,
    sampler: "SamplerName | None" = None,
    seed: int = 0,
    enqueue: str | Path | Sequence[Mapping[str, Any]] | None = None,
    warm_start: str | Path | None = None,
    early_stopping: bool | None = None,
    confirm: int | None = None,
    concurrent: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    trial_timeout: float | None = None,
    stall_timeout: float = 3600.0,
    checkpoint_seconds: float = 30.0,
    retry_failed: bool = False,
    keep: "Keep" = "front",
    storage: str | None = None,
    tracking_uri: str | None = None,
    progress: bool = True,
) -> "Result":
    """Run a study, or resume the one of this name in `output`, and return its result.

    - `space`: a name in `search_spaces`, the path of a YAML file, or the content of one as a dict.
    - `name`: the study's name; the space's by default. Its folder is `output/name`.
    - `preset`: how much of the space is run. `trials`: the number of trials, instead of the preset's.
    - `settings`: settings that are fixed, such as `{"latent_dim": 16}`: the command's `--set`.
    - `plugins`: files or modules with families, networks, datasets or metrics: see `load_plugin`.
    - `data_root`: where official data files are; else the environment's WAE_STUDY_DATA.
    - `sampler`: tpe, gp, nsga2, nsga3, random or grid, instead of the space's. `seed`: the study's.
    - `enqueue`: points to try first, as a list of dicts, or a file with them. `warm_start`: the folder of an earlier
      study from which the sampler learns.
    - `early_stopping`: whether trials that fall behind are stopped; None: as the space says.
    - `confirm`: then train the winners again, each on so many fresh seeds, three at least: the study `NAME-confirmed`.
    - `concurrent`: trials at once. `gpus_per_trial`: may be a fraction. `address`: HOST:PORT of a Ray cluster. A Ray
      that the process has initialised is used, and left running; otherwise one is started, and ended.
    - `trial_timeout`, `stall_timeout`, `checkpoint_seconds`: in seconds; of one trial, of one without a sign of life,
      and between two checkpoints of a training.
    - `retry_failed`: try the failed trials of an earlier call again.
    - `keep`: whose weights stay: "front" (of each family), "all" or "none".
    - `storage`: Optuna's URL; SQLite in the study's folder by default. `tracking_uri`: MLflow's; SQLite in `output`.
    - `progress`: whether progress is shown, in the terminal or below the notebook's cell.

    `study.InputError`, in one sentence and before anything is written, if something given cannot be used; `study.Busy`
    if another process runs the study; `study.Halted` if it cannot continue because the disk, the storage or Ray is not
    available. After each of them, and after `KeyboardInterrupt`, the same call resumes the study.
    """
    from study.result import open_result  # imports pandas and Matplotlib
    from study.system.in_python import errors_in_python
    from study.terminal.display import progress_console
    from study.terminal.launching import Launch, carry_out, prepare
    from study.terminal.notebook import without_hints
    from study.terminal.summary import CALL, print_opening

    console = progress_console(progress)
    with errors_in_python(), without_hints():
        asked = Launch.of(
            space=space,
            name=name,
            preset=preset,
            trials=trials,
            settings={} if settings is None else settings,
            plugins=[str(plugin) for plugin in plugins],
            output=Path(output).expanduser() if isinstance(output, str) else output,
            data_root=data_root,
            sampler=sampler,
            seed=seed,
            enqueue=enqueue,
            warm_start=warm_start,
            early_stopping=early_stopping,
            confirm=confirm,
            concurrent=concurrent,
            gpus_per_trial=gpus_per_trial,
            address=address,
            trial_timeout=trial_timeout,
            stall_timeout=stall_timeout,
            checkpoint_seconds=checkpoint_seconds,
            retry_failed=retry_failed,
            keep=keep,
            storage=storage,
            tracking_uri=tracking_uri,
        )
        prepared = prepare(asked)
        print_opening(console, prepared.plan, prepared.folder, prepared.resumed)
        carry_out(prepared, console, CALL)
        return open_result(prepared.folder.path)


def open(folder: str | Path) -> "Result":
    """The study in a folder such as `runs/dsprites`, as it stands: ended, interrupted or running, moved or read-only.

    Only its files are read; no training code is run. `study.InputError` if there is no study, or it cannot be read.
    """
    from study.result import open_result  # imports pandas and Matplotlib

    return open_result(folder)


def load_model(run_id: str, tracking_uri: str | None = None) -> "AutoEncoder":
    """The trained auto-encoder in the MLflow run of a trial: on the CPU, in evaluation mode. No code is unpickled.

    `run_id` is that of a trial on the front of a study that has ended; its description in MLflow says this very call.
    `tracking_uri` is by default MLFLOW_TRACKING_URI, else SQLite in `runs/mlflow.db`.

    `study.InputError`, in one sentence, if there is no such run, it is no trial's, its weights are not there, or the
    server does not answer.
    """
    from study.running.logged_model import load_model  # imports PyTorch and MLflow

    return load_model(run_id, tracking_uri)


def load_plugin(reference: str | Path) -> None:
    """Load a plugin, so that models of its families can be made here: `Result.model` and `load_model` need that.

    `reference` is a file (`./mine.py`), a module (`mylab.things`), or the name of an installed package's plugin. Its
    code is run. `study.InputError` in one sentence if it cannot be used.
    """
    from study.config.plugins import load_plugin
    from study.system.in_python import errors_in_python

    with errors_in_python():
        load_plugin(str(reference))


def __getattr__(name: str) -> Any:
    """`Result`, whose module imports pandas and Matplotlib, when it is asked for."""
    if name == "Result":
        from study.result import Result

        return Result
    raise AttributeError(f"module 'study' has no attribute {name!r}")
