"""Measurements of speed and cost, run by hand: ``python -m evals.benchmarks.NAME``."""
