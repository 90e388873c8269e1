"""How structures are searched for: whom to ask for how many, which become parents, when to stop, and the direct way without a run.

Plain values and pure functions; the graph of a design run records and stores what they decide.
"""
