"""Numeric descriptions of structures, shared by all predictors: molecules, conjugated systems, solvents, repeat units."""
