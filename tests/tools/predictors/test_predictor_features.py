"""The descriptions that predictors are trained on."""

from __future__ import annotations

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import Descriptors

from tools.predictors.features.assemble import Describer, feature_names
from tools.predictors.features.groups import group_counts, group_names
from tools.predictors.features.molecule import descriptor_names, descriptors, morgan_counts
from tools.predictors.features.pi_system import pi_features, pi_names
from tools.predictors.features.polymer import RepeatUnit, polymer_features, polymer_names
from tools.predictors.features.solvent import canonical_solvent, known_solvents, solvent_features, solvent_names


def _descriptor(smiles: str) -> dict[str, float]:
    return dict(zip(descriptor_names(), descriptors(Chem.MolFromSmiles(smiles)).tolist(), strict=True))


def test_descriptors_agree_with_rdkit() -> None:
    smiles = "CC(=O)Oc1ccccc1C(=O)NC1CCSC1"
    mol, found = Chem.MolFromSmiles(smiles), _descriptor(smiles)
    assert found["CrippenClogP"] == pytest.approx(Descriptors.MolLogP(mol), rel=1e-5)
    assert found["tpsa"] == pytest.approx(Descriptors.TPSA(mol), rel=1e-5)
    for i in range(10):
        assert found[f"EState_VSA{i}"] == pytest.approx(getattr(Descriptors, f"EState_VSA{i + 1}")(mol), abs=1e-3)
        assert found[f"VSA_EState{i}"] == pytest.approx(getattr(Descriptors, f"VSA_EState{i + 1}")(mol), abs=1e-3)
    assert found["EState_max"] == pytest.approx(Descriptors.MaxEStateIndex(mol), rel=1e-5)


def test_descriptors_are_finite_for_small_and_strange_structures() -> None:
    for smiles in ("C", "[2H]C", "C#C", "F[B-](F)(F)c1ccccc1", "C[Si](C)(C)C", "O=C=O", "c1ccccc1.c1ccccc1", "CI"):
        row = descriptors(Chem.MolFromSmiles(smiles))
        assert row.shape == (len(descriptor_names()),)
        assert np.isfinite(row).all()


def test_shape_knows_symmetry_chains_and_rings() -> None:
    benzene, decane, naphthalene = _descriptor("c1ccccc1"), _descriptor("CCCCCCCCCC"), _descriptor("c1ccc2ccccc2c1")
    assert benzene["symmetry_class_fraction"] == pytest.approx(1 / 6)
    assert decane["longest_chain"] == 10
    assert decane["ring_atom_fraction"] == 0
    assert naphthalene["largest_ring_system"] == 10


def test_group_counts() -> None:
    counts = dict(zip(group_names(), group_counts(Chem.MolFromSmiles("OC(=O)c1ccc(N)cc1C#N")).tolist(), strict=True))
    assert counts["group_carboxylic_acid"] == 1
    assert counts["group_nitrile"] == 1
    assert counts["group_amine_primary"] == 1
    assert counts["group_nitro"] == 0


def test_morgan_counts_count() -> None:
    assert morgan_counts(Chem.MolFromSmiles("CCO")).sum() < morgan_counts(Chem.MolFromSmiles("CCCCCCO")).sum()


def _pi(smiles: str) -> dict[str, float]:
    return dict(zip(pi_names(), pi_features(Chem.MolFromSmiles(smiles)).tolist(), strict=True))


def test_hueckel_gap_of_benzene_is_two_beta() -> None:
    benzene = _pi("c1ccccc1")
    assert benzene["pi_gap"] == pytest.approx(2.0, abs=1e-5)
    assert benzene["pi_homo"] == pytest.approx(1.0, abs=1e-5)
    assert benzene["pi_system_electrons"] == 6


def test_hueckel_gap_falls_with_conjugation_length() -> None:
    gaps = [_pi(smiles)["pi_gap"] for smiles in ("C=CC=C", "C=CC=CC=C", "C=CC=CC=CC=C", "C=CC=CC=CC=CC=CC=C")]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] > 0.2


def test_donor_and_acceptor_close_the_gap_and_move_charge() -> None:
    plain, push_pull = _pi("c1ccc(cc1)C=Cc1ccccc1"), _pi("CN(C)c1ccc(cc1)C=Cc1ccc(cc1)[N+](=O)[O-]")
    assert push_pull["pi_gap"] < plain["pi_gap"]
    assert push_pull["pi_charge_transfer"] > plain["pi_charge_transfer"]


def test_no_conjugation_gives_zeros() -> None:
    assert not pi_features(Chem.MolFromSmiles("CCO")).any()


@pytest.mark.parametrize(
    "frames",
    [
        ("*CCO*", "*COC*", "*OCC*"),
        ("*OCCOC(=O)c1ccc(C(*)=O)cc1", "*C(=O)OCCOC(=O)c1ccc(*)cc1", "*c1ccc(cc1)C(=O)OCCOC(=O)*"),
        ("*CC(*)c1ccccc1", "*C(c1ccccc1)C*"),
        ("*C=C*", "*=CC=*"),
    ],
)
def test_polymer_features_do_not_depend_on_the_frame(frames: tuple[str, ...]) -> None:
    rows = [polymer_features(RepeatUnit(Chem.MolFromSmiles(smiles))) for smiles in frames]
    for features, counts in rows[1:]:
        np.testing.assert_allclose(features, rows[0][0], atol=1e-4)
        np.testing.assert_allclose(counts, rows[0][1], atol=1e-4)


def test_doubled_unit_describes_the_same_polymer() -> None:
    names = polymer_names()
    single, double = (
        dict(zip(names, polymer_features(RepeatUnit(Chem.MolFromSmiles(s)))[0].tolist(), strict=True)) for s in ("*CCO*", "*CCOCCO*")
    )
    for name in ("rotatable_per_backbone", "flexible_share", "backbone_ether_share", "tpsa_per_atom", "group_ether_aliphatic_per_atom"):
        assert single[name] == pytest.approx(double[name], abs=1e-4), name
    assert single["group_ether_aliphatic_per_atom"] == pytest.approx(1 / 3)


def test_polymer_backbone_features_tell_stiff_from_flexible() -> None:
    names = polymer_names()

    def of(smiles: str) -> dict[str, float]:
        return dict(zip(names, polymer_features(RepeatUnit(Chem.MolFromSmiles(smiles)))[0].tolist(), strict=True))

    polyethylene, kapton = of("*CC*"), of("*c1ccc(Oc2ccc(N3C(=O)c4cc5c(cc4C3=O)C(=O)N(*)C5=O)cc2)cc1")
    assert polyethylene["flexible_share"] == 1
    assert polyethylene["longest_flexible_run"] == 30
    assert kapton["flexible_share"] < 0.2
    assert kapton["para_links"] > 0
    assert kapton["ring_atom_share"] > 0.7
    assert kapton["chain_group_imide_aryl_per_atom"] > 0
    isomer = of("*c1cccc(Oc2ccc(N3C(=O)c4cc5c(cc4C3=O)C(=O)N(*)C5=O)cc2)c1")
    assert isomer["meta_links"] > 0 == kapton["meta_links"]


def test_ring_form_keeps_an_unsaturated_chain_from_becoming_aromatic() -> None:
    assert not any(atom.GetIsAromatic() for atom in RepeatUnit(Chem.MolFromSmiles("*C=C*")).ring.GetAtoms())


def test_solvents() -> None:
    assert canonical_solvent("C(Cl)Cl") == "ClCCl"
    assert canonical_solvent("gas") == "gas"
    assert canonical_solvent("not a solvent") is None
    assert canonical_solvent("C" * 10000) is None
    row = dict(zip(solvent_names(), solvent_features("ClCCl").tolist(), strict=True))
    assert row["solvent_is_dichloromethane"] == 1
    assert row["solvent_is_water"] == 0
    assert row["solvent_halogens"] == 2
    assert all(Chem.MolFromSmiles(smiles) is not None for _, smiles in known_solvents())
    assert len({smiles for _, smiles in known_solvents()}) == len(known_solvents())


def test_describer_computes_a_structure_once() -> None:
    mol = Chem.MolFromSmiles("c1ccccc1C=O")
    describer = Describer()
    molecule = describer.matrix("molecule", ["x"], [mol])
    dye = describer.matrix("dye", ["x"], [mol], ["O"])
    assert molecule.shape == (1, len(feature_names("molecule")))
    assert dye.shape == (1, len(feature_names("dye")))
    np.testing.assert_array_equal(dye[0, : molecule.shape[1]], molecule[0])
    assert len(set(feature_names("dye"))) == dye.shape[1]
    assert len(set(feature_names("polymer"))) == len(feature_names("polymer"))
