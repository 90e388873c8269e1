"""The passages of a team's papers: what is stored, and the indexes by words and by vectors that are made from it."""
