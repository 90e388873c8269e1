"""Interpreter: what a goal sentence means."""
