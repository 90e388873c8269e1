"""Known compounds as proposals."""
