"""Every building block is read, unique, neutral and of the class that it says."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from rdkit import Chem

from tools.synthesis.blocks import building_blocks, flat_smiles, shipped

#: The SMARTS of which a block of each functional class must match at least one.
CLASSES = tomllib.loads(Path(__file__).with_name("building_block_classes.toml").read_text(encoding="utf-8"))["classes"]


def test_library_is_large_and_unique() -> None:
    blocks = building_blocks()
    assert len(blocks) >= 400
    assert [n for n, c in Counter(b.name for b in blocks).items() if c > 1] == []
    assert [k for k, c in Counter(Chem.MolToInchiKey(b.mol) for b in blocks).items() if c > 1] == []
    assert len(shipped().index) == len(blocks)


def test_every_block_matches_its_class() -> None:
    queries = {name: [Chem.MolFromSmarts(s) for s in smarts] for name, smarts in CLASSES.items()}
    assert all(q is not None for group in queries.values() for q in group)
    wrong = [b.name for b in building_blocks() if not any(b.mol.HasSubstructMatch(q) for q in queries[b.functional_class])]
    assert wrong == []
    assert set(queries) == {b.functional_class for b in building_blocks()}


def test_blocks_are_single_neutral_molecules_in_canonical_form() -> None:
    for block in building_blocks():
        assert "." not in block.smiles, block.name
        assert Chem.GetFormalCharge(block.mol) == 0, block.name
        assert not any(a.GetNumRadicalElectrons() for a in block.mol.GetAtoms()), block.name
        assert block.smiles == Chem.MolToSmiles(Chem.MolFromSmiles(block.smiles)), block.name


def test_find_block_ignores_stereochemistry() -> None:
    block = shipped().find(Chem.MolFromSmiles("OC(=O)C=Cc1ccccc1"))
    assert block is not None
    assert block.name == "cinnamic acid"
    assert shipped().find(Chem.MolFromSmiles("CCCCCCCCCCCCCCCCCCCCN")) is None


def test_what_a_library_may_hold_is_never_less_than_what_it_holds() -> None:
    library = shipped()
    for block in library.blocks[::7]:
        as_made = Chem.MolFromSmiles(block.smiles, sanitize=False)
        assert library.may_hold(as_made), block.name
        assert library.flat[block.smiles] == flat_smiles(block.mol)
    assert not library.may_hold(Chem.MolFromSmiles("CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC(F)(Cl)Br"))
    assert library.may_hold(Chem.AddHs(Chem.MolFromSmiles("CCCCCCCCCCCCCCCCCCCCCCCCC(F)(Cl)Br")))
