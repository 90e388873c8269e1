"""How well the literature search finds the passage that answers a question."""
