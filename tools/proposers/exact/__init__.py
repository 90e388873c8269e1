"""Structures that meet counts exactly, by construction and directed search; changes to a given structure; cores with property windows."""
