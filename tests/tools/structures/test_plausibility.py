"""Each plausibility rule catches its example and lets its counterexample pass; ordinary compounds pass them all."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest
from rdkit import Chem

from tests.tables import each_row
from tools.structures.plausibility import RING_RULES, first_violation, first_violation_of, rules, violations
from tools.synthesis.blocks import building_blocks


def _ids(smiles: str) -> list[str]:
    return [rule for rule, _ in violations(Chem.MolFromSmiles(smiles))]


@each_row("rule", rules())
def test_rule_examples(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.id in _ids(rule.bad)
    assert _ids(rule.good) == []
    assert rule.reason


def test_rule_ids_are_unique() -> None:
    ids = [r.id for r in rules()] + list(RING_RULES)
    assert len(ids) == len(set(ids))
    assert len(ids) >= 58


@pytest.mark.parametrize(
    ("smiles", "rule"),
    [
        ("C1CCCCCCC1", "ring-size"),
        ("C1C=CC=CCN1", "ring-polyene"),
        ("C1CC2CC1C1CC2C1", "ring-cage"),
        ("C1CC2CCC1=C2", "ring-bredt"),
        ("C1C2C1C2", "ring-spiro-fused"),
        ("c1cc2cc1CC2", "ring-bredt"),
    ],
)
def test_ring_rules(smiles: str, rule: str) -> None:
    mol = Chem.MolFromSmiles(smiles)
    if mol is not None:
        assert rule in _ids(smiles) or first_violation(mol)
    else:
        assert rule == "ring-bredt"


@each_row(
    "smiles",
    [
        "CC(=O)Oc1ccccc1C(=O)O",
        "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
        "CC(C)Cc1ccc(cc1)C(C)C(=O)O",
        "C1C2CC3CC1CC(C2)C3",
        "CC1(C)C2CCC1(C)C(=O)C2",
        "O=C1c2ccccc2C(=O)c2ccccc12",
        "CN(C)c1ccc(cc1)N=Nc1ccc(cc1)[N+](=O)[O-]",
        "CC(=O)Nc1ccc(O)cc1",
        "CN1C2CCC1CC(C2)OC(=O)C(CO)c1ccccc1",
        "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F",
        "O=C(NN=Cc1ccccc1)c1ccncc1",
        "CN1CCN(CC1)C1=Nc2cc(Cl)ccc2Nc2ccccc12",
        "C[N+](C)(C)CCO",
        "F[B-]1(F)n2c(C)cc(C)c2C=C2C=CC=[N+]12",
    ],
)
def test_known_compounds_pass(smiles: str) -> None:
    assert _ids(smiles) == []


def test_the_first_rule_is_one_of_all_that_are_broken() -> None:
    """What saves time (features that a rule needs) loses nothing, and a broken rule on rings hides no other one."""
    for rule in rules():
        for query in rule.queries:
            for smiles in (rule.bad, rule.good):
                if rule.needs and Chem.MolFromSmiles(smiles).HasSubstructMatch(query):
                    assert rule.id in _ids(smiles)
    assert first_violation(Chem.MolFromSmiles("CCOOCC")) == "peroxide"
    assert {"ring-size", "ring-spiro-fused"} <= set(_ids("C1CCCCCCCCC1CC1C2CC12"))


def test_most_building_blocks_that_are_not_reagents_pass() -> None:
    hits = [v for b in building_blocks() if (v := first_violation(b.mol)) and v != "reagent"]
    assert len(hits) < 0.06 * len(building_blocks())


with Path(__file__).with_name("ordinary_compounds.tsv").open(encoding="utf-8", newline="") as table:
    ORDINARY = list(csv.DictReader(table, delimiter="\t"))


def test_no_false_alarm_on_ordinary_compounds() -> None:
    kinds = [row["kind"] for row in ORDINARY]
    assert len(ORDINARY) >= 150
    assert set(kinds) == {"drug", "dye", "monomer", "solvent"}
    assert {row["name"]: hits for row in ORDINARY if (hits := _ids(row["smiles"]))} == {}


#: Compounds with a common name that a rule is right about: reactive monomers and reagents, initiators, and ring systems of their own.
MEANT = {
    "azulene", "beta-carotene", "porphine", "1,3-butadiene", "isoprene", "hexamethylene diisocyanate", "isophorone diisocyanate",
    "methylene diphenyl diisocyanate", "toluene diisocyanate", "hexamine", "ferrocene", "azobisisobutyronitrile", "benzoyl peroxide",
}  # fmt: skip


def test_few_common_names_are_caught_and_each_is_meant() -> None:
    rows = csv.DictReader(files("tools.structures").joinpath("common_names.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")
    mols = {row["name"]: Chem.MolFromSmiles(row["smiles"]) for row in rows if "*" not in row["smiles"]}
    caught = {name for name, mol in mols.items() if mol is not None and mol.GetNumAtoms() > 1 and violations(mol)}
    assert caught <= MEANT


@each_row(
    ("smiles", "rule"),
    [
        ("CC=C=C", "cumulene"),
        ("CC(C)=C=O", "cumulene"),
        ("C1=CC=C=CC1", "cumulene"),
        ("CN(Cl)C", "n-halogen"),
        ("CC(O)(O)C", "gem-diol"),
        ("CC(O)N(C)C", "hemiaminal"),
        ("C=C(C)O", "enol"),
        ("C1CC1=C=C", "cumulene"),
        ("C12C3C4C1C5C2C3C45", "ring-spiro-fused"),
        ("CNNNC", "n-chain"),
        ("COOC", "peroxide"),
        ("CSSSC", "s-chain"),
        ("O=CCCCN", "reactive-pair"),
        ("C=CC(=O)OCCN", "michael-pair"),
        ("OC(=O)CCC1CO1", "reactive-pair"),
        ("C[Te]C", "exotic-element"),
        ("c1cc2c[nH]cc2cc1", "isoindole"),
        ("C=C(N(C)C)OC", "ketene-acetal"),
    ],
)
def test_laughable_structures_are_caught(smiles: str, rule: str) -> None:
    assert rule in _ids(smiles)


@pytest.mark.parametrize("smiles", ["CCO", "C1=CC=C=C1", "OO", "CC(=O)OC(C)=O", "C=C=C", "NN=N", "c1ccccc1"])
def test_what_is_remembered_is_what_is_found(smiles: str) -> None:
    assert [first_violation_of(smiles) for _ in range(2)] == [first_violation(Chem.MolFromSmiles(smiles))] * 2
