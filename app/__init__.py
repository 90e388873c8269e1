"""The doors: command line, service, wiring. No chemistry and no SQL."""

import gc
import os

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy

# Hardly anything that a command makes is part of a cycle: looking for some at every 700th object takes a tenth of a short command's time.
# At every 200,000th a short command, which makes fewer, never looks.
gc.set_threshold(200_000, 20, 20)
# pydantic looks through every installed distribution for plug-ins of its own, and there is none here; who has one sets the variable to nothing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
