"""Reporter: the prose of a report."""
