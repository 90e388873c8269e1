"""What the program costs: each figure measured against a reference in the same run, with a bound that it has to keep. See ``__main__.py``."""
