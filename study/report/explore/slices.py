"""Each objective over each parameter: a panel for a parameter, all families in it."""

import numpy as np

from study.config.parameter import Parameter
from study.config.space import Objective
from study.report.analysis.analysis import Analysis
from study.report.analysis.settings import setting_text
from study.report.explore.marks import Figure, axis, layout
from study.report.explore.objectives import reach
from study.report.explore.points import FORMAT, points
from study.report.explore.scale import Scale, parameter_scale
from study.report.text.format import axis_label
from study.report.text.format import plain as spaced

DODGE = 0.6
"""Of the room between two choices, what the groups beside each other take."""


def slices_figures(analysis: Analysis) -> dict[str, list[Figure]]:
    """For each objective a figure for every parameter; none without a complete trial that has a searched one."""
    searched = searched_scales(analysis)
    if not searched:
        return {}
    return {
        spaced(objective.name): [_slice(analysis, objective, name, scale) for name, scale in searched.items()]
        for objective in analysis.objectives
    }


def searched_scales(analysis: Analysis) -> dict[str, Scale]:
    """The axis of every parameter but the family that some study searches and some complete trial has."""
    declared: dict[str, list[Parameter]] = {}
    for study in analysis.studies:
        for name, parameter in study.plan.space.parameters.items():
            declared.setdefault(name, []).append(parameter)
    return {
        name: parameter_scale(parameters, analysis.complete[name])
        for name, parameters in declared.items()
        if name != "family" and name in analysis.complete and analysis.complete[name].notna().any()
    }


def _slice(analysis: Analysis, objective: Objective, name: str, scale: Scale) -> Figure:
    having = [group for group in analysis.groups if group.complete[name].notna().any()]
    traces = []
    for place, group in enumerate(having):
        values = group.complete[name]
        x = scale.place(values) + (_dodge(place, len(having)) if scale.choices else 0.0)
        traces.append(
            points(
                analysis,
                group,
                x,
                group.complete[objective.name].to_numpy(),
                f"{spaced(name)} %{{hovertext}}<br>{spaced(objective.name)} %{{y:{FORMAT}}}",
                hovertext=[setting_text(_plain(value)) for value in values],
            )
        )
    ticks = scale.ticks if scale.choices or scale.log else None
    along = axis(spaced(name), scale.ends(), ticks)
    return {"data": traces, "layout": layout(along, axis(axis_label(objective), reach(analysis, objective)))}


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _dodge(place: int, n: int) -> float:
    """How far from its choice the place-th of n groups stands."""
    return DODGE * ((place + 0.5) / n - 0.5)
