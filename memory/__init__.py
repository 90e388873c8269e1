"""What is remembered: runs in SQL, literature in Milvus, checkpoints, traces."""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
