"""The oracles give the values that their definitions and other people's computations give."""

from __future__ import annotations

import math

import pytest
from rdkit import Chem

from evals.benchmarks.pmo import oracles
from evals.benchmarks.pmo.oracles import TASKS, geometric_mean, isomer_score, oracle
from tests.tables import each_row

# Scores computed by others with TDC: the data sets liuganghuggingface/demodiff_downstream and MolGen/ZINC_250K_prop_train_val_split on
# huggingface.co (the latter to six digits).
PUBLISHED = [
    ("albuterol_similarity", "CCC(C)(O)CNCc1cc(C)ccc1O", 0.7619047619047619),
    ("albuterol_similarity", "CCCCCNCC(O)c1ccc(O)c(CO)c1", 0.9696969696969696),
    ("albuterol_similarity", "COC(=O)c1cc(O)cc(C(O)CNC(C)(C)C)c1", 0.8505747126436782),
    ("albuterol_similarity", "Nc1nc(N)c2c(Cl)c(NC(=O)Cc3ccc(Br)cc3)ccc2n1", 0.1904761904761904),
    ("perindopril_mpo", "CCOC(=O)[C@H](CSCc1ccc2ccccc2c1)NC(C)C(=O)N1[C@@H]2CCCC[C@@H]2C[C@H]1C(=O)O", 0.7662610281769212),
    ("perindopril_mpo", "CCOC(=O)C(Cc1c[nH]c2ccccc12)N[C@@H](C)C(=O)N1C(C(=O)O)CC2CCCCC21", 0.7897862851668316),
    ("perindopril_mpo", "COC(=O)[C@@H]1C[C@H]2CCCC[C@@H]2N1C(=O)c1cn(Cc2ccccc2)nn1", 0.5437390678561211),
    ("zaleplon_mpo", "Nc1nc(N)c2c(n1)CCC(c1ccccc1)C2", 0.0441147402612192),
    ("zaleplon_mpo", "CN(C)C(=O)CCCNC(=O)c1ccnc(OC(C)(C)C)c1", 0.0064962274160448),
    ("zaleplon_mpo", "Cc1ccc(NC(=O)c2cccc(Oc3ncccn3)c2)c(C)c1", 0.5023310149673528),
    ("zaleplon_mpo", "Nc1nc2ccccc2c2nc(-c3ccco3)nn12", 0.0002908148131978),
    ("albuterol_similarity", "CC[C@@H]1CCCC[C@H]1c1noc(-c2cn3c(n2)COCC3)n1", 0.194444),
    ("amlodipine_mpo", "CC[C@@H]1CCCC[C@H]1c1noc(-c2cn3c(n2)COCC3)n1", 0.095698),
    ("celecoxib_rediscovery", "CC[C@@H]1CCCC[C@H]1c1noc(-c2cn3c(n2)COCC3)n1", 0.0625),
    ("deco_hop", "CC[C@@H]1CCCC[C@H]1c1noc(-c2cn3c(n2)COCC3)n1", 0.524572),
]


def _score(task: str, smiles: str) -> float:
    return oracle(task)(Chem.MolFromSmiles(smiles))


@each_row(("task", "smiles", "value"), PUBLISHED)
def test_published_scores(task: str, smiles: str, value: float) -> None:
    assert _score(task, smiles) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("task", "smiles"),
    [
        ("albuterol_similarity", oracles.ALBUTEROL),
        ("celecoxib_rediscovery", oracles.CELECOXIB),
        ("mestranol_similarity", oracles.MESTRANOL),
        ("thiothixene_rediscovery", oracles.THIOTHIXENE),
        ("troglitazone_rediscovery", oracles.TROGLITAZONE),
        ("isomers_c7h8n2o2", "COc1cc(C(=O)N)ncc1"),
        ("isomers_c9h10n2o2pf2cl", "NC(=O)NCc1ccc(P(O)C(F)(F)Cl)cc1"),
    ],
)
def test_the_reference_scores_one(task: str, smiles: str) -> None:
    assert _score(task, smiles) == pytest.approx(1.0)


def test_references_of_the_other_tasks_by_their_definitions() -> None:
    # one aromatic ring where two are wanted: exp(-0.5 (2/0.5)^2) at full similarity; two rings where three are wanted
    assert _score("perindopril_mpo", oracles.PERINDOPRIL) == pytest.approx(math.sqrt(math.exp(-8)))
    assert _score("amlodipine_mpo", oracles.AMLODIPINE) == pytest.approx(math.sqrt(math.exp(-2)))
    # sitagliptin itself: everything right but a similarity of 1 where 0 is wanted
    assert _score("sitagliptin_mpo", oracles.SITAGLIPTIN) == pytest.approx(math.exp(-50 / 4))
    # similarity 1, decorations of the kind to be avoided; scaffold present (deco) and present where it must not be (scaffold hop)
    assert _score("deco_hop", oracles.PHARMACOPHORE) == pytest.approx(0.5)
    assert _score("scaffold_hop", oracles.PHARMACOPHORE) == pytest.approx(2 / 3)
    assert _score("valsartan_smarts", oracles.SITAGLIPTIN) == 0.0
    assert 0 < _score("valsartan_smarts", "CCCCC(=O)N(Cc1ccc(cc1)c1ccccc1c1nn[nH]n1)C(C(C)C)C(=O)O") < 1e-9
    assert _score("median1", oracles.CAMPHOR) == pytest.approx(math.sqrt(_similarity(oracles.CAMPHOR, oracles.MENTHOL)))


def _similarity(one: str, two: str) -> float:
    return oracles._similarity(two, "ECFP4")(Chem.MolFromSmiles(one))


def test_isomers_count_the_atoms_of_the_molecule() -> None:
    c11h24 = isomer_score("C11H24")
    assert c11h24(Chem.MolFromSmiles("CC(CCC)CCCCCC")) == pytest.approx(1.0)
    assert c11h24(Chem.MolFromSmiles("CCCCCCCCCCCO")) == pytest.approx(math.exp(-0.5 * 0.25) ** (1 / 3))
    assert isomer_score("C7H8N2O2")(Chem.MolFromSmiles("CC")) < 0.01


def test_geometric_mean_does_not_underflow() -> None:
    assert geometric_mean([1e-300, 1e-300, 1e-300]) == pytest.approx(1e-300, rel=1e-6)
    assert geometric_mean([0.0, 1.0]) == 0.0


def test_every_oracle_scores_between_zero_and_one() -> None:
    assert len(TASKS) == 20
    for task in TASKS:
        for smiles in ("CCO", oracles.OSIMERTINIB, "[NH3+]CC(=O)[O-]"):
            assert 0.0 <= _score(task, smiles) <= 1.0
