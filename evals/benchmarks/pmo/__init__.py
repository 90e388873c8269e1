"""The Practical Molecular Optimization benchmark (Gao et al. 2022, arXiv 2206.12411) on its 20 oracles that need RDKit only."""
