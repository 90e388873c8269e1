"""A small beam search from assembled starts to structures at distance 0 from what a spec counts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from tools.calculators.drug_likeness import sa_score
from tools.proposers.exact.moves import RINGS, Palette, neighbours
from tools.proposers.exact.starts import assemble, forms
from tools.proposers.exemptions import Exemptions
from tools.proposers.spec_fit import SpecFit
from tools.structures.plausibility import first_violation

#: Structures kept from one step to the next.
WIDTH = 4
#: Neighbours looked at for each of them.
NEIGHBOURS = 90
#: Steps without a gain after which a start is given up.
PATIENCE = 4
#: Steps from one start.
MOST_STEPS = 40
#: Solutions found for each one wanted, and beside them; the easiest to make are kept.
SPARE = 2
#: Solutions taken from the neighbours of one structure.
PER_STEP = 3
#: Structures found that serve as starts in turn, and starts without a result after which a search ends.
POOL, BARREN = 40, 40
#: Heavy atoms up to which a distance counts as one.
ORDINARY = 30
_BASIC = ("C", "N", "O")


@dataclass
class Search:
    """One search. ``evaluations`` counts the structures whose distance was computed, large ones several times.

    Attributes:
        fit: what is counted.
        rng: the random generator of the place that searches.
        lifted: the plausibility rules that the goal lifts, and for what.
        handed: the solutions that were handed out.
    """

    fit: SpecFit
    rng: random.Random
    lifted: Exemptions = field(default_factory=Exemptions)
    evaluations: int = 0
    seen: set[str] = field(default_factory=set)
    handed: set[str] = field(default_factory=set)

    def palette(self) -> Palette:
        """Elements and groups that changes may use: those counted, and C, N, O where nothing speaks against them."""
        fit = self.fit
        counted = [e.symbol for e in fit.elements if e.symbol != "H"]
        if fit.allowed is not None:
            elements = [s for s in sorted(fit.allowed) if s != "H"]
        else:
            closed = "C" in counted and len(counted) > 1
            elements = list(dict.fromkeys(counted if closed else [*counted, *_BASIC]))
        elements = [s for s in elements if s not in fit.absent_elements]
        groups = tuple(dict.fromkeys(f for g in fit.groups for f in forms(g)))
        named = {e.symbol for e in fit.elements}
        rings = RINGS if not named else tuple(r for r in RINGS if _symbols(r) <= set(elements))
        return Palette(tuple(elements), groups, rings)

    def solutions(self, starts: list[Chem.Mol], budget: int) -> Iterator[Chem.Mol]:
        """Distinct structures that meet every count, as they are found.

        From assembled starts and the given ones in turn; where the spec names a structure to keep or to resemble, from the
        given starts and from what was found so far, again and again.
        """
        palette, queue = self.palette(), list(starts)
        bound = bool(starts) and bool(self.fit.scaffolds or self.fit.fixed or self.fit.similarity)
        pool, barren, turn = list(starts), 0, 0
        while self.evaluations < budget and barren < BARREN:
            turn += 1
            if queue and (bound or turn % 2 == 0):
                start = queue.pop(0)
            else:
                start = self.rng.choice(pool) if bound else assemble(self.fit, self.rng, self.lifted)
            before = len(self.handed)
            for mol in self._climb(start, palette, budget, 4 * PER_STEP if bound else PER_STEP):
                if bound and len(pool) < POOL:
                    pool.append(mol)
                yield mol
            barren = 0 if len(self.handed) > before else barren + 1

    def _climb(self, start: Chem.Mol, palette: Palette, budget: int, most: int) -> Iterator[Chem.Mol]:
        self._spend(start)
        beam = [(self.fit.distance(start), start)]
        best, stale = beam[0][0], 0
        if best == 0 and self._accepts(start) and self._is_new(start):
            yield start
        for _ in range(MOST_STEPS):
            if self.evaluations >= budget or stale >= PATIENCE:
                return
            scored = self._scored(beam, palette)
            beam, taken = [], 0
            for distance, child in scored:
                if distance == 0 and taken < most and self._accepts(child):
                    taken += 1
                    if self._is_new(child):
                        yield child
                    beam.append((distance, child))
                elif distance > 0 and self._plausible(child):
                    beam.append((distance, child))
                if len(beam) >= max(WIDTH, most):
                    break
            if not beam or beam[0][0] == 0:
                return
            stale = 0 if beam[0][0] < best - 1e-9 else stale + 1
            best = min(best, beam[0][0])

    def _scored(self, beam: list[tuple[float, Chem.Mol]], palette: Palette) -> list[tuple[float, Chem.Mol]]:
        """Unseen neighbours of the beam with their distance, nearest first; ties in random order."""
        found: dict[str, tuple[float, float, Chem.Mol]] = {}
        for _, mol in beam:
            for child in neighbours(mol, palette, self.rng, NEIGHBOURS):
                if child.GetNumAtoms() > self.fit.max_heavy_atoms:
                    continue
                smiles = Chem.MolToSmiles(child)
                if smiles in self.seen or smiles in found:
                    continue
                self._spend(child)
                found[smiles] = (round(self.fit.distance(child), 6), self.rng.random(), child)
        ordered = sorted(found.items(), key=lambda item: item[1][:2])
        self.seen.update(smiles for smiles, _ in ordered[: 4 * WIDTH])
        return [(distance, child) for _, (distance, _, child) in ordered]

    def _spend(self, mol: Chem.Mol) -> None:
        self.evaluations += 1 + mol.GetNumAtoms() // ORDINARY

    def _is_new(self, mol: Chem.Mol) -> bool:
        """Whether this solution was not handed out before; it counts as handed out from now on."""
        before = len(self.handed)
        self.handed.add(Chem.MolToSmiles(mol))
        return len(self.handed) > before

    def _plausible(self, mol: Chem.Mol) -> bool:
        return not self.lifted.first(mol)

    def _accepts(self, mol: Chem.Mol) -> bool:
        return not self.fit.excluded(mol) and self._plausible(mol)


def _symbols(smiles: str) -> set[str]:
    return {a.GetSymbol() for a in Chem.MolFromSmiles(smiles).GetAtoms() if a.GetAtomicNum()}


def exact(fit: SpecFit, rng: random.Random, starts: list[Chem.Mol], count: int, budget: int, lifted: Exemptions) -> list[Chem.Mol]:
    """Up to ``count`` structures that meet everything that ``fit`` counts, those that are easier to make (SA score) first.

    ``budget`` is the work allowed: the number of distances computed, those of large structures counted several times. Every structure is plausible, or breaks only what ``lifted`` lets pass; these come last.
    [] if nothing was found: nothing is looked for with fewer rules.
    """
    with rdBase.BlockLogs():
        search = Search(fit, rng, lifted)
        found: dict[str, Chem.Mol] = {}
        for mol in search.solutions(starts, budget):
            found.setdefault(Chem.MolToSmiles(mol), mol)
            if len(found) >= SPARE * count + SPARE:
                break
        effort = {smiles: (bool(first_violation(mol)), round(sa_score(mol), 3)) for smiles, mol in found.items()}
        return [found[smiles] for smiles in sorted(found, key=lambda s: (effort[s], s))[:count]]
