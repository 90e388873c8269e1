"""Calculators whose call costs seconds to hours: what they declare, how they are called, and how goals and runs get their values."""
