"""A Gaussian process that learns the scores of a run, what it sees of a molecule, and how it chooses among offspring."""
