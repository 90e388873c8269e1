"""The engine is deterministic, improves a score, respects its limits, and reaches exact counts quickly."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from rdkit import Chem
from rdkit.Chem import QED

from core.spec import Condition, CountRequirement, DesignSpec, ElementsRequirement, Requirement
from tools.calculators.descriptors import compute_descriptor
from tools.proposers.evolution.engine import Engine, EngineConfig
from tools.proposers.evolution.repair import repair
from tools.proposers.spec_fit import spec_fit
from tools.structures.plausibility import first_violation
from tools.synthesis.blocks import building_blocks
from tools.workspace import builtin

START = [b.smiles for b in building_blocks() if 6 <= b.mol.GetNumHeavyAtoms() <= 20][::4]


def _loop(engine: Engine, score: Callable[[str], float], rounds: int, size: int) -> dict[str, float]:
    seen: dict[str, float] = {}
    for _ in range(rounds):
        asked = engine.ask(size)
        scores = [score(s) for s in asked]
        engine.tell(asked, scores)
        seen.update(zip(asked, scores, strict=True))
    return seen


def _qed(smiles: str) -> float:
    return float(QED.qed(Chem.MolFromSmiles(smiles)))


def test_same_seed_same_structures() -> None:
    runs = []
    for _ in range(2):
        engine = Engine(random.Random(11), start=START[:20])
        runs.append(_loop(engine, _qed, 4, 25))
    assert list(runs[0]) == list(runs[1])
    other = _loop(Engine(random.Random(12), start=START[:20]), _qed, 4, 25)
    assert list(other) != list(runs[0])


def test_evolution_improves_the_score() -> None:
    engine = Engine(random.Random(0), start=START)
    start = engine.ask(len(START))
    engine.tell(start, [_qed(s) for s in start])
    best = engine.population[0][1]
    _loop(engine, _qed, 8, 60)
    assert engine.population[0][1] > max(best, 0.88)
    assert len(engine.population) <= engine.config.population


def test_offspring_are_new_plausible_and_within_limits() -> None:
    config = EngineConfig(max_heavy_atoms=18, max_sa=3.5)
    engine = Engine(random.Random(2), config, accept=lambda mol: not mol.HasSubstructMatch(Chem.MolFromSmarts("[F,Cl,Br,I]")))
    engine.tell(START, [0.0] * len(START))
    asked = engine.ask(150)
    assert len(asked) == 150
    assert len(set(asked) | {Chem.CanonSmiles(s) for s in START}) == 150 + len(set(START))
    for smiles in asked:
        mol = Chem.MolFromSmiles(smiles)
        assert Chem.MolToSmiles(mol) == smiles
        assert mol.GetNumHeavyAtoms() <= 18
        assert first_violation(mol) == ""
        assert Chem.GetFormalCharge(mol) == 0
        assert compute_descriptor("sa_score", mol) <= 3.5
        assert not set("FlBrI") & {a.GetSymbol() for a in mol.GetAtoms()}


def test_failed_scores_and_unreadable_structures_are_left_out() -> None:
    engine = Engine(random.Random(0))
    engine.tell(["CCO", "CCC", "no smiles", "CCN"], [1.0, None, 3.0, float("nan")])
    assert engine.population == [("CCO", 1.0)]
    engine.forget(["CCCO"])
    assert "CCCO" not in engine.ask(30)


def test_an_engine_without_population_gives_nothing() -> None:
    assert Engine(random.Random(0)).ask(5) == []


def test_an_exhausted_engine_stops() -> None:
    engine = Engine(random.Random(0), EngineConfig(max_heavy_atoms=3, patience=100))
    engine.tell(["CCO"], [1.0])
    assert len(engine.ask(500)) < 500


def _element(number: int, symbol: str, count: int) -> CountRequirement:
    condition = Condition(comparison="==", value=count)
    return CountRequirement(id=f"R{number}", text="", what="element", name=symbol, condition=condition)


def _group(number: int, name: str, smarts: str, count: int) -> CountRequirement:
    condition = Condition(comparison="==", value=count)
    return CountRequirement(id=f"R{number}", text="", what="group", name=name, smarts=smarts, condition=condition)


GOALS: dict[str, list[Requirement]] = {
    "C8NO2": [_element(1, "C", 8), _element(2, "N", 1), _element(3, "O", 2)],
    "C12F3S": [_element(1, "C", 12), _element(2, "F", 3), _element(3, "S", 1), _element(4, "N", 2)],
    "C7H8N2O2": [
        *[_element(i, s, n) for i, (s, n) in enumerate([("C", 7), ("H", 8), ("N", 2), ("O", 2)])],
        ElementsRequirement(id="E", text="", allowed=["C", "N", "O"]),
    ],
    "two hydroxyl groups": [_group(1, "hydroxyl group", "[OX2H]", 2)],
    "nitrile and amide": [_group(1, "nitrile", "C#N", 1), _group(2, "amide", "[NX3][CX3]=O", 1), _group(3, "hydroxyl", "[OX2H]", 0)],
}


@pytest.mark.parametrize("goal", GOALS)
def test_exact_counts_are_reached_within_a_thousand_evaluations(goal: str) -> None:
    fit = spec_fit(DesignSpec(goal=goal, candidate_class="molecule", requirements=GOALS[goal]), calculators=builtin().calculators)
    engine = Engine(random.Random(4), repair=lambda mol, rng: repair(mol, fit, rng), accept=lambda mol: not fit.excluded(mol))
    engine.tell(START, [-fit.distance(Chem.MolFromSmiles(s)) for s in START])
    seen = _loop(engine, lambda s: -fit.distance(Chem.MolFromSmiles(s)), 4, 50)
    exact = [s for s, score in seen.items() if score == 0]
    assert len(exact) >= 0.5 * len(seen)
    for smiles in exact:
        mol = Chem.MolFromSmiles(smiles)
        for requirement in GOALS[goal]:
            if isinstance(requirement, CountRequirement) and requirement.what == "group":
                number = len(mol.GetSubstructMatches(Chem.MolFromSmarts(requirement.smarts)))
            elif isinstance(requirement, CountRequirement):
                symbols = [a.GetSymbol() for a in Chem.AddHs(mol).GetAtoms()]
                number = symbols.count(requirement.name)
            else:
                continue
            assert requirement.condition.holds(number), (smiles, requirement.name)
