"""The page: its sections in one HTML file that needs nothing else to open."""

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from study.metrics import METRICS
from study.report.read.album import data_uri
from study.report.sections import SECTIONS
from study.report.sections.objectives import OBJECTIVES
from study.report.sections.paper import alternatives
from study.report.sections.section import Contents
from study.report.sentences.summary import budget_sentences, caveats, result_sentences, untrained_sentence
from study.report.sentences.winner import winner_sentences
from study.report.text.theme import colours, shape, stylesheet, variable


def render_page(contents: Contents) -> str:
    """The HTML of the page."""
    environment = Environment(
        loader=PackageLoader("study.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["swatch"] = _swatch
    environment.filters["first_sentence"] = _first_sentence
    analysis = contents.analysis
    shared = _shared(contents)
    sections = []
    for section in SECTIONS:
        context = section.context(contents)
        if context is not None:
            template = environment.get_template(f"sections/{section.template}")
            html = template.render({"title": section.title, "section": section.name, **shared, **context})
            titled = {"name": section.name, "title": context.get("title", section.title)}
            sections.append({**titled, "html": Markup(html)})
    return environment.get_template("page.html.j2").render(
        title=" and ".join(study.label for study in analysis.studies),
        description=analysis.studies[0].plan.space.description,
        winner=winner_sentences(analysis),
        budget=[budget_sentences(analysis, study) for study in analysis.studies],
        results=result_sentences(analysis),
        untrained=untrained_sentence(analysis),
        caveats=caveats(analysis),
        complete=len(analysis.complete),
        sections=sections,
        first=OBJECTIVES.name,
        theme=stylesheet(colours(dark=False), colours(dark=True)),
    )


def _shared(contents: Contents) -> dict[str, Any]:
    """The context that all templates share: figures, objectives, and whether several studies are compared."""
    analysis = contents.analysis
    alts = {section.name: section.alt(analysis) for section in SECTIONS if section.alt is not None}
    return {
        "images": {
            name: {look: data_uri(png) for look, png in looks.items()} for name, looks in contents.images.items()
        },
        "alts": alts | alternatives(contents.answers),
        "several": len(analysis.studies) > 1,
        "objectives": [
            {
                "name": o.name,
                "direction": o.direction,
                "about": METRICS[o.name].description,
                "unit": METRICS[o.name].unit,
            }
            for o in analysis.objectives
        ],
    }


def _first_sentence(text: str) -> str:
    """The text to the end of its first sentence; points of decimal numbers and abbreviations end none."""
    return re.split(r"(?<=[a-z)%]\.)\s", text, maxsplit=1)[0]


def _swatch(family: str) -> dict[str, str]:
    """The CSS variable with the family's colour, and its marker as a character."""
    _, characters = shape(family)
    return {"colour": variable(family), "marker": characters[0]}
