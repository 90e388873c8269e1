"""Generators: proposers that turn a spec and earlier candidates into new, unchecked structures."""
