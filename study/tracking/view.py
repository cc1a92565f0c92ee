"""The view with which MLflow opens a study's experiment: its trials, on the axes that matter.

MLflow keeps saved views as tags of the experiment, and lists them under *Views*. Ours has a column for each objective
and searched parameter; the objectives against each other, in the families' colours; parallel coordinates; the
pictures. It is made once: who changes or deletes what MLflow shows of it is not overruled by the next launch's mirror.
Versions of MLflow without saved views ignore the tag.
"""

import json
from itertools import pairwise
from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.records.table import VALIDATION
from study.tracking.content import LONGEST, NOTE, fitted
from study.tracking.store import TRAINING_PAGES, base_url

PICTURE_NAMES = ("traversal", "reconstructions", "samples")

VIEWS = "mlflow.sharedViewState."
"""Prefix of the tags of an experiment that are saved views."""

_VIEW = "trials"
_TAG = f"{VIEWS}{_VIEW}"
_OURS, _OTHERS, _SYSTEM = "study", "metrics", "system"
"""The identities of the view's three sections of charts."""


def experiment_tags(plan: StudyPlan, experiment_id: str) -> dict[str, str]:
    """Tags of a new experiment: its kind, its description, and the view of its trials."""
    said = plan.space.description or f"{plan.space.name}: {', '.join(_objectives(plan))}."
    link = f"{link_to_view(experiment_id)}. "
    return {
        "mlflow.experimentKind": "custom_model_development",  # not of language models, which have other pages
        NOTE: link + fitted("the description", said, LONGEST - len(link)),
        _TAG: json.dumps({"name": "Trials", "createdAt": 0, "updatedAt": 0, "state": json.dumps(_state(plan))}),
    }


def link_to_view(experiment_id: str) -> str:
    """The view as a link in a description."""
    return f"[Trials and pictures](#{_path(experiment_id)})"


def trials_url(folder: StudyFolder) -> str | None:
    """The address of the view of a study's trials; None as long as MLflow has nothing of it."""
    note = read_note(folder.mlflow)
    if "tracking_uri" not in note or "experiment_id" not in note:
        return None
    return f"{base_url(note['tracking_uri'])}/#{_path(note['experiment_id'])}"


def _path(experiment_id: str) -> str:
    query = f"viewStateShareKey={_VIEW}&compareRunsMode=CHART&{TRAINING_PAGES}"
    return f"/experiments/{experiment_id}/runs?{query}"


def _state(plan: StudyPlan) -> dict[str, Any]:
    objectives, searched = _objectives(plan), list(plan.space.parameters)
    every = [name for name in searched if not plan.space.parameters[name].when]
    curves = [
        _chart("LINE", name, metricKey=name, lineSmoothness=0, useGlobalLineSmoothing=False)
        for name in (VALIDATION + objective for objective in objectives)
    ]
    pictures = [_chart("IMAGE", name, imageKeys=[name], step=100, showRunParams=False) for name in PICTURE_NAMES]
    against = [
        _chart("SCATTER", f"{y} against {x}", xaxis=_metric(x), yaxis=_metric(y), runsCountToCompare=100)
        for x, y in pairwise(objectives)
    ]
    # a run that lacks one of the parameters is not drawn at all: those of one family alone are left out
    parallel = _chart("PARALLEL", "searched parameters", selectedParams=every, selectedMetrics=objectives)
    return {
        "searchFilter": "tags.role = 'trial'",
        "orderByKey": f"metrics.`{objectives[-1]}`",
        "orderByAsc": plan.space.objectives[-1].direction == "minimize",
        "selectedColumns": [
            *(f"metrics.`{name}`" for name in objectives),
            *(f"params.`{name}`" for name in searched),
            *("tags.`state`", "tags.`on_front`"),
        ],
        "runsHiddenMode": "SHOW_ALL",
        "compareRunCharts": [*against, parallel, *pictures, *curves],
        "compareRunSections": [
            _section(_OURS, plan.name),
            _section(_OTHERS, "Model metrics", display=False),
            _section(_SYSTEM, "System metrics", display=False),
        ],
    }


def _chart(kind: str, title: str, **settings: Any) -> dict[str, Any]:
    place = {"uuid": f"{kind} {title}", "metricSectionId": _OURS, "deleted": False, "isGenerated": False}
    return {"type": kind, "displayName": title, "runsCountToCompare": 10, **place, **settings}


def _metric(name: str) -> dict[str, str]:
    return {"key": name, "type": "METRIC"}


def _section(uuid: str, name: str, display: bool = True) -> dict[str, Any]:
    return {"uuid": uuid, "name": name, "display": display, "isReordered": True, "deleted": False, "isGenerated": False}


def _objectives(plan: StudyPlan) -> list[str]:
    return [objective.name for objective in plan.space.objectives]
