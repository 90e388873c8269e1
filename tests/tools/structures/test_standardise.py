"""One structure, one form; what was changed is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from core.errors import StructureError
from tests.tables import each_row
from tools.safety.guard import structure_verdict
from tools.structures.similarity import morgan_fingerprint, tanimoto
from tools.structures.standardise import standard_form, standardise

FORMS = [
    ("CC(=O)[O-].[Na+]", "CC(=O)O", "sodium"),
    ("CC(=O)O[Na]", "CC(=O)O", "sodium"),
    ("C[NH3+].[Cl-]", "CN", "chloride"),
    ("CN.Cl", "CN", "hydrogen chloride"),
    ("C[n+]1ccccc1.[I-]", "C[n+]1ccccc1", "iodide"),
    ("c1cc[nH+]cc1.[Cl-]", "c1ccncc1", "neutralised"),
    ("NC(=[NH2+])N.[Cl-]", "N=C(N)N", "chloride"),
    ("[2H]C([2H])([2H])O", "CO", "isotope"),
    ("[13CH3]C", "CC", "isotope"),
    ("CCO.O", "CCO", "water"),
    ("C[S+](C)[O-]", "CS(C)=O", ""),
    ("CN(=O)=O", "C[N+](=O)[O-]", ""),
    ("[CH3:5]O", "CO", ""),
    ("[O-]c1ccccc1.[Na+]", "Oc1ccccc1", "neutralised"),
    ("CN(C)C=CC=CC=[N+](C)C.F[P-](F)(F)(F)(F)F", "CN(C)C=CC=CC=[N+](C)C", "hexafluorophosphate"),
    ("C[C@H](N)C(=O)O.OC(=O)[C@H](O)[C@@H](O)C(O)=O", "C[C@H](N)C(=O)O", "tartrate"),
    ("CC(C)Cc1ccccc1.CCCCCCCC", "CC(C)Cc1ccccc1", "mixture"),
    ("[NH3+]CC(=O)[O-]", "[NH3+]CC(=O)[O-]", ""),
    ("O=C1Nc2ccccc2C1=C1Nc2ccccc2C1=O", "O=C1Nc2ccccc2C1=C1Nc2ccccc2C1=O", "E/Z"),
    ("[CH3]", "[CH3]", "radical"),
    ("O", "O", "no carbon"),
    ("[Na+].[Cl-]", "[Cl-].[Na+]", "kept whole"),
    ("[cH-]1cccc1.[cH-]1cccc1.[Fe+2]", "[Fe+2].c1cc[cH-]c1.c1cc[cH-]c1", "metal Fe"),
]


@each_row(("drawn", "form", "note"), FORMS)
def test_forms(drawn: str, form: str, note: str) -> None:
    result = standardise(drawn, "molecule")
    assert result.smiles == form
    assert note in "; ".join(result.notes)
    assert result.key == result.inchikey
    again = standardise(result.smiles, "molecule")
    assert (again.smiles, again.key, again.dedup_key) == (result.smiles, result.key, result.dedup_key)


def test_rhodamine_6g_keeps_its_charge_and_its_protonated_iminium() -> None:
    drawn = "CCNc1cc2c(cc1C)C(c1ccccc1C(=O)OCC)=C1C=C(C)/C(=[NH+]/CC)C=C1O2.[Cl-]"
    result = standardise(drawn, "molecule")
    assert Chem.GetFormalCharge(Chem.MolFromSmiles(result.smiles)) == 1
    assert "charge +1 kept as drawn" in result.notes


TAUTOMERS = [
    ("Oc1ccccn1", "O=c1cccc[nH]1"),
    ("CC(=O)CC(C)=O", "CC(O)=CC(C)=O"),
    ("Cc1c[nH]cn1", "Cc1cnc[nH]1"),
    ("NC(=S)N", "NC(S)=N"),
    ("Oc1ccccc1N=Nc1ccccc1", "O=C1C=CC=CC1=NNc1ccccc1"),
    ("CC(=O)[O-]", "CC(=O)O"),
    ("[NH3+]CC(=O)[O-]", "NCC(=O)O"),
]
NOT_TAUTOMERS = [
    ("C[C@H](O)C(=O)O", "C[C@@H](O)C(=O)O"),
    ("C[C@H](N)C(=O)c1ccccc1", "C[C@@H](N)C(=O)c1ccccc1"),
    ("F/C=C/F", "F/C=C\\F"),
    ("CCCC", "CC(C)C"),
    ("C=CCC", "CC=CC"),
    ("C[n+]1ccccc1", "c1ccncc1"),
]


@pytest.mark.parametrize(("one", "other"), TAUTOMERS)
def test_tautomers_and_charge_states_share_the_dedup_key_only(one: str, other: str) -> None:
    a, b = standardise(one, "molecule"), standardise(other, "molecule")
    assert a.dedup_key == b.dedup_key
    assert a.smiles != b.smiles


@pytest.mark.parametrize(("one", "other"), NOT_TAUTOMERS)
def test_isomers_have_different_dedup_keys(one: str, other: str) -> None:
    assert standardise(one, "molecule").dedup_key != standardise(other, "molecule").dedup_key


def test_stereo_is_kept_and_what_is_undefined_is_counted() -> None:
    assert standardise("CC(O)C(F)Cl", "molecule").undefined_stereocentres == 2
    defined = standardise("C[C@H](O)CC", "molecule")
    assert defined.undefined_stereocentres == 0
    assert "@" in defined.smiles
    assert not any("E/Z" in note for note in standardise("CN=[N+]=[N-]", "molecule").notes)


def test_polymers() -> None:
    one, other = standardise("*CCO*", "polymer"), standardise("[*:1]COC[*:2]", "polymer")
    assert one.key == other.key == one.dedup_key
    assert one.inchikey == ""
    assert one.smiles != other.smiles
    salt = standardise("*CC(*)C(=O)[O-].[Na+]", "polymer")
    assert salt.smiles == "*CC(*)C(=O)O"


def test_errors() -> None:
    with pytest.raises(StructureError):
        standardise("CC*", "molecule")
    with pytest.raises(StructureError):
        standardise("CCO", "polymer")
    with pytest.raises(StructureError):
        standardise("C" * 5000, "molecule")


POOL = [
    "CC(=O)Oc1ccccc1C(=O)O",
    "CN1CCC[C@H]1c1cccnc1",
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "O=C(O)c1ccccc1-c1c2ccc(=O)cc-2oc2cc(O)ccc12",
    "CCN(CC)c1ccc2c(-c3ccccc3C(=O)O)c3ccc(=[N+](CC)CC)cc-3oc2c1",
    "C/C=C/[C@@H](O)CC(=O)N1CCOCC1",
    "F[B-]1(F)n2cccc2C=C2C=CC=[N+]21",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(POOL), st.integers(0, 2**31 - 1))
def test_the_form_does_not_depend_on_how_it_was_written(smiles: str, seed: int) -> None:
    mol = Chem.MolFromSmiles(smiles)
    order = list(range(mol.GetNumAtoms()))
    shuffled = Chem.MolFromSmiles(Chem.MolToRandomSmilesVect(mol, 1, randomSeed=seed % 1000 + 1)[0])
    a, b = standardise(smiles, "molecule"), standardise(Chem.MolToSmiles(shuffled, canonical=False), "molecule")
    assert len(order) == shuffled.GetNumAtoms()
    assert (a.smiles, a.key, a.dedup_key, a.undefined_stereocentres) == (b.smiles, b.key, b.dedup_key, b.undefined_stereocentres)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="CNOcno()[]=#123+-@/\\.%*H ", max_size=40))
def test_any_text_gives_a_form_or_a_structure_error(text: str) -> None:
    try:
        result = standardise(text, "molecule")
    except StructureError:
        return
    assert Chem.MolFromSmiles(result.smiles) is not None


def test_similarity() -> None:
    benzene, toluene, methane = (Chem.MolFromSmiles(s) for s in ("c1ccccc1", "Cc1ccccc1", "C"))
    assert tanimoto(benzene, benzene) == 1.0
    assert 0 < tanimoto(benzene, toluene) < 1
    assert tanimoto(methane, benzene) == 0.0
    assert morgan_fingerprint(benzene).GetNumBits() == 2048


@pytest.mark.parametrize("smiles", ["OCC", "CC(=O)[O-].[Na+]", "[13CH3][C@H](N)C(=O)O", "C[S+]([O-])C", "F/C=C/F", "[Fe+2].[Cl-].[Cl-]"])
def test_the_molecule_handed_out_is_what_the_standard_form_writes(smiles: str) -> None:
    found, mol = standard_form(smiles, "molecule")
    assert found == standardise(smiles, "molecule")
    assert mol is not None
    assert Chem.MolToSmiles(mol) == found.smiles == Chem.MolToSmiles(Chem.MolFromSmiles(found.smiles))
    assert structure_verdict(found.smiles, "molecule", read=mol) == structure_verdict(found.smiles, "molecule")
    assert Chem.MolToSmiles(mol) == found.smiles
