"""The interactive page as one file: plotly.js, the trials and their figures as JSON, and the script that shows them.

The content of a study's records reaches the page as text only: escaped in HTML, as JSON in a block that is no script,
and set as text by the script. The policy names the two scripts by their hashes, so that no other can run, and lets
nothing come from a network.
"""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from study.report.analysis.analysis import Analysis
from study.report.analysis.axes import beyond
from study.report.explore.figures import STEPS, mark, objectives_figures, page_colours, reaches, slices_figures
from study.report.explore.parallel import parallel_figures
from study.report.explore.trials import picker, thinned, trial_pictures, trial_table
from study.report.read.album import Album
from study.report.read.studies import PICTURES
from study.report.text.format import count
from study.report.text.theme import stylesheet


def explore_page(analysis: Analysis, album: Album) -> str:
    """The HTML. `album` hands out the pictures, as seen from where the page is to lie."""
    shown = thinned(analysis)
    several = len(shown.objectives) > 1
    front = "dominated by no other" if several else "the best"
    figures = {
        "objectives": objectives_figures(shown),
        "parallel": parallel_figures(shown),
        "slices": slices_figures(shown),
    }
    data = {
        "figures": figures,
        "trials": trial_table(shown),
        "pictures": trial_pictures(shown, album),
        "titles": PICTURES,
        "front": front,
    }
    scripts = {"plotly": get_plotlyjs(), "own": files(__package__).joinpath("page.js").read_text(encoding="utf-8")}
    environment = Environment(
        loader=PackageLoader("study.report.explore", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "allow_nan": False,
        "default": go.Figure.to_plotly_json,
    }
    first = analysis.studies[0]
    return environment.get_template("page.html.j2").render(
        theme=stylesheet(page_colours(dark=False), page_colours(dark=True)),
        ramp=range(STEPS),
        title=" and ".join(study.label for study in analysis.studies),
        report=first.folder.report.name,
        policy=_policy(scripts.values()),
        scripts={name: Markup(text) for name, text in scripts.items()},
        data=data,
        figures=figures,
        families=[(group, mark(shown, group)) for group in shown.groups if len(group.complete)],
        trials=picker(shown),
        several=several,
        front=front,
        sentences=_sentences(analysis, shown),
        beyond=beyond(shown.complete, reaches(shown)) if len(shown.complete) else 0,
        linked=album.linked,
    )


def _policy(scripts: Iterable[str]) -> str:
    """The Content-Security-Policy that lets these scripts run and no other, and nothing be loaded but own pictures."""
    digests = (hashlib.sha256(f"\n{script}\n".encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: 'self'; "
        "base-uri 'none'; form-action 'none'"
    )


def _sentences(analysis: Analysis, shown: Analysis) -> list[str]:
    """Sentences on what the page shows, and what it leaves out."""
    ended, without = len(analysis.trials), len(analysis.trials) - len(analysis.complete)
    if not ended:
        return ["No trial has ended yet."]
    found = []
    if not len(analysis.complete):
        found.append(f"{count(ended, 'trial')} ended, none of them with a result: there is nothing to draw yet.")
    elif without:
        states = analysis.trials.drop(analysis.complete.index)["state"].value_counts()
        counted = ", ".join(f"{n:,} {'unusable' if state == 'complete' else state}" for state, n in states.items())
        found.append(
            f"{count(without, 'trial')} without a result ({counted}) can be found in the list, and in no figure: "
            "such trials have no final values."
        )
    if len(shown.trials) < ended:
        found.append(
            f"Of {count(ended, 'trial')}, {len(shown.trials):,} are on this page: those on the front, and others "
            "chosen at random."
        )
    return found
