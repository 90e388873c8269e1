"""Ranking as arithmetic: the shortlist, its diversity and novelty, and how sure its order is."""
