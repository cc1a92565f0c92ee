"""Search and schedule: the only imports of Optuna and of Ray.

`storage` opens the Optuna study, which is the only truth about trials, and reads the records out of it; `proposals`
defines what each trial is; `searcher` joins the two to Ray Tune; `worker` is what runs in Ray's processes; `cluster`
starts Ray, and `schedule` runs a whole study on it.
"""

import logging
import os
from typing import Any, Self

RAY_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_prestart_worker_first_driver": "0",  # Tune gives its workers an environment of their own
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_AIR_NEW_OUTPUT": "0",  # no scrolling tables
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # our own files are the log
    "TUNE_DISABLE_SIGINT_HANDLER": "1",  # Tune's would end `fit` as if all had gone well
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
}
"""Ray's own variables, unless the user has set them. Ray reads them when it is imported, which only files of this
package do."""

GIVEN = sorted(name for name in os.environ if name.startswith(("RAY_", "TUNE_")))
"""Ray's variables that the user has set."""

for name, value in RAY_SETTINGS.items():
    os.environ.setdefault(name, value)

# Imported in a notebook without ipywidgets, Ray says that they could be installed.
logging.getLogger("ray.widgets.util").setLevel(logging.WARNING)


class NotSaved:
    """A value that is given to Ray Tune and stays out of its snapshots.

    Ray pickles what it is given, for a `Tuner.restore` that is never called: of these objects it gets nothing.
    """

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
