"""The optimiser is deterministic, improves, never asks twice, bears failed scores, and finds its way from nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdkit import Chem
from rdkit.Chem import QED, Crippen

from tools.optimise.archive import Archive, Structure, makeable
from tools.optimise.optimiser import Optimiser, OptimiserConfig
from tools.optimise.start import neutral_structure, shipped_start_set
from tools.proposers.evolution.seen import Seen
from tools.surrogate.features import features

SMALL = OptimiserConfig(offspring=80, generations=2, pool=80, learn_from=200)


def _play(seed: int, score: Callable[[Chem.Mol], float | None], calls: int) -> tuple[list[str], list[float | None]]:
    """What is asked for and told in the first ``calls`` of a budget of 2,000: a hundred at random, then batches of fifty."""
    optimiser = Optimiser(shipped_start_set(), budget=2000, seed=seed, config=SMALL)
    asked: list[str] = []
    scores: list[float | None] = []
    while len(asked) < calls:
        batch = optimiser.ask()
        told = [score(Chem.MolFromSmiles(s)) for s in batch]
        optimiser.tell(batch, told)
        asked += batch
        scores += told
    return asked, scores


def _logp(mol: Chem.Mol) -> float:
    return -abs(float(Crippen.MolLogP(mol)) - 6.0)


def test_same_seed_same_structures() -> None:
    first, again, other = (_play(seed, _logp, 200)[0] for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_it_improves_and_never_asks_twice() -> None:
    asked, scores = _play(1, lambda m: float(QED.qed(m)), 200)
    assert len(set(asked)) == len(asked)
    assert all(Chem.CanonSmiles(s) == s for s in asked)
    numbers = [s for s in scores if s is not None]
    assert max(numbers[100:]) > max(numbers[:100])
    assert sum(numbers[100:]) / len(numbers[100:]) > sum(numbers[:100]) / 100 + 0.1


def test_failed_scores_are_borne() -> None:
    asked, scores = _play(2, lambda m: None if m.GetNumAtoms() % 2 else _logp(m), 200)
    assert None in scores[100:] or None in scores[:100]
    assert len(set(asked)) == len(asked) >= 200
    assert len(_play(2, lambda m: float("nan"), 150)[0]) >= 150


def test_without_any_signal_it_recombines_and_climbs_once_there_is_one() -> None:
    smarts = Chem.MolFromSmarts("c1ccccc1-C-*-*-*-*-c1ccccc1")
    asked, scores = _play(3, lambda m: float(m.GetNumAtoms()) if m.HasSubstructMatch(smarts) else 0.0, 300)
    first = next(i for i, s in enumerate(scores) if s)
    assert max(Chem.MolFromSmiles(s).GetNumHeavyAtoms() for s in asked[100:150]) >= 28
    assert first >= 100
    assert sum(bool(s) for s in scores[first:]) > 10


def test_structures_that_were_not_asked_for_are_taken() -> None:
    optimiser = Optimiser(shipped_start_set(), budget=50, config=SMALL)
    optimiser.tell(["c1ccccc1CCN", "no smiles"], [0.5, 0.9])
    assert optimiser.best == 0.5


def test_an_empty_start_set_gives_nothing() -> None:
    assert Optimiser([], budget=50).ask() == []


def test_what_the_guard_blocks_is_never_asked_for() -> None:
    sarin = "CC(C)OP(C)(=O)F"
    asked = Optimiser([sarin, "c1ccccc1CCN", "CCCCO"], budget=50, config=SMALL).ask()
    assert set(asked) == {"NCCc1ccccc1", "CCCCO"}
    assert Optimiser([sarin], budget=50, config=SMALL).ask() == []


def test_neutral_structure() -> None:
    assert Chem.MolToSmiles(neutral_structure("C[NH2+]CC(=O)[O-]") or Chem.Mol()) == "CNCC(=O)O"
    assert Chem.MolToSmiles(neutral_structure("C[N+](C)(C)C[C@H](O)C") or Chem.Mol()) == "CC(O)C[N+](C)(C)C"
    assert Chem.MolToSmiles(neutral_structure("c1ccccc1[N+](=O)[O-]") or Chem.Mol()) == "O=[N+]([O-])c1ccccc1"
    assert neutral_structure("CCO.CC") is None
    assert neutral_structure("nonsense") is None


def test_makeable() -> None:
    assert makeable(Chem.MolFromSmiles("CC(=O)Nc1ccc(O)cc1"))
    assert not makeable(Chem.MolFromSmiles("C=C=C=C"))
    assert not makeable(Chem.MolFromSmiles("CC1(C)C2CCC1(C)C(=O)C2"))  # camphor, SA score above 4


def test_the_archive_keeps_the_best_and_the_newest() -> None:
    archive = Archive(capacity=20)
    mol = Chem.MolFromSmiles("CCO")
    known = features(mol)
    for number in range(200):
        archive.add(Structure(f"{number}", mol, known, score=float(number == 7) + number / 1000))
    assert len(archive.held) <= 22
    assert archive.told == 200
    assert "7" in {s.smiles for s in archive.held}
    assert "199" in {s.smiles for s in archive.held}


def test_seen_is_a_set_of_fixed_size() -> None:
    seen = Seen(1024)
    assert seen.add("CCO")
    assert not seen.add("CCO")
    assert "CCO" in seen
    assert "CCN" not in seen
    for number in range(400):
        seen.add(str(number))
    assert sum(str(n) in seen for n in range(400)) > 390
    assert not any(f"x{n}" in seen for n in range(5000))


@pytest.mark.parametrize("smiles", ["Cc1ccc2[nH]c(=O)n(C)c2c1", "OB(O)c1ccc(N)cc1", "O=C(NCC#N)C1CC1", "Nc1ccn2ncc(Br)c2n1"])
def test_a_packed_structure_is_varied_as_it_was(smiles: str) -> None:
    """Atoms, bonds and rings keep their order: which of them a move takes is drawn by number."""
    mol = Chem.MolFromSmiles(smiles)
    mol = Chem.RenumberAtoms(mol, list(reversed(range(mol.GetNumAtoms()))))
    kept, packed = (Structure(smiles, Chem.Mol(mol), features(mol)) for _ in range(2))
    assert packed.makeable == kept.makeable
    packed.rest()
    assert isinstance(packed.given, bytes)
    assert len(packed.given) < 1000
    for one, other in ((kept.mol, packed.mol), (kept.work, packed.work)):
        assert Chem.MolToSmiles(one, canonical=False) == Chem.MolToSmiles(other, canonical=False)
        assert [b.GetBeginAtomIdx() for b in one.GetBonds()] == [b.GetBeginAtomIdx() for b in other.GetBonds()]
        assert list(map(list, one.GetRingInfo().AtomRings())) == list(map(list, other.GetRingInfo().AtomRings()))
    assert packed.charge == kept.charge
