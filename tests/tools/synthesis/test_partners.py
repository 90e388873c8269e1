"""The shipped answers, which block fits which reaction where, are those that are computed, and are not used where they may not hold."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core import data
from tools.synthesis.blocks import Block, BlockLibrary, shipped
from tools.synthesis.reactions import partners as module
from tools.synthesis.reactions.partners import partners, table_text
from tools.synthesis.reactions.run import fits
from tools.synthesis.reactions.table import reactions


def test_the_shipped_file_is_what_the_tables_give() -> None:
    assert data.text("tools.synthesis.reactions", "partners.tsv") == table_text(), "python -m tools.synthesis.reactions.partners writes it"


def test_blocks_that_a_user_adds_are_computed() -> None:
    mol = Chem.MolFromSmiles("NCc1ccc(OCC2CC2)cc1")
    own = Block("own amine", Chem.MolToSmiles(mol), "amine", mol)
    library = BlockLibrary([*shipped().blocks, own], "own")
    assert own in partners("amide coupling", 1, library)
    assert own not in partners("amide coupling", 0, library)
    assert set(partners("amide coupling", 1)) == set(partners("amide coupling", 1, library)) - {own}


def test_answers_of_another_table_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_source", lambda: "another")
    module._known.cache_clear()
    try:
        library = BlockLibrary(shipped().blocks[:300], "some")
        assert not module._known()
        reaction = reactions()["amide coupling"]
        assert partners("amide coupling", 0, library) == tuple(b for b in library.blocks if fits(reaction, 0, b.mol)) != ()
    finally:
        module._known.cache_clear()
