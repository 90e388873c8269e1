"""The solvent that stands between a property and its limit: 'λmax in toluene above 400 nm', 'solvation free energy in octanol below -6 kcal/mol'."""

from __future__ import annotations

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice
from agent.reading.statements import Ref, Statement
from tools.catalogue.catalogue import Catalogue

#: What is predicted in solution, beside the properties whose definition says so.
_OPTICAL = frozenset(["absorption_maximum", "log_epsilon"])
#: What is measured in solution and predicted whatever the solvent.
_ANYWHERE = frozenset(["emission_maximum", "quantum_yield"])


def measured_in(name: str, catalogue: Catalogue) -> bool:
    """Whether the property ``name`` is one that goals state with the solvent in which it is measured."""
    return name in _OPTICAL | _ANYWHERE or catalogue[name].in_solvent


def whatever_solvent(node: Node, name: str) -> str:
    """What is assumed of a limit for ``name`` with a solvent that its prediction does not take into account; '' for others."""
    return "it is predicted whatever the solvent" if name in _ANYWHERE and node.mentions("in_solvent") else ""


def solvent_of(node: Node, names: set[str], lattice: Lattice) -> list[Statement]:
    """The solvent inside a clause on the properties ``names``, where all of them depend on it; else nothing."""
    if not names or not all(measured_in(name, lattice.catalogue) and name not in _ANYWHERE for name in names):
        return []
    led = {m.j for m in node.mentions("in_solvent")}
    return [Statement("solvent", "", ref=Ref(*m.value)) for m in node.mentions("cmpd") if m.i in led][:1]
