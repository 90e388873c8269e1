"""Chemistry: structures, properties, predictors, generators, safety, ranking, routes, literature search.

Plain functions with types. No language model and no graph lives here.
"""
