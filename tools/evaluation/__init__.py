"""Requirement by requirement: whether a candidate meets the spec, and how surely."""
