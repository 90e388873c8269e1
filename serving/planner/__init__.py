"""What fits on which card, how fast it can be at best, and what cannot work."""
