"""Ranking as arithmetic: the probability that all requirements hold, desirability, diversity, and how sure the order is."""
