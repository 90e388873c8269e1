"""How well questions about papers are answered: citations, refusals, and what both are learnt from."""
