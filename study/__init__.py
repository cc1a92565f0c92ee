"""The study harness: spaces in, trained auto-encoders and their Pareto fronts out."""

__version__ = "0.1.0"
