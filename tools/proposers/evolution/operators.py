"""The table of mutation operators: name, function, weight."""

from __future__ import annotations

from tools.proposers.evolution import atoms, fragments, rings
from tools.proposers.evolution.graph import Operator

MUTATIONS: dict[str, tuple[Operator, float]] = {
    "append atom": (atoms.append_atom, 1.5),
    "insert atom": (atoms.insert_atom, 1.0),
    "delete atom": (atoms.delete_atom, 1.5),
    "change atom": (atoms.change_atom, 2.0),
    "swap atoms": (atoms.swap_atoms, 0.7),
    "change bond order": (atoms.change_bond, 0.8),
    "move branch": (atoms.move_branch, 1.2),
    "close ring": (rings.close_ring, 0.6),
    "open ring": (rings.open_ring, 0.3),
    "fuse ring": (rings.fuse_ring, 0.4),
    "toggle aromatic": (rings.toggle_aromatic, 0.3),
    "attach group": (fragments.attach_group, 1.0),
    "attach ring": (fragments.attach_ring, 0.5),
    "swap group": (fragments.swap_group, 1.0),
    "swap ring": (fragments.swap_ring, 0.7),
    "insert linker": (fragments.insert_linker, 0.6),
    "delete branch": (fragments.delete_branch, 0.6),
}

WEIGHTS: dict[str, float] = {name: weight for name, (_, weight) in MUTATIONS.items()}
