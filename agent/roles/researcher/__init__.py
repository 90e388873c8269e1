"""Researcher: what the literature says about a spec."""
