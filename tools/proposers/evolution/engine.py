"""An evolutionary engine over molecular graphs for any scorer: ``ask`` for structures, ``tell`` their scores.

Truncation by rank, parents drawn by rank, crossover and mutation, as in the plain graph GA of Jensen (Chem. Sci. 2019, doi
10.1039/c8sc05372c), with operators of our own and a filter that keeps what it makes plausible and makeable. It
knows nothing of a goal: what a caller wants to exclude or to steer it hands in as ``accept`` and ``repair``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from tools.calculators.drug_likeness import sa_score
from tools.proposers.evolution.graph import working_form
from tools.proposers.evolution.operators import WEIGHTS
from tools.proposers.evolution.seen import Seen
from tools.proposers.evolution.variation import VariationConfig, cross, mutate
from tools.structures.plausibility import first_violation

Accept = Callable[[Chem.Mol], bool]
Repair = Callable[[Chem.Mol, random.Random], "Chem.Mol | None"]


@dataclass(frozen=True)
class EngineConfig:
    """Settings of the engine.

    Attributes:
        population: how many of the best structures are kept as parents.
        min_heavy_atoms, max_heavy_atoms: size of what is proposed.
        crossover: share of the offspring made by crossover (a third of these are mutated afterwards).
        second_mutation: chance of each further mutation after the first.
        pressure: how strongly good parents are preferred; 1 draws evenly, 2 takes half of the parents from the best quarter.
        max_sa: highest synthetic accessibility score let through; None for no limit.
        implausible: names the plausibility rule that a structure breaks, '' for none; what breaks one is dropped. None: nothing is.
        patience: how many tries in a row may fail before the engine gives up.
        weights: weight of each mutation operator.
    """

    population: int = 120
    min_heavy_atoms: int = 3
    max_heavy_atoms: int = 60
    crossover: float = 0.4
    second_mutation: float = 0.25
    pressure: float = 2.0
    max_sa: float | None = 4.5
    implausible: Callable[[Chem.Mol], str] | None = first_violation
    patience: int = 300
    weights: dict[str, float] = field(default_factory=lambda: dict(WEIGHTS))


@dataclass(frozen=True)
class Offspring:
    """A structure the engine proposes: canonical SMILES, what made it, and the SMILES of its parents."""

    smiles: str
    operator: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """A scored structure of the population."""

    smiles: str
    score: float
    work: Chem.RWMol
    charge: int


class Engine:
    """Evolution by ``ask`` and ``tell``. The same seed, start and scores always give the same structures.

    Memory is bounded by the population: what was met before is kept as hashes in a table of fixed size (:class:`Seen`).
    """

    def __init__(
        self,
        rng: random.Random,
        config: EngineConfig | None = None,
        *,
        start: Sequence[str] = (),
        accept: Accept | None = None,
        repair: Repair | None = None,
    ) -> None:
        """``start`` is offered first, in its order. ``accept`` drops structures, ``repair`` may return a better-fitting relative."""
        self.config = config or EngineConfig()
        self._rng = rng
        self._accept = accept
        self._repair = repair
        self._members: list[Member] = []
        self._known = Seen()
        self._variation = VariationConfig(self.config.crossover, self.config.second_mutation, self.config.weights)
        self._start = list(reversed(start))

    @property
    def population(self) -> list[tuple[str, float]]:
        """The kept structures with their scores, best first."""
        return [(m.smiles, m.score) for m in self._members]

    def tell(self, smiles: Sequence[str], scores: Sequence[float | None]) -> None:
        """Take in scores (higher is better; None for a failed evaluation). Structures that cannot be read are ignored."""
        with rdBase.BlockLogs():
            for text, score in zip(smiles, scores, strict=True):
                mol = Chem.MolFromSmiles(text)
                if mol is None:
                    continue
                canonical = Chem.MolToSmiles(mol)
                self._known.add(canonical)
                work = working_form(mol) if score is not None and score == score else None
                if work is not None and score is not None:
                    self._members.append(Member(canonical, score, work, Chem.GetFormalCharge(mol)))
        self._members.sort(key=lambda m: (-m.score, m.smiles))
        unique: dict[str, Member] = {}
        for member in self._members:
            unique.setdefault(member.smiles, member)
        self._members = list(unique.values())[: self.config.population]

    def forget(self, smiles: Iterable[str]) -> None:
        """Mark canonical SMILES as known, so that they are not offered."""
        for text in smiles:
            self._known.add(text)

    def ask(self, count: int) -> list[str]:
        """At most ``count`` new canonical SMILES; fewer when ``patience`` tries in a row found nothing new."""
        return [o.smiles for o in self.ask_offspring(count)]

    def ask_offspring(self, count: int) -> list[Offspring]:
        """As :meth:`ask`, with operator and parents."""
        found: list[Offspring] = []
        with rdBase.BlockLogs():
            while self._start and len(found) < count:
                self._offer_start(self._start.pop(), found)
            failures = 0
            while self._members and len(found) < count and failures < self.config.patience:
                child = self._breed()
                failures = failures + 1 if child is None else 0
                if child is not None:
                    found.append(child)
        return found

    def _offer_start(self, text: str, found: list[Offspring]) -> None:
        mol = Chem.MolFromSmiles(text)
        if mol is None:
            return
        smiles = Chem.MolToSmiles(mol)
        if self._known.add(smiles):
            found.append(Offspring(smiles, "start", ()))

    def _parent(self) -> Member:
        return self._members[int(len(self._members) * self._rng.random() ** self.config.pressure)]

    def _breed(self) -> Offspring | None:
        """One try at a new structure: vary, repair, filter; None if it failed."""
        rng, config = self._rng, self.config
        first = second = self._parent()
        if len(self._members) > 1 and rng.random() < config.crossover:
            second = self._parent()
            if second is first:
                return None
            mol, operator = cross(first.work, second.work, rng, self._variation)
        else:
            mol, operator = mutate(Chem.RWMol(first.work), rng, self._variation)
        if mol is not None and self._repair is not None and mol.GetNumHeavyAtoms() <= 2 * config.max_heavy_atoms:
            repaired = self._repair(mol, rng)
            operator = operator if repaired is mol else f"{operator}, repair"
            mol = repaired
        if mol is None:
            return None
        parents = (first.smiles,) if second is first else (first.smiles, second.smiles)
        return self._let_through(mol, {first.charge, second.charge}, operator, parents)

    def _let_through(self, mol: Chem.Mol, charges: set[int], operator: str, parents: tuple[str, ...]) -> Offspring | None:
        """The finished structure if it is new, of the right size and charge, plausible, accepted and makeable."""
        config = self.config
        if not config.min_heavy_atoms <= mol.GetNumHeavyAtoms() <= config.max_heavy_atoms:
            return None
        if Chem.GetFormalCharge(mol) not in charges:
            return None
        smiles = Chem.MolToSmiles(mol)
        if not self._known.add(smiles):
            return None
        if config.implausible is not None and config.implausible(mol):
            return None
        if self._accept is not None and not self._accept(mol):
            return None
        if config.max_sa is not None and sa_score(mol) > config.max_sa:
            return None
        return Offspring(smiles, operator, parents)
