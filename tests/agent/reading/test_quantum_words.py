"""What goals say for the properties of quantum chemistry, with the program that computes them and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from agent.reading import interpret
from core.candidate import PropertyValue
from core.errors import GoalError
from tests.tables import each_row
from tools.calculators.collection import Calculators, shipped_calculators
from tools.calculators.protocol import Batch, Cost, PlainCalculator
from tools.calculators.quantum.definitions import BOND, ELECTRONIC, HYDRATION, SOLVATION, TRIPLET, defined
from tools.catalogue.property import Property
from tools.catalogue.shipped import shipped
from tools.workspace import Workspace


@dataclass(frozen=True)
class Nobody(PlainCalculator):
    """Stands for the program: no value, so that the words are tested where it is not installed too."""

    name: str = "nobody"
    cost: Cost = Cost.SIMULATED
    properties: tuple[Property, ...] = defined(*ELECTRONIC, *HYDRATION, *SOLVATION, *TRIPLET, *BOND)

    def batch(self, names: Sequence[str], batch: Batch) -> Mapping[str, list[PropertyValue]]:  # type: ignore[override]
        return {p.name: [self.missing(p, "nobody")] * len(batch.mols) for p in self.properties if p.name in names}


@cache
def without() -> Workspace:
    """What goals can name where the program is not installed."""
    names = {p.name for p in shipped()}
    return Workspace(Calculators(shipped(), tuple(c for c in shipped_calculators() if {p.name for p in c.properties} <= names)))


@cache
def with_it() -> Workspace:
    """What goals can name where it is."""
    return Workspace(without().calculators.with_calculator(Nobody()))


@each_row(
    ("goal", "wish"),
    [
        ("a molecule with HOMO below -5.5 eV", "HOMO energy below -5.5 eV"),
        ("a molecule with a HOMO level between -5.2 and -5.8 eV", "HOMO energy between -5.8 and -5.2 eV"),
        ("a molecule with LUMO above −3 eV", "LUMO energy above -3 eV"),
        ("a dye with a HOMO-LUMO gap of 2.1 eV", "HOMO-LUMO gap between 1.8 and 2.4 eV"),
        ("a molecule with a gap of 2.1 eV", "HOMO-LUMO gap between 1.8 and 2.4 eV"),
        ("a polymer with a band gap below 2 eV", "HOMO-LUMO gap below 2 eV"),
        ("a molecule with ionisation energy above 8 eV", "Ionisation energy above 8 eV"),
        ("a molecule with ionization potential above 800 kJ/mol", "Ionisation energy above 8.291 eV"),
        ("a molecule with an electron affinity of at least 1.5 eV", "Electron affinity at least 1.5 eV"),
        ("a solvent with a dipole moment above 4 Debye", "Dipole moment above 4 D"),
        ("a molecule with dipole above 4 D", "Dipole moment above 4 D"),
        ("a molecule with solvation free energy in water below −5 kcal/mol", "Hydration free energy below -5 kcal/mol"),
        ("a molecule with a hydration free energy below -20 kJ/mol", "Hydration free energy below -4.78 kcal/mol"),
        ("a molecule with a weakest bond above 70 kcal/mol", "Weakest bond above 70 kcal/mol"),
        ("a molecule with a triplet energy above 2.8 eV", "Triplet energy above 2.8 eV"),
    ],
)
def test_a_goal_with_and_without_the_program(goal: str, wish: str) -> None:
    assert wish in [r.text for r in interpret(goal, workspace=with_it()).requirements]
    spec = interpret(f"{goal}, molecular weight below 400", workspace=without())
    assert wish not in [r.text for r in spec.requirements]
    assert any("pip install 'molwright[quantum]'" in u.reason for u in spec.unchecked), spec.unchecked


@pytest.mark.parametrize(
    "goal",
    [
        "a molecule with an optical gap of 2 eV",
        "a molecule with a singlet-triplet gap below 0.2 eV",
        "a molecule with a transition dipole moment above 4 D",
    ],
)
def test_what_only_sounds_like_it_is_not_read_as_it(goal: str) -> None:
    with pytest.raises(GoalError):
        interpret(goal, workspace=with_it())


def test_a_spec_says_what_is_meant_by_an_orbital_energy() -> None:
    spec = interpret("a molecule with HOMO below -5.5 eV and a gap of 3 eV", workspace=with_it())
    assert len([a for a in spec.assumptions if "B3LYP" in a.text]) == 1


def test_the_solvent_of_a_solvation_free_energy_is_kept() -> None:
    spec = interpret("a molecule with a solvation free energy below -5 kcal/mol in toluene", workspace=with_it())
    assert ([r.text for r in spec.requirements], spec.conditions.solvent_smiles) == (
        ["Solvation free energy (GFN2-xTB) below -5 kcal/mol"],
        "Cc1ccccc1",
    )
    assert spec.unchecked == []


def test_as_high_as_possible_is_a_wish() -> None:
    spec = interpret("a molecule with 10 heavy atoms and a dipole moment as high as possible", workspace=with_it())
    assert [o.property for o in spec.objectives][:1] == ["dipole_moment"]
