"""What a reader who does not see the figures should know of them, in format."""

from study.report.analysis.analysis import Analysis
from study.report.text import format


def alternatives(analysis: Analysis) -> dict[str, str]:
    """By the name of each figure."""
    ranges = []
    for group in analysis.groups:
        if len(group.complete):
            spans = [
                f"{n} {format.number(group.complete[n].min(), n)} to {format.number(group.complete[n].max(), n)}"
                for n in analysis.names
            ]
            ranges.append(f"{group.name}, {format.count(len(group.complete), 'trial')}: {format.listed(spans)}")
    front = [
        f"trial {int(row['trial'])} ({row['group']}): "
        + ", ".join(f"{n} {format.number(row[n], n)}" for n in analysis.names)
        for _, row in analysis.front.head(10).iterrows()
    ]
    kind = "Scatter plot" if len(analysis.objectives) > 1 else "Dot plot"
    return {
        "objectives": f"{kind} of {format.listed(analysis.names)} on test images. {'; '.join(ranges)}. "
        f"Non-dominated: {'; '.join(front)}{' and more' if len(analysis.front) > 10 else ''}.",
        "agreement": "Heat map of the rank correlations of every two metrics; the table below it has the numbers.",
        "growth": "Step plot of the hypervolume over images trained, for each study and each family; the table of "
        "families has the last values.",
        "configurations": f"Scatter plot of {format.listed(analysis.names)} by configuration, means over seeds with "
        "their standard deviations; the table below it has the numbers.",
        "importances": "Bar plot of how much each parameter matters for each objective, by family; importances.csv "
        "has the numbers.",
        "slices": f"Scatter plots of {format.listed(analysis.names)} on test images over each searched parameter, one "
        "point a trial, coloured by family.",
        "curves": f"Line plot of {format.listed(analysis.names)} on validation images over images seen in training, "
        "one line a trial, coloured by family.",
    }
