"""The evolutionary engine over molecular graphs, and the proposer that wraps it."""
