"""The reasoning roles: interpreter, researcher, proposer, critic, reporter, and the toolbox that a model may call."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
