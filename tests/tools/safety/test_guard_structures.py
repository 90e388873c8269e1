"""The guard on structures: the block and pass sets, evasions, polymers, routes, closed failure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdkit import Chem

import tools.safety.rules as safety_rules
from core import data
from core.candidate import Material, Route, RouteStep
from tests.tables import each_row
from tools.safety import goal_text, guard, structure
from tools.safety.guard import alert_verdict, guard_version, guarded_materials, structure_verdict
from tools.safety.rules import rules_version, structure_rules
from tools.safety.tables import MISASSIGNED, medicines, regulated, restricted_amines
from tools.structures.standardise import inchikey

HERE = Path(__file__).resolve().parents[3] / "evals" / "data" / "guard"


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


BLOCK = _rows("block_structures.tsv")
PASS = _rows("pass_structures.tsv")


def test_no_fragrance_is_blocked() -> None:
    fragrances = _rows("fragrances.tsv")
    assert len(fragrances) >= 150
    assert len({row["smiles"] for row in fragrances}) == len(fragrances)
    assert [row["name"] for row in fragrances if structure_verdict(row["smiles"], "molecule").verdict == "block"] == []


def test_the_sets_are_large_enough() -> None:
    assert len(BLOCK) >= 60
    assert len(PASS) >= 120
    assert len({row["smiles"] for row in BLOCK + PASS}) == len(BLOCK) + len(PASS)


@each_row("row", BLOCK)
def test_block(row: dict[str, str]) -> None:
    found = structure_verdict(row["smiles"], "molecule")
    assert found.verdict == "block"
    assert row["rule"] in [hit.id for hit in found.rules if hit.verdict == "block"]
    assert all(hit.reason and hit.name for hit in found.rules)


@each_row("row", PASS)
def test_pass(row: dict[str, str]) -> None:
    found = structure_verdict(row["smiles"], "molecule")
    assert found.verdict == row["verdict"], [(hit.id, hit.reason) for hit in found.rules]


@each_row("row", BLOCK[:: len(BLOCK) // 30])
def test_writing_a_structure_differently_hides_nothing(row: dict[str, str]) -> None:
    mol = Chem.MolFromSmiles(row["smiles"])
    for seed in (1, 2):
        shuffled = Chem.MolToRandomSmilesVect(mol, 1, randomSeed=seed)[0]
        assert structure_verdict(shuffled, "molecule").verdict == "block"
    for disguise in (f"{row['smiles']}.Cl", f"O.{row['smiles']}.CCO", Chem.MolToSmiles(mol, kekuleSmiles=False, allHsExplicit=True)):
        assert structure_verdict(disguise, "molecule").verdict == "block", disguise
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 6:
            atom.SetIsotope(13)
            atom.SetAtomMapNum(1)
    assert structure_verdict(Chem.MolToSmiles(mol), "molecule").verdict == "block"


def test_medicines_warn_whatever_their_salt_and_analogues_block() -> None:
    for smiles in ("CNC1(c2ccccc2Cl)CCCCC1=O", "C[NH2+]C1(c2ccccc2Cl)CCCCC1=O.[Cl-]", "CNC1(c2ccccc2Cl)CCCCC1=O.Cl"):
        found = structure_verdict(smiles, "molecule")
        assert found.verdict == "warn"
        assert "ketamine" in found.rules[0].reason
    assert structure_verdict("CCNC1(c2ccccc2Cl)CCCCC1=O", "molecule").verdict == "block"


def test_known_inchikeys_of_medicines() -> None:
    for block, name in [
        ("BQJCRHHNABKAKU", "morphine"),
        ("PJMPHNIQZUBGLI", "fentanyl"),
        ("AAOVKJBEBIDNHE", "diazepam"),
        ("KWTSXDURSIMDCE", "amphetamine"),
        ("DDBREPKUVSBGFI", "phenobarbital"),
        ("YQEZLKZALYSWHR", "ketamine"),
        ("SNIOPGDIGTZGOP", "nitroglycerin"),
        ("UZHSEJADLWPNLE", "naloxone"),
        ("DUGOZIWVEXMGBE", "methylphenidate"),
    ]:
        assert medicines()[block].name == name
    assert {medicine.status for medicine in medicines().values()} == {"controlled", "not controlled", "energetic", "cytotoxic"}


def test_ions_and_methane_that_the_list_holds_by_mistake_do_not_match() -> None:
    assert not set(MISASSIGNED) & set(regulated())
    for smiles in ("C", "[Na+].[Cl-]", "N", "CCCC(=O)[O-].[K+]", "CC(=O)[O-].[NH4+]"):
        assert structure_verdict(smiles, "molecule").verdict == "allow"
    for smiles in ("[Na+].[F-]", "[K+].[C-]#N", "[K+].[F-].F"):
        assert structure_verdict(smiles, "molecule").rules[0].id == "regulated.australia_group"


def test_a_listed_chemical_names_its_list_and_the_severest_list_wins() -> None:
    found = structure_verdict("CP(=O)(F)F", "molecule")
    assert {"regulated.schedule_1", "regulated.australia_group"} <= {hit.id for hit in found.rules}
    assert found.verdict == "block"
    assert found.rules[0].verdict == "block"


def test_azo_dyes_are_cleaved() -> None:
    found = structure_verdict("COc1ccccc1N=Nc1c(O)ccc2ccccc12", "molecule")
    assert [hit.id for hit in found.rules] == ["warn.azo_amine"]
    assert "o-anisidine" in found.rules[0].reason
    hydrazone = structure_verdict("COc1ccccc1NN=C1C(=O)C=Cc2ccccc12", "molecule")
    assert "warn.azo_amine" in [hit.id for hit in hydrazone.rules]
    assert structure_verdict("CCN(CC)c1ccc(N=Nc2ccc(C#N)cc2)cc1", "molecule").verdict == "allow"
    assert len(restricted_amines()) == 22


def test_the_keys_of_the_restricted_amines_are_those_of_their_structures() -> None:
    for row in data.rows("tools.safety", "tables/aromatic_amines.tsv"):
        assert inchikey(Chem.MolFromSmiles(row["smiles"])) == row["inchikey"], row["name"]


@each_row(
    ("psmiles", "verdict", "rule"),
    [
        ("*CC*", "allow", ""),
        ("*c1ccc(Oc2ccc(N3C(=O)c4ccc5c(c4C3=O)C(=O)N(*)C5=O)cc2)cc1", "allow", ""),
        ("*N=P(*)(OC)OC", "allow", ""),
        ("*CC(*)C(=O)[O-].[Na+]", "allow", ""),
        ("*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1", "warn", "warn.bisphenol_polymer"),
        ("*Oc1ccc(cc1)C(C)(C)c1ccc(cc1)OC(=O)*", "warn", "warn.bisphenol_polymer"),
        ("*c1ccc(OC(=O)Oc2ccc(C(*)(C)C)cc2)cc1", "warn", "warn.bisphenol_polymer"),
        ("*C(F)(F)C(*)(F)F", "warn", "warn.pfas"),
        ("*CC(*)O[N+](=O)[O-]", "block", "energetic.polynitrate"),
        ("*CC(CN=[N+]=[N-])O*", "block", "energetic.azide"),
        ("*CC(COC(C)(C)[N+](=O)[O-])([N+](=O)[O-])*", "allow", ""),
        ("*C([N+](=O)[O-])([N+](=O)[O-])C*", "block", "energetic.gem_dinitro"),
        ("*CC(*)OP(C)(=O)F", "block", "cwa.phosphonofluoridate"),
    ],
)
def test_polymers(psmiles: str, verdict: str, rule: str) -> None:
    found = structure_verdict(psmiles, "polymer")
    assert found.verdict == verdict, found.rules
    assert (rule in [hit.id for hit in found.rules]) or not rule


def test_alerts_only_for_drug_like_molecules() -> None:
    rhodanine = "O=C1NC(=S)SC1=Cc1ccccc1"
    assert structure_verdict(rhodanine, "molecule").verdict == "allow"
    found = alert_verdict(rhodanine, "molecule")
    assert {"alert.pains", "alert.brenk"} & {hit.id for hit in found.rules}
    assert found.verdict == "warn"
    assert alert_verdict("*CC(*)N=Nc1ccccc1", "polymer").verdict == "allow"
    assert alert_verdict("not a structure", "molecule").verdict == "block"


def test_what_stands_beside_a_repeat_unit_is_screened_too() -> None:
    assert structure_verdict("*CC(*)C(=O)O.CCN", "polymer").verdict == "allow"
    found = structure_verdict("*CC(*)C(=O)O.CC(C)OP(C)(=O)F", "polymer")
    assert found.verdict == "block"
    assert found.rules == structure_verdict("CC(C)OP(C)(=O)F", "molecule").rules


@pytest.mark.parametrize("smiles", ["", "C(", "not a structure", "C" * 100_000, "C*", "C1CC"])
def test_what_cannot_be_read_is_blocked(smiles: str) -> None:
    found = structure_verdict(smiles, "molecule")
    assert found.verdict == "block"
    assert found.rules[0].id == "guard.unreadable"


def test_a_failure_inside_the_guard_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("rules are gone")

    monkeypatch.setattr(structure, "possible_rules", broken)
    found = structure_verdict("CCO", "molecule")
    assert (found.verdict, found.rules[0].id) == ("block", "guard.failure")
    monkeypatch.setattr(goal_text, "goal_hits", broken)
    assert guard.goal_verdict("a solvent").rules[0].id == "guard.failure"


def test_routes_are_screened_with_their_reagents() -> None:
    route = Route(
        status="by construction",
        steps=[
            RouteStep(reaction="acylation", reactants=["CCNCC", "O=C(Cl)c1ccccc1"], product="CCN(CC)C(=O)c1ccccc1"),
            RouteStep(reaction="chlorination", reactants=["OC(=O)c1ccccc1", "O=S(Cl)Cl"], product="O=C(Cl)c1ccccc1"),
        ],
        starting_materials=[
            Material(name="diethylamine", smiles="CCNCC"),
            Material(name="benzoyl chloride", smiles="O=C(Cl)c1ccccc1"),
            Material(name="a unit", smiles="*CC*"),
        ],
    )
    screened = guarded_materials(route)
    assert [material.verdict for material in screened.starting_materials] == ["warn", "allow", "allow", "warn"]
    assert screened.starting_materials[0].rules == ["regulated.australia_group"]
    assert screened.starting_materials[3].role == "intermediate"
    assert route.starting_materials[0].verdict == "allow"


def test_rules_are_well_formed_and_versioned() -> None:
    rules = structure_rules()
    assert len(rules) > 60
    assert all(rule.reason.endswith(".") for rule in rules)
    assert rules_version() == guard_version()
    assert len(guard_version()) == 12


def test_the_version_of_the_rules_is_that_of_what_ships_not_of_what_is_kept_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first process that reads a table keeps it parsed beside it; the runs of the next ones have the same rules."""
    for name in ("rules/goal.toml", "tables/treaties.tsv", "guard.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(safety_rules, "HERE", tmp_path)
    before = safety_rules.rules_version()
    (tmp_path / "rules/__pycache__").mkdir()
    (tmp_path / "rules/__pycache__/goal.toml.cpython-311.pyc").write_bytes(b"parsed")
    assert safety_rules.rules_version() == before
    (tmp_path / "rules/goal.toml").write_text("other")
    assert safety_rules.rules_version() != before
