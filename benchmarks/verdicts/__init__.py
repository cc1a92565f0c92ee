"""How often a report is wrong: error rates and power of its statements, in simulated studies and permuted records.

`python -m benchmarks.verdicts` writes `results/verdicts.json`.
"""
