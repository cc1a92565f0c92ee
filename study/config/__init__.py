"""The nouns of a study: frozen, validated values that everything else is told in."""

from study.config.early_stopping import EarlyStopping
from study.config.families import FAMILIES
from study.config.load import available, load_space
from study.config.parameter import Parameter
from study.config.plan import StudyPlan, make_plan
from study.config.points import check_points, read_points
from study.config.space import Objective, Preset, SearchSpace
from study.config.trial import TrialConfig
from study.config.warm_start import WarmStart

__all__ = [
    "FAMILIES",
    "EarlyStopping",
    "Objective",
    "Parameter",
    "Preset",
    "SearchSpace",
    "StudyPlan",
    "TrialConfig",
    "WarmStart",
    "available",
    "check_points",
    "load_space",
    "make_plan",
    "read_points",
]
