"""Evaluation: what is measured of one model, on one part of its dataset, at one of three sizes."""

from study.evaluation.sizes import SIZES, EvaluationPart, Size, Sizes
from study.evaluation.suite import describe, evaluate

__all__ = ["SIZES", "EvaluationPart", "Size", "Sizes", "describe", "evaluate"]
