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
