"""What air does to a compound when it is warm: autoxidation, stated beside the thermal risk and never counted in it.

The risk classes of ``thermal_rules`` hold under inert gas. ``air_rules.tsv`` names the groups with a hydrogen that oxygen takes away first;
without a known rate no temperature is given, only the group, what it becomes, and where that was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core import data
from core.errors import ConfigurationError
from tools.structures.repeat_units import joined_units

#: Groups named in one statement.
SHOWN = 3


@dataclass(frozen=True)
class AirRule:
    """A group that air attacks."""

    id: str
    name: str
    smarts: str
    chemistry: str
    source: str
    query: Chem.Mol = field(repr=False, compare=False)


@cache
def air_rules() -> tuple[AirRule, ...]:
    """All rules, the more reactive groups first. Raises ConfigurationError for a rule that cannot be read."""
    rules = []
    for row in data.rows("tools.calculators", "air_rules.tsv"):
        with BlockLogs():
            query = Chem.MolFromSmarts(row["smarts"])
        if query is None:
            raise ConfigurationError(f"air rule {row['id']}: its SMARTS cannot be read")
        rules.append(AirRule(row["id"], row["name"], row["smarts"], row["chemistry"], row["source"], query))
    return tuple(rules)


def air_hits(mol: Chem.Mol) -> tuple[AirRule, ...]:
    """The rules that a molecule, or a polymer repeat unit with two '*', matches."""
    polymer = any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms())
    subject = joined_units(mol) if polymer else mol
    return tuple(rule for rule in air_rules() if subject.HasSubstructMatch(rule.query))


def in_air(mol: Chem.Mol) -> str:
    """What air does to ``mol``, in words; empty where no rule says anything."""
    hits = air_hits(mol)
    if not hits:
        return ""
    shown = ", ".join(f"{rule.name} ({rule.chemistry}) [{rule.id}]" for rule in hits[:SHOWN])
    more = f" and {len(hits) - SHOWN} more" if len(hits) > SHOWN else ""
    return f"in air (not counted, the risk holds under inert gas): {shown}{more}"
