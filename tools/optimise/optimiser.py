"""The optimiser: ``ask`` for structures, ``tell`` their scores, whatever gives them.

It starts from a draw of the start set. Then, round by round, a Gaussian process learns from the scores
(:mod:`tools.surrogate.process`), structures are bred for several generations against its predictions, and the most promising ones are asked
for: by the mean, or by the mean plus one or two deviations, part of them from the makeable ones only. The idea of breeding against a model with a
Tanimoto kernel: Tripp, Simm and Hernández-Lobato 2021, "A fresh look at de novo molecular design benchmarks". While no score stands out,
large recombinations of the start set are asked for, which hold more different motifs than its members do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from rdkit import Chem, rdBase

from core.seeding import generator
from tools.optimise.archive import Archive, Structure
from tools.optimise.start import neutral_structure
from tools.proposers.evolution.seen import Seen
from tools.proposers.evolution.variation import VariationConfig, cross, mutate
from tools.safety.guard import structure_verdict
from tools.surrogate.features import block, features
from tools.surrogate.process import Surrogate

#: Batches in a row that the guard may block entirely before the optimiser gives up.
GUARDED_TRIES = 20


@dataclass(frozen=True)
class OptimiserConfig:
    """Settings of the optimiser; the same for every task.

    Attributes:
        parents: how many of the best are varied.
        offspring: structures bred in one generation against the surrogate.
        generations: such generations before each batch; one less before the large batches of the end.
        pool: members of the start set that the surrogate ranks beside the offspring during the first ``pool_calls`` scores.
        pool_calls: see ``pool``.
        learn_from: structures that the surrogate learns from.
        makeable_share: part of each batch, and of the parents, that is taken from makeable structures only.
        min_heavy_atoms, max_heavy_atoms: size of what is proposed.
        variation: how structures are varied.
    """

    parents: int = 60
    offspring: int = 270
    generations: int = 3
    pool: int = 2000
    pool_calls: int = 600
    learn_from: int = 900
    makeable_share: float = 0.4
    min_heavy_atoms: int = 3
    max_heavy_atoms: int = 55
    variation: VariationConfig = field(default_factory=VariationConfig)


class Optimiser:
    """Black-box optimisation over molecules by ``ask`` and ``tell``; the same seed, start set and scores give the same structures.

    Memory is bounded: the archive, the pool and the table of known structures have fixed sizes.
    """

    def __init__(
        self,
        start: Sequence[str],
        *,
        first: Sequence[str] = (),
        budget: int = 10_000,
        seed: int = 0,
        config: OptimiserConfig | None = None,
    ) -> None:
        """``start``: SMILES to draw the beginning from. ``first``: SMILES that are asked for before anything else, in their order. ``budget``:
        how many scores there will be, which sets the size of the batches.
        """
        self.config = config or OptimiserConfig()
        self.budget = max(1, budget)
        self.archive = Archive()
        self.bred = 0
        self._rng = generator(seed, "optimise", 0, "structures")
        self._numbers = np.random.default_rng(self._rng.getrandbits(64))
        self._surrogate = Surrogate()
        self._known = Seen(1 << 18)
        self._waiting: dict[str, Structure] = {}
        self._pool: list[Structure] | None = None
        self._given = self._readable(first)
        self._draw = self._drawn(list(start))

    @property
    def best(self) -> float | None:
        """The best score so far; None before the first."""
        return max((s.score for s in self.archive.held if s.score is not None), default=None)

    def ask(self) -> list[str]:
        """The next batch of canonical SMILES, none of which was asked for before; [] when nothing new can be found.

        What the safety guard blocks is left out of the batch and never asked for.
        """
        for _ in range(GUARDED_TRIES):
            with rdBase.BlockLogs():
                batch = self._batch(self._batch_size())
            allowed = [s for s in batch if structure_verdict(s.smiles, "molecule").verdict != "block"]
            for structure in batch:
                self._known.add(structure.smiles)
            self._waiting.update((s.smiles, s) for s in allowed)
            for structure in (*batch, *self.archive.held, *(self._pool or ())):
                structure.rest()
            if allowed or not batch:
                return [s.smiles for s in allowed]
        return []

    def _batch(self, wanted: int) -> list[Structure]:
        given = list(islice(self._given, wanted))
        if given and self.archive.told + len(given) >= self._first():
            return given
        if self.archive.told < self._first():
            drawn = [s for s, _ in zip(self._draw, range(wanted - len(given)), strict=False)]
            return [*given, *drawn] or self._recombined(wanted)
        return self._promising(wanted) if self.archive.parents(1) else self._recombined(wanted)

    def tell(self, smiles: Sequence[str], scores: Sequence[float | None]) -> None:
        """Take in scores, higher is better; None for a failed evaluation. Also takes structures that were not asked for.

        Raises ValueError if there are not as many scores as structures.
        """
        with rdBase.BlockLogs():
            for text, score in zip(smiles, scores, strict=True):
                structure = self._waiting.pop(text, None) or self._structure(text)
                if structure is not None and score is not None and np.isfinite(score):
                    self._known.add(structure.smiles)
                    structure.score = float(score)
                    self.archive.add(structure)
        self._waiting.clear()

    def _first(self) -> int:
        return min(100, max(10, self.budget // 20))

    def _batch_size(self) -> int:
        told = self.archive.told
        if told < self._first():
            return self._first()
        small = min(50, max(5, self.budget // 40))
        return small if told < 1000 else 100 if told < 2000 else 250 if told < 5000 else 500

    def _structure(self, smiles: str) -> Structure | None:
        mol = neutral_structure(smiles)
        return Structure(Chem.MolToSmiles(mol), mol, features(mol)) if mol is not None else None

    def _readable(self, given: Sequence[str]) -> Iterator[Structure]:
        """The readable members of ``given`` in their order, each once."""
        for text in given:
            structure = self._structure(text)
            if structure is not None and self._known.add(structure.smiles):
                yield structure

    def _drawn(self, start: list[str]) -> Iterator[Structure]:
        """The readable members of the start set in random order, each once."""
        for index in range(len(start)):
            other = self._rng.randrange(index, len(start))
            start[index], start[other] = start[other], start[index]
            structure = self._structure(start[index])
            if structure is not None and structure.smiles not in self._known and structure.workable:
                yield structure

    def _ranked_pool(self) -> list[Structure]:
        """Members of the start set that were not scored yet, while they are still of use."""
        if self._pool is None:
            self._pool = []
            for structure, _ in zip(self._draw, range(self.config.pool), strict=False):
                structure.rest()
                self._pool.append(structure)
        if self.archive.told > self.config.pool_calls:
            return []
        return [s for s in self._pool if s.smiles not in self._known]

    def _recombined(self, wanted: int) -> list[Structure]:
        """Large crossovers of members of the start set."""
        sources = self._ranked_pool() or self._pool or []
        sources = sources + [s for s in self.archive.held if s.workable]
        found: dict[str, Structure] = {}
        failures = 0
        while sources and len(found) < wanted and failures < 2000:
            first, second = self._rng.choice(sources), self._rng.choice(sources)
            failures += 1
            if first.mol.GetNumAtoms() + second.mol.GetNumAtoms() < 34 and failures < 1000:
                continue
            child = self._child(first, second, large=True)
            if child is not None and child.smiles not in found:
                found[child.smiles] = child
                failures = 0
        return list(found.values())

    def _child(self, first: Structure, second: Structure, large: bool = False) -> Structure | None:
        """One try at a new structure within the limits; None if it failed. ``large``: a crossover of at least 28 heavy atoms."""
        one, two, config = first.work, second.work, self.config
        if one is None or two is None:
            return None
        if first is not second and (large or self._rng.random() < config.variation.crossover):
            mol, _ = cross(one, two, self._rng, config.variation)
        else:
            mol, _ = mutate(Chem.RWMol(one), self._rng, config.variation)
        if mol is None or not config.min_heavy_atoms <= mol.GetNumHeavyAtoms() <= config.max_heavy_atoms:
            return None
        if Chem.GetFormalCharge(mol) not in (first.charge, second.charge) or (large and mol.GetNumHeavyAtoms() < 28):
            return None
        smiles = Chem.MolToSmiles(mol)
        return Structure(smiles, mol, features(mol)) if smiles not in self._known else None

    def _learn(self) -> None:
        rows = self.archive.sample(self.config.learn_from, self._numbers)
        held = [self.archive.held[int(i)] for i in rows]
        self._surrogate.fit(block([s.features for s in held]), np.array([s.score for s in held], dtype=np.float64))

    def _judge(self, structures: list[Structure]) -> None:
        """Write the surrogate's predictions into ``structures``."""
        for begin in range(0, len(structures), 500):
            part = structures[begin : begin + 500]
            means, deviations = self._surrogate.predict(block([s.features for s in part]))
            for structure, mean, deviation in zip(part, means, deviations, strict=True):
                structure.mean, structure.deviation = round(float(mean), 6), round(float(deviation), 6)

    def _promising(self, wanted: int) -> list[Structure]:
        """Breed against the surrogate and choose the batch."""
        self._learn()
        pool = self._ranked_pool()
        self._judge(pool)
        pool = sorted(pool, key=_hope, reverse=True)[:150]
        found = {s.smiles: s for s in pool}
        size = max(self.config.offspring, wanted)
        free = self.archive.parents(self.config.parents)
        kept = self.archive.parents(self.config.parents, only_makeable=True)
        for generation in range(self.config.generations if wanted < 500 else self.config.generations - 1):
            ranked = sorted(found.values(), key=_hope, reverse=True)
            lanes = (
                (free, ranked[: self.config.parents] if generation else []),
                (kept or free, _first_makeable(ranked, self.config.parents) if generation else []),
            )
            bred = self._breed(lanes, size, found)
            self._judge(bred)
            found.update((s.smiles, s) for s in bred)
        batch = self._choose(list(found.values()), wanted)
        scarce = wanted // 4 if len(free) < 10 else 0
        if scarce:
            batch = batch[: wanted - scarce] + [s for s in self._recombined(scarce) if s.smiles not in {b.smiles for b in batch}]
        return batch

    def _breed(self, lanes: Sequence[tuple[list[Structure], list[Structure]]], size: int, found: dict[str, Structure]) -> list[Structure]:
        """New structures from scored parents and, after the first generation, from promising unscored ones."""
        bred: dict[str, Structure] = {}
        failures = 0
        while len(bred) < size and failures < 300:
            scored, unscored = lanes[int(self._rng.random() < self.config.makeable_share)]
            parents = [self._pick(unscored if unscored and self._rng.random() < 0.6 else scored) for _ in range(2)]
            child = self._child(parents[0], parents[1])
            if child is None or child.smiles in bred or child.smiles in found:
                failures += 1
                continue
            failures = 0
            bred[child.smiles] = child
        self.bred += len(bred)
        return list(bred.values())

    def _pick(self, structures: list[Structure]) -> Structure:
        return structures[int(len(structures) * self._rng.random() ** 2)]

    def _choose(self, candidates: list[Structure], wanted: int) -> list[Structure]:
        """The batch: in turn the best by mean plus a drawn number of deviations, ``makeable_share`` of it from makeable ones only."""
        weights = (0.0, 0.5, 1.0, 2.0)
        orders = [sorted(candidates, key=lambda s, w=w: (-(s.mean + w * s.deviation), s.smiles)) for w in weights]  # type: ignore[misc]
        places = {(o, lane): 0 for o in range(len(weights)) for lane in (False, True)}
        chosen: dict[str, Structure] = {}
        for number in range(wanted):
            lane = (number % 10) < 10 * self.config.makeable_share
            drawn = int(self._numbers.integers(len(weights)))
            order, place = orders[drawn], places[drawn, lane]
            while place < len(order) and (order[place].smiles in chosen or (lane and not order[place].makeable)):
                place += 1
            places[drawn, lane] = place + 1
            if place < len(order):
                chosen[order[place].smiles] = order[place]
        return list(chosen.values())


def _hope(structure: Structure) -> tuple[float, str]:
    """What breeding climbs: the mean plus one deviation."""
    return structure.mean + structure.deviation, structure.smiles


def _first_makeable(ranked: list[Structure], count: int) -> list[Structure]:
    """The first ``count`` makeable structures among the better half of ``ranked``."""
    found: list[Structure] = []
    for structure in ranked[: max(count, len(ranked) // 2)]:
        if len(found) >= count:
            break
        if structure.makeable:
            found.append(structure)
    return found
