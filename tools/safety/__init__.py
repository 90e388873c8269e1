"""The guard: named rules over goals, structures and materials; it fails closed."""
