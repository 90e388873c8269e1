"""The doors: command line, service, wiring. No chemistry and no SQL."""

import gc

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy

# Hardly anything that a command makes is part of a cycle: looking for some at every 700th object takes a tenth of a short command's time.
gc.set_threshold(50_000, 20, 20)
