"""The shared words of molwright: specs, candidates, property values, reports, traces, errors, settings.

Nothing in this package imports another molwright package, RDKit or a framework. Every other room speaks these words.
"""

import os

# Before NumPy is loaded anywhere: work is spread over processes, and threads inside each (on matrices of a few dozen rows) cost
# several times the processor time that they save.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Pydantic looks through every installed package for plug-ins of its own when the first model is made, whatever the command; an empty value lets it.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
