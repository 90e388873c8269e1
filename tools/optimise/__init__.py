"""Optimisation against any scorer: features, surrogate, the optimiser with ask and tell, and its JSON-lines service."""
