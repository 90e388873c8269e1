"""GFN2-xTB: raw values against what the method is known to give, values against measurements, refusals, words for goals."""

from __future__ import annotations

import math

import pytest
from rdkit import Chem

from core.spec import EstimationConditions
from tools.calculators.costly.protocol import Call
from tools.calculators.quantum.bonds import candidates, pair_of
from tools.calculators.quantum.calculators import LARGEST, Hydration, Orbitals, Solvation, Triplet, WeakestBond, costly, unfit
from tools.calculators.quantum.calibration import Line, lines
from tools.calculators.quantum.definitions import BOND, ELECTRONIC, HYDRATION, SOLVATION, TRIPLET, absent_words, defined
from tools.calculators.quantum.geometry import NoGeometry, changed_bonds, frame_of, geometry
from tools.calculators.quantum.oligomers import oligomer
from tools.calculators.quantum.solvation import SOLVENTS, solvation, solvent_name
from tools.calculators.quantum.tight_binding import BOHR_PER_ANGSTROM, installed
from tools.catalogue.shipped import shipped

needs_tblite = pytest.mark.skipif(not installed(), reason="tblite, the extra 'quantum', is not installed")


def within(found: float | None, wanted: float, by: float) -> bool:
    """Whether a value is there and no further than ``by`` from what is wanted."""
    return found is not None and abs(found - wanted) <= by


@needs_tblite
def test_water_has_its_geometry_dipole_and_ionisation_energy() -> None:
    from tools.calculators.quantum.electronic import electronic

    _, frame, energy = geometry("O")
    oxygen, one, other = frame.positions / BOHR_PER_ANGSTROM
    first, second = one - oxygen, other - oxygen
    angle = math.degrees(math.acos(first @ second / math.sqrt(first @ first) / math.sqrt(second @ second)))
    assert within(math.sqrt(first @ first), 0.9584, 0.01)  # measured bond length, Å
    assert within(angle, 104.5, 4.0)
    assert within(energy, -5.0704, 0.001)  # GFN2-xTB at its minimum, hartree
    assert within(electronic("O").dipole, 1.85, 0.5)


@needs_tblite
def test_benzene_is_calibrated_to_what_is_measured() -> None:
    found = Orbitals().compute(Call("c1ccccc1", ELECTRONIC))
    assert within(found["ionisation_energy"].value, 9.24, 2 * found["ionisation_energy"].sigma)  # NIST
    assert within(found["homo"].value, -6.7, 2 * found["homo"].sigma)  # B3LYP/6-31G(d,p)
    assert within(found["dipole_moment"].value, 0.0, 0.2)
    assert within(found["orbital_gap"].value, (found["lumo"].value or 0) - (found["homo"].value or 0), 0.3)
    assert found == Orbitals().compute(Call("c1ccccc1", ELECTRONIC))  # the same call gives the same values


@needs_tblite
def test_more_conjugation_closes_the_gap_and_an_acceptor_takes_an_electron() -> None:
    gaps = [Orbitals().compute(Call(s, ("orbital_gap",)))["orbital_gap"].value or 0 for s in ("C=C", "C=CC=C", "C=CC=CC=C")]
    assert gaps == sorted(gaps, reverse=True)
    quinone = Orbitals().compute(Call("O=C1C=CC(=O)C=C1", ("electron_affinity",)))["electron_affinity"]
    assert within(quinone.value, 1.86, 2 * quinone.sigma)


@needs_tblite
def test_ethanol_dissolves_and_hexane_does_not() -> None:
    ethanol, hexane = (Hydration().compute(Call(s, HYDRATION))["hydration_free_energy"] for s in ("CCO", "CCCCCC"))
    assert within(ethanol.value, -5.0, 2 * ethanol.sigma)
    assert (hexane.value or 0) > (ethanol.value or 0) + 3
    in_hexane = Solvation().compute(Call("CCO", SOLVATION, conditions=EstimationConditions(solvent="hexane", solvent_smiles="CCCCCC")))
    assert in_hexane["solvation_free_energy"].value == pytest.approx(solvation("CCO", "hexane"), abs=1e-3)
    assert (in_hexane["solvation_free_energy"].value or 0) < 0
    elsewhere = EstimationConditions(solvent="pentane", solvent_smiles="CCCCC")
    assert (
        "no parameters of the solvent pentane"
        in Solvation().compute(Call("CCO", SOLVATION, conditions=elsewhere))["solvation_free_energy"].reason
    )


@needs_tblite
def test_the_weakest_bond_of_hydrogen_peroxide_is_the_one_between_the_oxygen_atoms() -> None:
    found = WeakestBond().compute(Call("OO", BOND))["weakest_bond"]
    assert within(found.value, 50.4, 2 * found.sigma)  # ATcT 1.112
    assert WeakestBond().compute(Call("C1CC1", BOND))["weakest_bond"].value is not None  # its C-H bonds


@needs_tblite
def test_ethylene_has_its_triplet() -> None:
    found = Triplet().compute(Call("C=C", TRIPLET))["triplet_energy"]
    assert within(found.value, 4.54, 2 * found.sigma)


@needs_tblite
def test_a_polymer_is_three_repeat_units() -> None:
    found = Orbitals().compute(Call("*CC*", ("orbital_gap",), "polymer"))
    assert found == Orbitals().compute(Call("CCCCCC", ("orbital_gap",)))


@pytest.mark.parametrize(
    ("smiles", "words"),
    [
        ("C[N+](C)(C)C", "net charge"),
        ("[Na+].[Cl-]", "no reference values for Na"),
        ("CCO.CC", "more than one molecule"),
        ("C[CH2]", "radical"),
        ("C" * (LARGEST + 1), "heavy atoms"),
        ("[Fe]", "no reference values for Fe"),
    ],
)
def test_what_it_cannot_answer_is_unknown_with_the_reason(smiles: str, words: str) -> None:
    assert words in unfit(Chem.MolFromSmiles(smiles), "molecule")
    outcome = Orbitals().compute(Call(smiles, ("homo",)))["homo"]
    assert (outcome.value, words in outcome.reason) == (None, True)


def test_a_polymer_of_large_units_is_too_large() -> None:
    assert "in 3 repeat units" in unfit(Chem.MolFromSmiles("*" + "C" * 30 + "*"), "polymer")
    assert unfit(Chem.MolFromSmiles("*CC*"), "polymer") == ""


def test_a_geometry_in_which_a_bond_broke_is_none() -> None:
    mol = Chem.AddHs(Chem.MolFromSmiles("CO"))
    from tools.calculators.quantum.geometry import embedded

    mol = embedded(mol)
    frame = frame_of(mol)
    assert changed_bonds(mol, frame.positions) == ""
    frame.positions[0] -= 10.0
    assert "broke" in changed_bonds(mol, frame.positions)


def test_oligomers_are_joined_head_to_tail() -> None:
    assert oligomer("*CC(*)C", 2) == Chem.CanonSmiles("CC(C)CCC")
    assert oligomer("*c1ccc(*)s1", 2) == Chem.CanonSmiles("c1csc(-c2cccs2)c1")
    assert oligomer("*C=C*", 2) == Chem.CanonSmiles("C=CC=C")
    with pytest.raises(ValueError, match="two ends"):
        oligomer("CC")


def test_the_bonds_that_are_broken_are_the_weakest_kinds_and_each_once() -> None:
    mol = Chem.AddHs(Chem.MolFromSmiles("CC(=O)OOC(C)=O"))
    first = candidates(mol)[0]
    assert pair_of(mol, *first) == "O-O"
    ethane = Chem.AddHs(Chem.MolFromSmiles("CC"))
    assert sorted(pair_of(ethane, *pair) for pair in candidates(ethane)) == ["C-C", "C-H"]


def test_lines_have_a_source_an_error_and_enough_values() -> None:
    assert set(lines()) >= {*ELECTRONIC, *HYDRATION, *TRIPLET, "bond C-C", "bond C-H", "bond O-O"}
    for name, line in lines().items():
        assert line.reference, name
        assert line.n >= (2 if name.startswith("bond") else 15), name
        assert 0 < line.sigma < 10, name
        value, sigma = line(line.mean)
        assert math.isfinite(value), name
        assert line.sigma <= sigma <= line(line.mean + 100)[1], name


def test_a_line_may_have_a_knee() -> None:
    line = Line(1.0, 0.0, 0.1, 10, 0.0, 10.0, -1.0, 1.0, 0.1, 0.1, "counting", knee=0.0, slope_above=0.5)
    assert (line(-2.0)[0], line(2.0)[0]) == (-2.0, 1.0)


def test_every_property_says_what_it_is_and_the_absent_are_named_with_what_installs_them() -> None:
    properties = defined(*ELECTRONIC, *HYDRATION, *SOLVATION, *TRIPLET, *BOND)
    bare = shipped() if not set(ELECTRONIC) & {p.name for p in shipped()} else None
    if bare is not None:
        with_them = bare.with_properties(*properties)
        assert absent_words(with_them) == {}
        words = absent_words(bare)
        assert "pip install" in words["homo"]
        assert {"lumo", "dipole moment", "ionization potential", "band gap"} <= set(words)


def test_solvents_are_known_by_their_structure() -> None:
    assert (solvent_name("OCC"), solvent_name("C1=CC=CC=C1"), solvent_name("CCCCC"), solvent_name("(")) == ("ethanol", "benzene", "", "")
    assert all(Chem.CanonSmiles(s) == s for s in SOLVENTS)


def test_there_are_calculators_only_where_the_program_is() -> None:
    assert bool(costly()) == installed()
    assert len({c.version for c in costly()}) <= 1


@needs_tblite
def test_what_comes_apart_in_the_gas_phase_has_no_value() -> None:
    with pytest.raises(NoGeometry):
        geometry("[NH3+]CC(=O)[O-]")
