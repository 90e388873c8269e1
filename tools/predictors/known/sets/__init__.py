"""Hashed keys of the training sets, with the values that may be shown; made by ``python -m tools.predictors.training known``."""
