"""The page: an analysis, its figures and its pictures as one HTML file that needs nothing else to open."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

from study.config.palette import FAMILIES, OTHER
from study.config.space import PaperRow
from study.metrics import METRICS
from study.records.table import RUNG, VALIDATION
from study.report.analysis.agreement import agreement, agreement_sentences, left_out, signed
from study.report.analysis.analysis import Analysis, Group
from study.report.analysis.bests import bests
from study.report.analysis.configurations import probabilities
from study.report.analysis.confirmed import Confirmed
from study.report.analysis.settings import setting_columns, setting_text
from study.report.drawing.style import Look
from study.report.paper.answers import Answer
from study.report.read.album import Album, data_uri
from study.report.read.curves import CURVES
from study.report.sections import contexts, effort, paper, provenance, summary
from study.report.sections.alternatives import alternatives
from study.report.sections.failures import failures
from study.report.sections.metrics import all_metrics
from study.report.sections.objectives import beyond_axes
from study.report.sections.trials import MOST_ROWS, gallery, points
from study.report.sections.winner import pair_rows, winner_sentences
from study.report.text import format

RANKED = 10
"""Rows of the ranking that stands for the front where there is one objective only."""


def render(
    analysis: Analysis,
    figures: dict[str, dict[str, bytes]],
    album: Album,
    answers: Sequence[Answer] = (),
    beside_figures: Mapping[PaperRow, dict[str, bytes]] | None = None,
    confirmed: Sequence[Confirmed] = (),
    objectives_figures: Mapping[Look, Figure] | None = None,
) -> str:
    """The HTML. `figures` maps a figure's name to its PNG in each look, `beside_figures` a row of the paper to its.

    `objectives_figures`: that of the objectives as it was drawn, for the links over its points.
    """
    beside_figures = beside_figures or {}
    figures = {
        **figures,
        **{paper.figure_name(found): beside_figures[found.name] for found in answers if found.name in beside_figures},
    }
    environment = Environment(
        loader=PackageLoader("study.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["swatch"] = _swatch
    first = analysis.studies[0]
    names = [objective.name for objective in analysis.objectives]
    shown = analysis.front.head(MOST_ROWS) if len(names) > 1 else analysis.ranking.head(RANKED)
    settings, sure = setting_columns(analysis), probabilities(analysis)
    cards = gallery(analysis, album)
    links = {(card.study, card.trial): card.anchor for card in cards}
    return environment.get_template("page.html.j2").render(
        title=" and ".join(study.label for study in analysis.studies),
        heading=_heading(names),
        description=first.plan.space.description,
        dataset=analysis.dataset,
        objectives=[
            {
                "name": o.name,
                "direction": o.direction,
                "about": METRICS[o.name].description,
                "unit": METRICS[o.name].unit,
            }
            for o in analysis.objectives
        ],
        several=len(analysis.studies) > 1,
        budget=[effort.budget_sentences(analysis, study) for study in analysis.studies],
        winner=winner_sentences(analysis),
        pairs=pair_rows(analysis),
        results=summary.result_sentences(analysis),
        caveats=summary.caveats(analysis),
        untrained=summary.untrained_sentence(analysis),
        reference=summary.reference_sentence(analysis),
        figures={name: {look: data_uri(png) for look, png in looks.items()} for name, looks in figures.items()},
        figure_alt=alternatives(analysis) | paper.alternatives(answers),
        paper=paper.rows(answers, beside_figures),
        claims_link=first.folder.claims.name,
        beyond=beyond_axes(analysis) if len(analysis.complete) else 0,
        paper_score=summary.paper_score_sentence(analysis),
        groups=[_group_row(analysis, group) for group in analysis.groups],
        unequal=analysis.unequal_trials or analysis.unequal_images,
        has_volume=any(group.hypervolume is not None for group in analysis.groups),
        total_volume=None if analysis.total_hypervolume is None else format.number(analysis.total_hypervolume),
        has_share=analysis.paper_box is not None,
        total_share="" if analysis.total_paper_share is None else f"{100 * analysis.total_paper_share:.1f} %",
        paper_share=summary.paper_share_sentence(analysis),
        stopped=sum(group.stopped for group in analysis.groups),
        images=f"{sum(group.images for group in analysis.groups):,.0f}",
        any_stopped=any(group.stopped for group in analysis.groups),
        settings=settings,
        shown=[_trial_row(analysis, row, settings, links, sure) for _, row in shown.iterrows()],
        left_out=(len(analysis.front) if len(names) > 1 else len(analysis.complete)) - len(shown),
        on_front=f"{len(analysis.front):,}",
        best=bests(analysis),
        confirmed=[contexts.confirmed(its) for its in confirmed],
        table=all_metrics(analysis),
        agreement=_agreement(analysis),
        gallery=cards,
        points=points(analysis, cards, objectives_figures or {}),
        linked=album.linked,
        failures=failures(analysis),
        notes=analysis.notes,
        curves=_curves_shown(analysis),
        rungs=bool(analysis.curves[RUNG].notna().any()),
        growth_note=contexts.growth_note(analysis),
        replicates=contexts.replicates(analysis),
        parameters=contexts.parameters(analysis),
        records=[{"label": s.label, "link": album.link(s.folder.records)} for s in analysis.studies],
        provenance=[provenance.of(study) for study in analysis.studies],
        complete=len(analysis.complete),
        ended=len(analysis.trials),
    )


def _heading(names: list[str]) -> str:
    plain = [name.replace("_", " ") for name in names]
    if len(plain) == 1:
        return f"{plain[0].capitalize()} by family"
    return f"{plain[1].capitalize()} versus {plain[0]}" if len(plain) == 2 else f"Trade-offs: {format.listed(plain)}"


def _swatch(family: str) -> dict[str, str]:
    """The family's colours on light and on dark ground, and its marker as a character."""
    light, dark, marker = FAMILIES.get(family, OTHER)
    shapes = {"o": "●", "s": "■", "^": "▲", "v": "▼", "D": "◆", "X": "✖", "P": "✚", "p": "⬟", "h": "⬢", "*": "★"}
    return {"light": light, "dark": dark, "marker": shapes[marker]}


def _group_row(analysis: Analysis, group: Group) -> dict[str, Any]:
    images = group.complete["images_trained"]
    return {
        "name": group.name,
        "family": group.family,
        "complete": f"{len(group.complete):,}",
        "stopped": f"{group.stopped:,}",
        "ended": f"{len(group.ended):,}",
        "each": format.spread(images, "").strip() if len(images) else "–",
        "images": f"{group.images:,.0f}",
        "front": f"{int(group.complete['front'].sum()):,}",
        "volume": "–" if group.hypervolume is None else format.number(group.hypervolume),
        "share": "–" if group.paper_share is None else f"{100 * group.paper_share:.1f} %",
    }


def _values(analysis: Analysis, row: pd.Series) -> list[dict[str, str]]:
    return [
        {"test": format.number(row[n], n), "validation": format.number(row[VALIDATION + n], n)} for n in analysis.names
    ]


def _trial_row(
    analysis: Analysis,
    row: pd.Series,
    settings: list[str],
    links: dict[tuple[str, int], str],
    sure: dict[tuple[str, int], float],
) -> dict[str, Any]:
    key = str(row["study"]), int(row["trial"])
    run = analysis.study(row["study"]).run(int(row["trial"]))
    return {
        "study": row["study"],
        "trial": int(row["trial"]),
        "family": row["family"],
        "values": _values(analysis, row),
        "validation_front": bool(row["validation_front"]),
        "settings": [setting_text(row.get(column)) for column in settings],
        "seed": format.seed_text(row["seed"]),
        "run": run,
        "probability": f"{sure[key]:.2f}" if key in sure else "",
        "anchor": links.get(key, ""),
    }


def _agreement(analysis: Analysis) -> dict[str, Any] | None:
    found = agreement(analysis.complete)
    if found is None:
        return None
    far, names = found.beyond_chance, [format.plain(metric) for metric in found.metrics]
    rows = [
        [{"rho": signed(rho), "far": bool(far[i, j]) and i != j} for j, rho in enumerate(line)]
        for i, line in enumerate(found.rho)
    ]
    return {
        "sentences": agreement_sentences(found, analysis),
        "left_out": left_out(found),
        "names": names,
        "rows": [{"name": name, "cells": cells} for name, cells in zip(names, rows, strict=True)],
    }


def _curves_shown(analysis: Analysis) -> str:
    """Which trials have a curve in the figure, where not all have one."""
    ended, front = len(analysis.trials), len(analysis.front)
    if max(front, ended - front) <= CURVES:
        return ""
    parts = [f"{format.sampled(front, CURVES)} on the front", f"{format.sampled(ended - front, CURVES)} beside it"]
    return f"Of {format.count(ended, 'trial')}, {format.listed(parts)} are shown."
