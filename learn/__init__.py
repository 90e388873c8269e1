"""Adapters for small language models, trained on tasks whose answers code verifies."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
