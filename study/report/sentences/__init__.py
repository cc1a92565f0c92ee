"""Sentences of a report: its result, its effort and its limits."""
