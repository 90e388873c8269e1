"""How many limits of a named rule set a structure breaks. The sets are in ``tools/catalogue/rule_sets.py``."""

from __future__ import annotations

from collections.abc import Callable

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core.errors import SpecError
from tools.calculators.descriptors import compute_descriptor
from tools.catalogue.rule_sets import RULE_SETS, resolve_rule_set

#: The metrics that are not registered properties (``OWN_METRICS`` of the catalogue).
_OWN_METRICS: dict[str, Callable[[Chem.Mol], float]] = {
    "nh_oh_count": lambda mol: float(rdMolDescriptors.CalcNumLipinskiHBD(mol)),
    "n_o_count": lambda mol: float(rdMolDescriptors.CalcNumLipinskiHBA(mol)),
    "all_atoms": lambda mol: float(mol.GetNumAtoms() + sum(a.GetTotalNumHs() for a in mol.GetAtoms())),
}


def metric_value(metric: str, mol: Chem.Mol) -> float:
    """A metric of a rule for ``mol``, in the unit of the registered property. Raises SpecError for an unknown metric."""
    if metric in _OWN_METRICS:
        return _OWN_METRICS[metric](mol)
    return compute_descriptor(metric, mol)


def violations(mol: Chem.Mol, name: str) -> list[str]:
    """The rules of the set ``name`` that ``mol`` breaks, in words with the value found; empty if none.

    The set is met if there are no more of them than its ``allowed_violations``. Raises SpecError for an unknown set.
    """
    rule_set = RULE_SETS.get(name) or resolve_rule_set(name)
    if rule_set is None:
        raise SpecError(f"unknown rule set {name!r}; known: {', '.join(RULE_SETS)}")
    broken = []
    for rule in rule_set.rules:
        value = metric_value(rule.metric, mol)
        # 1e-9: sums of contributions carry rounding noise.
        held = value <= rule.limit + 1e-9 if rule.comparison == "<=" else value >= rule.limit - 1e-9
        if not held:
            broken.append(f"{rule.text} (found {value:.4g})")
    return broken
