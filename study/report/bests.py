"""The best trial of each family."""

from typing import Any

from study.config import Objective
from study.records import VALIDATION
from study.report import words
from study.report.analysis import Analysis, Group


def bests(analysis: Analysis) -> list[dict[str, Any]]:
    """A row for each group with complete trials: its best in each objective."""
    return [_best_row(analysis, group) for group in analysis.groups if len(group.complete)]


def _best_row(analysis: Analysis, group: Group) -> dict[str, Any]:
    def cell(objective: Objective) -> dict[str, Any]:
        row = analysis.best(group, objective)
        assert row is not None  # the group has complete trials
        others = [o for o in analysis.objectives if o is not objective]
        return {
            "value": words.number(row[objective.name], objective.name),
            "validation": words.number(row[VALIDATION + objective.name], objective.name),
            "trial": int(row["trial"]),
            "beside": words.listed([f"{o.name} {words.number(row[o.name], o.name)}" for o in others]) if others else "",
        }

    return {"name": group.name, "family": group.family, "cells": [cell(o) for o in analysis.objectives]}
