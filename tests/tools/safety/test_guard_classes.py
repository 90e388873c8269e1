"""Every class of the public lists has a member that its rule finds, a near miss that it leaves alone, and a row in the page of the guard."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core import data
from tests.tables import each_row
from tools.safety.guard import structure_verdict

ROOT = Path(__file__).resolve().parents[3]
with (ROOT / "evals/data/guard/classes.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))


def rules(smiles: str) -> list[str]:
    return [hit.id for hit in structure_verdict(smiles, "molecule").rules]


@each_row("row", ROWS)
def test_a_member_is_found_and_a_near_miss_is_not(row: dict[str, str]) -> None:
    assert row["rule"] in rules(row["member_smiles"])
    assert row["rule"] not in rules(row["near_miss_smiles"])
    assert structure_verdict(row["near_miss_smiles"], "molecule").verdict != "block"


def test_no_class_is_without_a_row_and_the_page_has_them_all() -> None:
    known = [
        rule["id"] for name in ("chemical_weapons", "controlled_drugs") for rule in data.table("tools.safety", f"rules/{name}.toml")["rule"]
    ]
    assert [row["rule"] for row in ROWS] == known
    page = (ROOT / "docs/guard.md").read_text(encoding="utf-8")
    assert [row["rule"] for row in ROWS if f"| `{row['rule']}` | {row['class']} | {row['list']} |" not in page] == []


@pytest.mark.parametrize(
    "smiles",
    [
        "CC12C=CC3=C4CCC(=O)C=C4CCC3C1CCC2O",  # trenbolone: the rings closed by double bonds
        "CC(=O)OC1CCC2C1(C)C=CC3=C4CCC(=O)C=C4CCC23",  # its acetate
        "CC12CCC3=C4CCC(=O)C=C4CCC3C1CCC2O",  # dienolone
        "CCC12C=CC3=C4CCC(=O)C=C4CCC3C1CCC2(CC)O",  # an ethyl group where others have a methyl group
    ],
)
def test_anabolic_steroids_are_found_wherever_their_double_bonds_are(smiles: str) -> None:
    assert "drug.anabolic_steroid" in rules(smiles)


@pytest.mark.parametrize(
    "smiles",
    [
        "CC12CCC3=C4CCC(=O)C=C4CCC3C1CCC2(CC#N)O",  # dienogest
        "CC12C=CC3=C4CCC(=O)C=C4CCC3C1CCC2(CC=C)O",  # altrenogest
        "CCC12CCC3C(C1CCC2(C#C)O)CCC4=CC(=O)CCC34",  # levonorgestrel
        "CC12CCC3C(C1CCC2O)CCC4=C3C=CC(=C4)O",  # estradiol
    ],
)
def test_progestogens_and_oestrogens_are_no_anabolic_steroids(smiles: str) -> None:
    assert "drug.anabolic_steroid" not in rules(smiles)
