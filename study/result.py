"""`Result`: a study as a Python object, read from its folder. No training code is run, and no trial is started.

Torch and MLflow are imported by `Result.model` alone.
"""

import study.report.drawing  # noqa: F401  before Matplotlib

# isort: split
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.records.folder import StudyFolder
from study.report.analysis.analysis import Analysis, analyse, families_table
from study.report.drawing.style import Look, for_screen
from study.report.read.album import data_uri
from study.report.read.studies import Study, load_studies, these
from study.report.sections.objectives_figure import draw_objectives, objectives_figure
from study.report.sentences.summary import result_sentences
from study.report.sentences.winner import winner_sentences
from study.report.text.format import count
from study.report.write import write_report, written_here
from study.system.errors import InputError
from study.system.in_python import errors_in_python

if TYPE_CHECKING:
    from study.models import AutoEncoder

ADDED = ("study",)
"""Columns of the report's table of trials that say nothing where there is one study."""


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What a study has so far: `study.run` returns it, `study.open` reads it again.

    It stays as it was when it was read. Of a study that is running, open it again to see the trials that have ended
    since.
    """

    _study: Study

    @property
    def name(self) -> str:
        """The study's name."""
        return self.plan.name

    @property
    def folder(self) -> Path:
        """The study's folder."""
        return self._study.folder.path

    @property
    def plan(self) -> StudyPlan:
        """What the study consists of: its space, seed, sampler and number of trials."""
        return self._study.plan

    @property
    def space(self) -> SearchSpace:
        """The search space as run: objectives, parameters, reference point."""
        return self.plan.space

    @cached_property
    def trials(self) -> pd.DataFrame:
        """The trials that have ended, one a row, by number: the columns of `records.csv`, and `images_trained`.

        `state` is complete, pruned, failed or infeasible. A metric is that on test images; with `validation_` before
        its name, that on validation images, which the search used.
        """
        return self._indexed(self._study.trials)

    @cached_property
    def front(self) -> pd.DataFrame:
        """The rows of `trials` that no other trial dominates on test images, best in the first objective first."""
        return self._indexed(self._analysis.front)[list(self.trials.columns)]

    @cached_property
    def families(self) -> pd.DataFrame:
        """One row a family: how many trials have ended, are complete, were stopped early, and are on the front of all.

        `images`: training images that its trials saw together. `hypervolume`: of its complete trials, NaN where the
        space has no reference point. `best_NAME`: its best value of each objective on test images.
        """
        return families_table(self._analysis)

    @cached_property
    def headline(self) -> str:
        """Which family wins, or why that is not said, in one sentence."""
        return [*winner_sentences(self._analysis), *result_sentences(self._analysis)][0]

    def model(self, number: int) -> "AutoEncoder":
        """The trained auto-encoder of a trial: on the CPU, in evaluation mode. No code is unpickled.

        From the study's folder, or from MLflow if the weights are not there. `InputError`, in one sentence, if there is
        no such trial, it is not complete, or its weights were not kept.
        """
        from study.running.logged_model import load_trial_model  # imports PyTorch and MLflow

        if number not in self.trials.index:
            ended = f"those of {these(self.trials.index.tolist())}" if len(self.trials) else "none"
            raise InputError(f"model: received {number!r}; {self.folder} has {ended} so far")
        trial = self.trials.loc[number]
        if trial["state"] != "complete":
            why = f" ({trial['reason']})" if trial["reason"] else ""
            raise InputError(f"model: trial {number} is {trial['state']}{why}; only complete trials have a model")
        return load_trial_model(self._study.folder, int(number), self._study.run(int(number)).run_id)

    def plot_front(self, ax: Axes | None = None) -> Figure:
        """The trials in their objectives, with each family's front: the first figure of the report.

        It is drawn into `ax`, if that is given, which needs one or two objectives. Matplotlib's own settings, and what
        pyplot holds as the current figure, stay as they are. `InputError` if no trial is complete.
        """
        if self._analysis.complete.empty:
            raise InputError(f"plot_front: no trial of {self.folder} is complete yet: there is nothing to draw")
        if ax is None:
            figure = objectives_figure(self._analysis, Look())
            assert figure is not None  # there is a complete trial
            return figure
        if len(self.space.objectives) > 2:
            raise InputError(f"plot_front: {len(self.space.objectives)} objectives need several panels; leave out ax")
        draw_objectives(ax, self._analysis, Look())
        found = ax.get_figure(root=True)
        assert found is not None
        return found

    def report(self, output: str | Path | None = None) -> Path:
        """Write the report, with its figures, and return the path of the page.

        Into the study's folder, or into the folder `output`. `InputError` if it cannot be written there.
        """
        into = None if output is None else Path(output).expanduser()
        with errors_in_python(), written_here([self.folder]):
            return write_report([self.folder], into).report

    def __repr__(self) -> str:
        return f"Result({str(self.folder)!r}: {self._counts})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the headline and the front."""
        parts = [f"<b>{escape(self.name)}</b>: {escape(self._counts)}", escape(self.headline)]
        if not self._analysis.complete.empty:
            picture = data_uri(for_screen(self.plot_front()))
            parts.append(f'<img src="{picture}" alt="The trials in their objectives" style="max-width: 46em">')
        return "".join(f"<p>{part}</p>" for part in parts)

    @property
    def _counts(self) -> str:
        ended, complete = len(self.trials), len(self._analysis.complete)
        return (
            f"{ended:,} of {count(self.plan.trials, 'trial')} ended, {complete:,} complete, "
            f"{len(self._analysis.front):,} on the front"
        )

    @cached_property
    def _analysis(self) -> Analysis:
        return analyse([self._study])

    @staticmethod
    def _indexed(table: pd.DataFrame) -> pd.DataFrame:
        return table.drop(columns=list(ADDED)).set_index("trial")


def open_result(folder: str | Path) -> Result:
    """The study in this folder, as it stands: see `study.open`."""
    if not isinstance(folder, str | Path):
        raise InputError(f"open: received {folder!r}; needed is the folder of a study, e.g. runs/dsprites")
    (found,) = load_studies([StudyFolder(Path(folder).expanduser()).path])
    return Result(found)
