"""Named functional groups and ring systems, and named rule sets: the words of a goal that mean a substructure or a set of limits."""
