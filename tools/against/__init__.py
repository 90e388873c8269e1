"""The case against a candidate: what in a structure speaks against the use that a goal names, and the strongest reason not to make it."""
