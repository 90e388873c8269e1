"""The property registry and the computation of property values."""
