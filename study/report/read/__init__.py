"""Stored studies read as tables, curves and pictures."""
