"""The monomer library: every structure parses, is canonical, and is exactly as functional as its class says."""

import pytest
from rdkit import Chem

from tests.tables import each_row
from tools.structures.parse import parse_polymer
from tools.structures.polymer_key import polymer_key
from tools.synthesis.polymers.chemistry import first_unit, mixed_residues, polymerise, residues
from tools.synthesis.polymers.functionality import class_fault, class_names, group_names, out_of_scope, reactive_groups
from tools.synthesis.polymers.library import candidates, modifications, monomer_by_smiles, monomers, polymerisations


def test_library_is_large_and_without_repeats():
    assert len(monomers()) >= 500
    assert len({m.smiles for m in monomers()}) == len(monomers())
    assert len({m.name for m in monomers()}) == len(monomers())
    assert {m.monomer_class for m in monomers()} == set(class_names())


@each_row("monomer_class", class_names())
def test_every_monomer_fits_its_class(monomer_class):
    for monomer in (m for m in monomers() if m.monomer_class == monomer_class):
        assert Chem.MolToSmiles(Chem.MolFromSmiles(monomer.smiles)) == monomer.smiles, monomer.name
        assert class_fault(monomer.smiles, monomer_class) == "", monomer.name
        assert out_of_scope(monomer.smiles) == "", monomer.name


@each_row(
    ("smiles", "monomer_class"),
    [
        ("Nc1cc(N)cc(C(=O)O)c1", "aromatic_diamine"),  # free acid competes
        ("Nc1ccc(N)c(O)c1", "aromatic_diamine"),
        ("NCCNCCN", "aliphatic_diamine"),  # secondary amine competes
        ("NCCO", "aliphatic_diamine"),
        ("OCC(O)CO", "diol"),  # three groups
        ("OCC(CO)(CO)C(=O)O", "diol"),
        ("OC(=O)CC(O)(CC(=O)O)C(=O)O", "diacid"),
        ("OC(=O)CC(=C)C(=O)O", "vinyl"),
        ("Oc1ccc(F)cc1", "bisphenol"),
        ("Fc1ccc(F)cc1", "activated_dihalide"),  # not activated
        ("O=C=NCCCCCCN", "diisocyanate"),
        ("O=C1OC(=O)c2ccccc12", "dianhydride"),
    ],
)
def test_misfits_are_refused(smiles, monomer_class):
    assert class_fault(smiles, monomer_class) != ""


@each_row(
    ("smiles", "word"),
    [
        ("CC=CC", "one polymerisable"),
        ("C=CCO", "allyl"),
        ("C=CCc1ccccc1", "allyl"),
        ("C=C(c1ccccc1)c1ccccc1", "ceiling"),
        ("C=C(CCCC)C(=O)OC", "larger than methyl"),
        ("C=CO", "enol"),
        ("O=C1C=CC(=O)N1c1ccccc1", "one polymerisable"),
        ("C=Cc1ccc(C=C)cc1", "one polymerisable"),
        ("ClC=CCl", "one polymerisable"),
    ],
)
def test_what_does_not_polymerise_by_a_vinyl_group(smiles, word):
    assert word in class_fault(smiles, "vinyl")


@each_row("smiles", ["C=Cc1ccccc1", "C=C(C)C(=O)OC", "FC(F)=C(F)F", "C=C(F)F", "C=C(C)C", "C=C(C)c1ccccc1", "C=COC(C)=O", "C=Cn1ccnc1"])
def test_what_does(smiles):
    assert class_fault(smiles, "vinyl") == ""


@pytest.mark.parametrize("smiles", ["OCC(O)CO", "Nc1nc(N)nc(N)n1", "C=CC(=O)OCCOC(=O)C=C", "OC(=O)c1cc(C(=O)O)cc(C(=O)O)c1"])
def test_networks_are_out_of_scope(smiles):
    assert "network" in out_of_scope(smiles)


def test_reactive_groups_of_known_molecules():
    assert reactive_groups("NCCO") == {"primary_amine": 1, "alcohol": 1}
    assert reactive_groups("O=C1OC(=O)c2cc3C(=O)OC(=O)c3cc12") == {"anhydride": 2}
    assert reactive_groups("not a smiles") == {}
    assert "epoxide" in group_names()


@each_row("polymerisation", polymerisations())
def test_every_library_monomer_takes_part(polymerisation):
    """Each monomer of each slot gives residues or repeat units."""
    for slot in range(polymerisation.slots):
        pool = candidates(polymerisation, slot)
        assert pool
        working = []
        for monomer in pool:
            if polymerisation.whole:
                made = polymerise(polymerisation, (monomer.smiles,))
                assert all(parse_polymer(unit) for unit in made)
            elif polymerisation.slots == 1:
                made = mixed_residues(*polymerisation.ends, monomer.smiles)
            else:
                made = residues(polymerisation.ends[slot], monomer.smiles)
                assert all(r.count(f"[{slot + 1}*]") == 2 for r in made), (monomer.name, made)
            working.append(bool(made))
        assert all(working), [m.name for m, w in zip(pool, working, strict=True) if not w]


@each_row("polymerisation", [p for p in polymerisations() if p.slots == 2])
def test_the_unit_shown_is_one_of_those_made(polymerisation):
    pair = (candidates(polymerisation, 0)[0].smiles, candidates(polymerisation, 1)[-1].smiles)
    shown = first_unit(polymerisation, pair)
    assert polymer_key(shown) in {polymer_key(unit) for unit in polymerise(polymerisation, pair)}


def test_lookup_and_modifications():
    assert monomer_by_smiles("C=Cc1ccccc1").name == "styrene"
    assert monomer_by_smiles("CCCCCCCCCCC") is None
    assert len(modifications()) >= 3
