"""Critic: an opinion on the shortlist."""
