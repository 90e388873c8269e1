"""Named reactions, the building blocks they start from, and the proposer that runs them."""
