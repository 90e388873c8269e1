"""The doors: command line, service, wiring. No chemistry and no SQL."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
