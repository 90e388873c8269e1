"""Chemistry: structures, properties, predictors, generators, safety, ranking, routes, literature search.

Plain functions with types. No language model and no graph lives here.
"""

import core  # noqa: F401  keeps numeric libraries on one thread: before anything of this package can load NumPy
