"""What the shipped weights rest on: the features stay as they were, and the short cuts agree with the long way round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from tests.tables import each_row
from tools.predictors.features.assemble import Describer, feature_names
from tools.predictors.features.connectivity import CONNECTIVITY_NAMES, connectivity
from tools.predictors.features.crippen import Crippen
from tools.predictors.features.groups import chain_groups
from tools.predictors.features.polymer import RepeatUnit
from tools.predictors.features.table import MoleculeTable
from tools.predictors.prepare import Prepared, prepare

_ROWS = [line.split("\t") for line in Path(__file__).with_name("pinned_features.tsv").read_text(encoding="utf-8").splitlines()[1:]]
_SMILES = [row[1] for row in _ROWS if row[0] != "polymer"]


@each_row("row", _ROWS)
def test_features_stay_as_they_were(row: list[str]) -> None:
    kind, smiles, solvent, text = row
    assert kind in ("molecule", "dye", "polymer")
    ready = prepare(smiles, kind, "polymer" if kind == "polymer" else "molecule")  # type: ignore[arg-type]
    assert isinstance(ready, Prepared)
    names = feature_names(kind)  # type: ignore[arg-type]
    found = Describer().matrix(kind, [ready.smiles], [ready.mol], [solvent] if solvent else None)[0]  # type: ignore[arg-type]
    pinned = {name: float(value) for name, value in (entry.rsplit("=", 1) for entry in text.split(" "))}
    expected = np.array([pinned.pop(name, 0.0) for name in names], dtype=np.float32)
    assert not pinned
    solved = np.array(
        [name.startswith(("pi_", "solvation_")) for name in names]
    )  # an eigenvalue solver's last digits may differ from machine to machine
    np.testing.assert_allclose(found[solved], expected[solved], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[~solved], expected[~solved], rtol=1e-6, atol=1e-7)


@each_row("smiles", [*_SMILES, "C", "CC", "C1CCC1", "C12CC1C2", "[H][H]", "CC(C)(C)C", "[BH4-]", "c1ccccc1.CCO"])
def test_connectivity_and_crippen_agree_with_rdkit(smiles: str) -> None:
    mol = Chem.MolFromSmiles(smiles)
    table = MoleculeTable(mol)
    with np.errstate(all="ignore"):
        found = connectivity(table)
    expected = list(rdMolDescriptors.Properties(list(CONNECTIVITY_NAMES)).ComputeProperties(mol))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    crippen = Crippen.of(mol, table.numbers, table.hydrogens, np.array(rdMolDescriptors._CalcLabuteASAContribs(mol)[0]))
    assert (crippen.logp, crippen.refractivity) == pytest.approx(rdMolDescriptors.CalcCrippenDescriptors(mol), rel=1e-12)
    np.testing.assert_allclose(crippen.logp_areas, rdMolDescriptors.SlogP_VSA_(mol), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(crippen.refractivity_areas, rdMolDescriptors.SMR_VSA_(mol), rtol=1e-12, atol=1e-12)


@each_row(
    "smiles",
    [
        *_SMILES,
        *(row[1] for row in _ROWS if row[0] == "polymer"),
        "c1ccc2c(c1)Cc1ccccc12",
        "c1ccc2c(c1)[nH]c1ccccc12",
        "C1C2CC3CC1CC(C2)C3",
        "C1CC2CCC1C2",
        "c1ccc2nccnc2c1",
        "c1ncncn1",
        "c1nnco1",
        "O=S(=O)(O)c1ccc(N=Nc2ccccc2)cc1",
        "CC(C)(C)c1ccc(C#Cc2ccsc2)cc1",
        "NC(=O)NC(=S)OC(=O)OP(N)(=N)c1ccc2[nH]cnc2c1",
    ],
)
def test_the_screen_hides_no_group(smiles: str) -> None:
    mol, groups = Chem.MolFromSmiles(smiles), chain_groups()
    assert groups.counts(mol, groups.possible(mol)) == groups.counts(mol, [True] * len(groups))


@each_row("smiles", [*(row[1] for row in _ROWS if row[0] == "polymer"), "*O*", "*C(=O)N*", "*=CC=*", "*CC(*)C#N", "*N=NC(=O)O*"])
def test_the_screen_hides_no_group_of_a_chain(smiles: str) -> None:
    unit, groups = RepeatUnit(Chem.MolFromSmiles(smiles)), chain_groups()
    possible = groups.possible(unit.mol, (unit.backbone[-1], unit.backbone[0], unit.order))
    chain = unit.oligomer(4)
    assert groups.counts(chain, possible) == groups.counts(chain, [True] * len(groups))


def test_the_screen_saves_most_searches() -> None:
    groups = chain_groups()
    assert sum(groups.possible(Chem.MolFromSmiles("CCCCO"))) < len(groups) / 4


def test_an_oligomer_keeps_the_hydrogens_and_rings_of_its_units() -> None:
    unit = RepeatUnit(Chem.MolFromSmiles("*OCC1CC1c1ccc(*)cc1"))
    oligomer = unit.oligomer(3)
    assert Chem.MolToSmiles(oligomer) == Chem.CanonSmiles("*OCC1CC1c1ccc(OCC2CC2c2ccc(OCC3CC3c3ccc(*)cc3)cc2)cc1")
