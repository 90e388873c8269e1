"""QED and SA score are RDKit's own, digit for digit."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from rdkit import Chem, RDConfig, rdBase
from rdkit.Chem import QED, rdMolDescriptors

from tools.calculators.drug_likeness import qed, sa_score
from tools.groups.groups import GROUPS

ROOT = Path(__file__).resolve().parents[3]
ODD = (
    "CC(=O)[O-].[Na+]", "[13CH3][C@H](N)C(=O)O", "[2H]C([2H])([2H])O", "[H][H]", "C[S+]([O-])C", "O=[N+]([O-])c1ccccc1", "C[Hg]C",
    "Cl[Pt](Cl)(N)N", "F/C=C/F", "[N-]=[N+]=NC", "C1C2CC3CC1CC(C2)C3", "*CC(*)c1ccccc1", "C1CCCCCCCCCCC1", "CC(F)(Cl)C[C@H](O)CC",
    "C1CC(C)C(C)C(C)C1", "C1CCC2(CC1)CCC1CCC2C1", "C", "O=C1C(=O)c2ccccc2-c2ccccc21", "N1C2=CC=CC=C2SC3=C1C=CC4=C3C=CC=C4",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rows = []
    for name in ("block_structures.tsv", "pass_structures.tsv"):
        with (ROOT / "evals" / "data" / "guard" / name).open(encoding="utf-8", newline="") as handle:
            rows += [row["smiles"] for row in csv.DictReader(handle, delimiter="\t")]
    return [*ODD, *rows, *(group.example for group in GROUPS.values())]


@pytest.fixture(scope="module")
def sascorer() -> Any:
    spec = importlib.util.spec_from_file_location("sascorer_of_test", Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_qed_is_that_of_rdkit(texts: list[str]) -> None:
    with rdBase.BlockLogs():
        for text in texts:
            assert qed(Chem.MolFromSmiles(text)) == QED.qed(Chem.MolFromSmiles(text)), text


def test_qed_takes_over_what_is_known(texts: list[str]) -> None:
    for text in texts[20:60]:
        mol = Chem.MolFromSmiles(text)
        rdMolDescriptors.CalcCrippenDescriptors(mol)
        rdMolDescriptors.CalcTPSA(mol)
        sa_score(mol)
        assert qed(mol) == QED.qed(Chem.MolFromSmiles(text)), text


def test_sa_score_is_that_of_rdkit(texts: list[str], sascorer: Any) -> None:
    with rdBase.BlockLogs():
        for text in texts:
            assert sa_score(Chem.MolFromSmiles(text)) == sascorer.calculateScore(Chem.MolFromSmiles(text)), text


def test_sa_score_perceives_stereocentres_anew(sascorer: Any) -> None:
    mol = Chem.MolFromSmiles("CC(O)C(N)C")
    edited = Chem.RWMol(mol)
    edited.RemoveAtom(2)
    product = edited.GetMol()
    Chem.SanitizeMol(product)
    assert sa_score(Chem.Mol(product)) == sascorer.calculateScore(Chem.Mol(product))


def test_a_structure_without_atoms_has_no_sa_score() -> None:
    with pytest.raises(ValueError, match="without atoms"):
        sa_score(Chem.Mol())
