"""The judges: arithmetic on what was returned. They import ``core`` and RDKit and none of the code that they judge."""
