"""The sections of the page, each a module and a template of the same name; `SECTIONS` has the page's order."""

import study.report.drawing  # noqa: F401  before Matplotlib
from study.report.sections.agreement import AGREEMENT
from study.report.sections.bests import BESTS
from study.report.sections.configurations import CONFIGURATIONS
from study.report.sections.confirmed import CONFIRMED
from study.report.sections.cost import COST
from study.report.sections.curves import LEARNING_CURVES
from study.report.sections.failures import FAILURES
from study.report.sections.families import FAMILIES
from study.report.sections.front import FRONT
from study.report.sections.growth import GROWTH
from study.report.sections.importances import IMPORTANCES
from study.report.sections.metrics import ALL_METRICS
from study.report.sections.objectives import OBJECTIVES
from study.report.sections.paper import PAPER
from study.report.sections.provenance import PROVENANCE
from study.report.sections.section import Section
from study.report.sections.slices import SLICES
from study.report.sections.trials import TRIALS

SECTIONS: tuple[Section, ...] = (
    PAPER,
    OBJECTIVES,
    FAMILIES,
    GROWTH,
    FRONT,
    CONFIGURATIONS,
    CONFIRMED,
    BESTS,
    ALL_METRICS,
    AGREEMENT,
    LEARNING_CURVES,
    IMPORTANCES,
    SLICES,
    TRIALS,
    FAILURES,
    COST,
    PROVENANCE,
)
