"""Benchmark suites, replay, trace comparison, scorers."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
