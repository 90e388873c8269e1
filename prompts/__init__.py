"""Prompt templates as files, versioned by content hash."""
