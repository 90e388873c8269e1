"""How a structure is judged: requirement by requirement, and as one score for the search and one for the list."""
