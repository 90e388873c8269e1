"""Atoms of several elements counted like a formula: what that says about the elements that are not named."""

from __future__ import annotations

from typing import assert_never

from rdkit import Chem

from agent.reading.registered import GROUPS
from core.spec import (
    Assumption,
    CountRequirement,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)

#: Properties that count heavy atoms: whether carbon is counted with them.
_ATOM_COUNTS = {"heavy_atoms": True, "heteroatoms": False}


def closed_by_counts(requirements: list[Requirement]) -> tuple[ElementsRequirement, Assumption] | None:
    """'8 carbon, 1 nitrogen and 2 oxygen atoms' names all heavy atoms: the requirement that no other element occurs, with its assumption.

    For exact numbers of at least two elements, carbon among them. None where a number is not exact ('at least 2 oxygen atoms'), where the
    goal says itself which elements do or do not occur, starts from a structure, or asks for a group, a mass or a number of atoms that needs others.
    """
    counts = [r for r in requirements if isinstance(r, CountRequirement) and r.what == "element"]
    heavy = {r.name: int(r.condition.value or 0) for r in counts if r.name != "H" and r.condition.comparison == "=="}
    if "C" not in heavy or len(heavy) < 2 or any(r.condition.comparison != "==" or r.condition.holds(0) for r in counts):
        return None
    if any(not _leaves_open(r, heavy) for r in requirements):
        return None
    names = sorted(heavy, key=lambda s: (s != "C", s))
    phrase = ", ".join(dict.fromkeys(r.phrase for r in counts))
    requirement = ElementsRequirement(id="", text="", phrase=phrase, origin="assumption", allowed=sorted({"H", *heavy}))
    text = (
        f"the counted atoms are all heavy atoms: no element but {', '.join(names)} and hydrogen occurs; "
        "drop this requirement, or say 'at least', to allow others"
    )
    return requirement, Assumption(phrase=phrase, text=text)


def _leaves_open(requirement: Requirement, heavy: dict[str, int]) -> bool:
    """Whether a requirement can be met with the counted heavy atoms alone, as far as that is easily seen."""
    match requirement:
        case ElementsRequirement() | EditRequirement() | FixedAtomsRequirement() | ReferenceSetRequirement() | SimilarityRequirement():
            return False
        case ScaffoldRequirement():
            return _symbols(requirement.scaffold) <= set(heavy)
        case MotifRequirement():
            return not requirement.wanted or _group_fits(requirement.name, requirement.smarts, heavy)
        case CountRequirement():
            free = requirement.what == "element" or requirement.condition.holds(0)
            return free or _group_fits(requirement.name, requirement.smarts, heavy)
        case PropertyRequirement():
            return _number_fits(requirement, heavy)
        case LevelRequirement() | RuleSetRequirement():
            return True
        case _:
            assert_never(requirement)


def _symbols(smiles: str) -> set[str]:
    mol = Chem.MolFromSmiles(smiles)
    return {a.GetSymbol() for a in mol.GetAtoms()} - {"*"} if mol is not None else set()


def _group_fits(name: str, smarts: str, heavy: dict[str, int]) -> bool:
    """Whether a group is made of the counted elements: by the example of each of its names, or by the atoms of a pattern."""
    names = name.split(" or ")
    if all(n in GROUPS for n in names):
        return any(_symbols(GROUPS[n].example) <= set(heavy) for n in names)
    query = Chem.MolFromSmarts(smarts)
    return query is not None and {a.GetSymbol() for a in query.GetAtoms() if a.GetAtomicNum() > 1} <= set(heavy)


def _number_fits(requirement: PropertyRequirement, heavy: dict[str, int]) -> bool:
    """Whether the number of atoms, or the mass, that is asked for is that of the counted atoms."""
    condition = requirement.condition
    if requirement.property in _ATOM_COUNTS:
        return condition.holds(sum(n for s, n in heavy.items() if s != "C" or _ATOM_COUNTS[requirement.property]))
    if requirement.property in ("molecular_weight", "exact_mass"):
        table = Chem.GetPeriodicTable()
        mass = sum(table.GetAtomicWeight(s) * n for s, n in heavy.items())
        hydrogens = 2 + sum(n * max(0, table.GetDefaultValence(s) - 2) for s, n in heavy.items())
        low, high = condition.bounds()
        return bool(low <= mass + hydrogens * table.GetAtomicWeight("H") and high >= mass)
    return True
