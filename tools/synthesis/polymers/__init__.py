"""Polymers from real monomers: the library, the polymerisations and their routes.

Networks (a monomer with more than two reactive groups) and copolymers (more than one repeat unit) are out of scope; see
:func:`tools.synthesis.polymers.functionality.out_of_scope`.
"""
