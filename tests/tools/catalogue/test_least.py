"""The least that a wish needs: never more than a structure that meets it has, and enough to name what cannot go together."""

from __future__ import annotations

from collections import Counter

import pytest
from rdkit import Chem
from rdkit.Chem import Descriptors

from core.errors import ContradictionError
from tests.tables import each_row
from tools.calculators.exact import ExactCalculations
from tools.catalogue.contradictions import reject_contradictions
from tools.catalogue.kinds import Terms
from tools.catalogue.kinds.limits import Limits
from tools.catalogue.least import least_of, of_group
from tools.catalogue.notation import parse_requirement
from tools.groups.groups import GROUPS, compile_smarts
from tools.groups.matching import count_smarts
from tools.workspace import builtin

TERMS = Terms(builtin().catalogue)
DESCRIBE = ExactCalculations(builtin().calculators)
#: Structures that need few atoms for many groups, rings and bonds.
COMPACT = [
    "c1cc2ccc3cccc4ccc(c1)c2c34",  # pyrene
    "c1cc2ccc3ccc4ccc5ccc6ccc1c7c2c3c4c5c67",  # coronene
    "c1cc2ccc3ccc4ccc5ccc1c6c2c3c4c56",  # corannulene
    "C12C3C4C1C5C2C3C45",  # cubane
    "OC(=O)c1c(C(=O)O)c(C(=O)O)c(C(=O)O)c(C(=O)O)c1C(=O)O",
    "OC1C(O)C(O)C(O)C(O)C1O",
    "Oc1c(O)c(O)c(O)c(O)c1O",
    "O=c1c(=O)c(=O)c1=O",
    "O=c1cc1",
    "FC(F)(F)C(F)(F)F",
    "N#CC(C#N)=C(C#N)C#N",
    "[O-][N+](=O)C([N+](=O)[O-])([N+](=O)[O-])[N+](=O)[O-]",
    "COCCOCCOCCOC",
    "c1nnn[nH]1",
    "c1ncncn1",
    "Nc1nc(N)nc(N)n1",
    "C1CC2(C1)CC1(CC1)C2",
    "c1nc2c([nH]1)ncnc2N",
    "OB(O)OB(O)O",
    "CS(=O)(=O)C",
    "ClC(Cl)(Cl)Cl",
    "O",
]
#: The properties with a bound.
COUNTED = ("aromatic_rings", "ring_count", "rotatable_bonds", "stereocentres", "heteroatoms", "spiro_atoms", "hbd", "hba")


@each_row("smiles", [*COMPACT, *sorted({g.example for g in GROUPS.values()})[::24]])
def test_no_bound_is_above_what_a_structure_has(smiles: str) -> None:
    mol = Chem.MolFromSmiles(smiles)
    held = Counter(a.GetSymbol() for a in mol.GetAtoms())
    mass = Descriptors.MolWt(mol)
    for group in GROUPS.values():
        number = count_smarts(mol, group.smarts) if mol.HasSubstructMatch(compile_smarts(group.smarts)) else 0
        if number:
            least = of_group(group.name, group.smarts, number, "")
            assert least.atoms <= mol.GetNumAtoms(), group.name
            assert least.mass <= mass, group.name
            assert all(held[symbol] >= n for symbol, n in least.elements.items()), group.name
    for name in COUNTED:
        number = int(DESCRIBE.descriptor(name)(mol))
        limits = Limits(builtin().catalogue)
        limits.narrow(("property", name), number, number, "")
        for least in least_of(limits):
            assert least.atoms <= mol.GetNumAtoms(), name
            assert least.mass <= mass, name


@each_row(
    ("one", "other"),
    [
        ("property:aromatic_rings == 6", "property:molecular_weight < 100"),
        ("count:group:benzene ring >= 4", "property:molecular_weight < 150"),
        ("count:group:pyridine == 3", "property:heavy_atoms <= 10"),
        ("count:group:hydroxyl >= 5", "property:molecular_weight < 70"),
        ("motif:naphthalene present", "property:exact_mass < 90"),
        ("motif:benzene ring present", "count:element:C <= 5"),
        ("property:rotatable_bonds >= 6", "property:heavy_atoms <= 8"),
        ("property:ring_count >= 4", "property:heavy_atoms <= 3"),
        ("property:hbd >= 6", "property:molecular_weight < 80"),
        ("count:element:O >= 6", "property:heavy_atoms <= 5"),
        ("property:tpsa > 60", "elements:C,H,S"),
        ("motif:alcohol present", "motif:hydroxyl absent"),
        ("motif:primary amine present", "motif:amine absent"),
    ],
)
def test_what_cannot_go_together_is_named_with_both_wishes(one: str, other: str) -> None:
    requirements = [parse_requirement(text, TERMS).model_copy(update={"phrase": text}) for text in (one, other)]
    with pytest.raises(ContradictionError) as caught:
        reject_contradictions(requirements, builtin().catalogue)
    assert one in caught.value.phrase
    assert other in caught.value.phrase


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("count:group:benzene ring == 4", "property:molecular_weight < 203"),
        ("count:group:pyridine == 2", "property:heavy_atoms <= 10"),
        ("property:aromatic_rings == 6", "property:molecular_weight < 260"),
        ("property:rotatable_bonds >= 6", "property:heavy_atoms <= 9"),
        ("count:group:hydroxyl >= 5", "property:molecular_weight < 153"),
        ("motif:imidazole present", "motif:N-H bond absent"),
        ("motif:piperidine present", "motif:secondary amine absent"),
    ],
)
def test_what_can_go_together_is_not_refused(one: str, other: str) -> None:
    reject_contradictions([parse_requirement(text, TERMS) for text in (one, other)], builtin().catalogue)


def test_a_repeat_unit_may_share_a_group_with_the_next() -> None:
    asked = [parse_requirement(text, TERMS) for text in ("motif:naphthalene present", "property:molecular_weight < 60")]
    reject_contradictions(asked, builtin().catalogue, polymer=True)
