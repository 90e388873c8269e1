"""Known answers in order: well-known substances, predicted by the shipped recipe trained without them and without their neighbours.

``python -m tools.predictors.reference_values PROPERTY --data FILE`` measures and keeps the result beside the tables, so that a test can
hold it against them and the documentation can show it without the data.
"""

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
