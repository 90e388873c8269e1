"""How many qualifying candidates a run may be expected to find, told before it is run: from shipped structures with precomputed predictions."""
