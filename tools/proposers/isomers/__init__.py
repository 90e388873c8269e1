"""All constitutional isomers of a small formula."""
