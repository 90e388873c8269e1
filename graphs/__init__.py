"""LangGraph state machines, one file a graph."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
