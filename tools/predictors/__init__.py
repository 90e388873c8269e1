"""Trained predictors: a value with its 90 % interval, its domain flag and its nearest training structure.

``predict`` is the door; ``training`` (run as a module) rebuilds the weights that lie in ``weights/``.
"""
