"""Families, protected forms and ways of drawing: members are recognised by their rule, near misses are not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.tables import each_row
from tools.safety.guard import structure_verdict
from tools.safety.resonance import usual
from tools.safety.unmask import unmasked
from tools.structures.parse import parse_smiles

DATA = Path(__file__).resolve().parents[3] / "evals" / "data" / "guard" / "families.tsv"
with DATA.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))


@each_row("row", ROWS)
def test_family(row: dict[str, str]) -> None:
    found = structure_verdict(row["smiles"], "molecule")
    if row["verdict"] == "pass":
        assert found.verdict != "block", found.rules
    else:
        assert found.verdict == row["verdict"], found.rules
    if row["rule"]:
        assert row["rule"] in [hit.id for hit in found.rules]


def test_each_family_that_blocks_has_a_near_miss() -> None:
    assert sum("near miss" in row["name"] for row in ROWS) >= 15


def test_a_protected_form_is_named_with_its_family() -> None:
    hit = next(h for h in structure_verdict("CC(Cc1ccccc1)NC(C)=O", "molecule").rules if h.id == "precursor.protected")
    assert "amphetamine family" in hit.reason


def test_protecting_groups_go_one_by_one_and_large_molecules_are_left() -> None:
    assert unmasked(parse_smiles("CCO")) == []
    assert unmasked(parse_smiles("CC(Cc1ccccc1)NC(=O)" + "C" * 40)) == []
    assert len(unmasked(parse_smiles("CC(Cc1ccccc1)N(C(C)=O)S(C)(=O)=O"))) == 1


@pytest.mark.parametrize("smiles", ["C[N+](C)(C)CC(=O)[O-]", "[O-][N+](=O)c1ccccc1", "C[N+]1=CC=CC=C1", "CCO", "C[S+](C)[CH2-]"])
def test_usual_ways_of_drawing_are_left_alone(smiles: str) -> None:
    mol = parse_smiles(smiles)
    assert usual(mol).GetNumAtoms() == mol.GetNumAtoms()
