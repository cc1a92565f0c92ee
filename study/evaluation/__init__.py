"""Evaluation: what is measured of one model, on one part of its dataset, at one of three sizes."""
