"""Analogues of a compound: substituents exchanged at its open positions, and the changes that matched pairs are known for."""
