"""Benchmark suites, replay, trace comparison, scorers."""
