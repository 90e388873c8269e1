"""Training of the predictors: ``python -m tools.predictors.training NAME --data FILE`` rebuilds weights and model card.

The many small matrices of the conjugated systems are slower with threads than without, so BLAS gets one thread unless the
environment says otherwise; this works because this package is imported before NumPy when it is run as a module.
"""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
