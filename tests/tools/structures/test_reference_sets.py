"""Sets of references from files, names and SMILES, and the similarity to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdkit import Chem

from core.errors import NotFoundError, UsageError
from tools.structures.reference_sets import read_references
from tools.structures.similarity import reference_set, tanimoto


def test_a_file_a_name_and_a_smiles(tmp_path: Path) -> None:
    table = tmp_path / "leads.csv"
    table.write_text("name,smiles\na,CCO\nb,OCC\nc,nonsense\nd,c1ccccc1\n")
    found = read_references(str(table))
    assert (found.name, found.smiles, found.unreadable) == ("leads.csv", ("CCO", "c1ccccc1"), 1)
    assert found.faults[0].startswith("line 4")
    assert read_references("Aspirin").smiles == ("CC(=O)Oc1ccccc1C(=O)O",)
    assert read_references("OCC").smiles == ("CCO",)
    block = tmp_path / "one.sdf"
    block.write_text(Chem.MolToMolBlock(Chem.MolFromSmiles("c1ccccc1O")) + "$$$$\n")
    assert read_references(str(block)).smiles == ("Oc1ccccc1",)


def test_what_is_nothing_of_these_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_references(str(tmp_path / "absent.smi"))
    with pytest.raises(UsageError, match="no file, no common compound and no SMILES"):
        read_references("unobtainium")
    empty = tmp_path / "empty.smi"
    empty.write_text("nonsense\n")
    with pytest.raises(UsageError, match="no readable structure"):
        read_references(str(empty))
    many = tmp_path / "many.smi"
    many.write_text("\n".join("C" * n + "O" * m for n in range(1, 60) for m in range(1, 20)))
    with pytest.raises(UsageError, match="more than 1,000"):
        read_references(str(many))


def test_the_nearest_and_the_mean() -> None:
    mol, references = Chem.MolFromSmiles("CCCO"), ("CCO", "c1ccccc1")
    each = [tanimoto(mol, Chem.MolFromSmiles(s)) for s in references]
    assert reference_set(references, "max").similarity(mol) == pytest.approx(max(each))
    assert reference_set(references, "mean").similarity(mol) == pytest.approx(sum(each) / 2)
