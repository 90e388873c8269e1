"""Proposer: structures to try."""

MODEL = "model"
"""Name of a language model as a proposer, in traces and reports."""
