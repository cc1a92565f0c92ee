"""Dominance, fronts and hypervolume of points with several objectives: arrays in, arrays out.

All values are to be minimised: multiply a column that is maximised by -1 first (`Objective.sign`). Shapes: n points
with m objectives are (n, m). A point dominates another if it is nowhere worse and somewhere better.

Policy
- Equal points do not dominate each other: all of them are on a front, or none.
- A point with a NaN takes part in nothing: it is never on a front, it dominates nothing, and every front comes before
  it. It adds no hypervolume.
- Infinities are values like others: +inf is the worst there is, -inf the best. A point at -inf that is better than the
  reference everywhere dominates an infinite volume, which is then the answer.
- A point that is not better than the reference in every objective adds no hypervolume.
"""

from study.pareto.attainment import attainment_surface, coverage
from study.pareto.dominance import non_dominated, non_dominated_sort
from study.pareto.hypervolume import hypervolume, hypervolume_share, hypervolumes
from study.pareto.noise import front_probability, pooled_covariance, redrawn_means
from study.pareto.ranking import TieBreak, crowding_distance, epsilon_net, ranking
from study.pareto.subset import greedy_subset

__all__ = [
    "TieBreak",
    "attainment_surface",
    "coverage",
    "crowding_distance",
    "epsilon_net",
    "front_probability",
    "greedy_subset",
    "hypervolume",
    "hypervolume_share",
    "hypervolumes",
    "non_dominated",
    "non_dominated_sort",
    "pooled_covariance",
    "ranking",
    "redrawn_means",
]
