"""Where to look first: the families a goal allows, monomers that suit its glass transition, monomers that did well before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core import data
from core.spec import DesignSpec
from tools.proposers.base import Parent
from tools.synthesis.polymers.library import Monomer, Polymerisation, polymerisations
from tools.synthesis.polymers.routes import built_from, decompose

_TG = "glass_transition_temperature"
_PARENTS_READ = 40
_PARENT_PULL = 8.0
#: How much more often what the literature hints at is drawn: a push in the seed generation, little against what parents teach later.
HINT_PULL = 1.5


@dataclass(frozen=True)
class Family:
    """A family of polymers as a goal names it."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    motif: Chem.Mol | None
    without: Chem.Mol | None

    def holds(self, mol: Chem.Mol) -> bool:
        """Whether a repeat unit belongs to the family, as far as its motifs tell."""
        return (self.motif is None or mol.HasSubstructMatch(self.motif)) and (
            self.without is None or not mol.HasSubstructMatch(self.without)
        )


def _plain(name: str) -> str:
    return re.sub(r"[\s()\[\]_-]", "", name.lower())


@lru_cache(maxsize=1)
def _families() -> dict[str, Family]:
    rows = data.table("tools.proposers.polymers", "families.toml")["family"]
    found = {}
    for row in rows:
        motif = Chem.MolFromSmarts(row["motif"]) if "motif" in row else None
        without = Chem.MolFromSmarts(row["without"]) if "without" in row else None
        family = Family(tuple(row["names"]), tuple(row["ids"]), motif, without)
        for name in row["names"]:
            found[_plain(name)] = family
    return found


def family_of(name: str) -> Family | None:
    """The family that ``name`` (a word of a goal, singular or plural) means, or None where the name restricts nothing."""
    plain = _plain(name)
    table = _families()
    return table.get(plain) or table.get(plain.removesuffix("s")) or table.get(plain.removesuffix("resin"))


def allowed_polymerisations(spec: DesignSpec) -> list[Polymerisation]:
    """The polymerisations that the spec's family allows; all of them where it names none that is known."""
    family = family_of(spec.family)
    return [p for p in polymerisations() if family is None or p.id in family.ids]


def tg_window(spec: DesignSpec) -> tuple[float, float] | None:
    """The glass transition temperatures (°C) that the spec asks for, infinite where open; None if it does not ask."""
    low, high, asked = float("-inf"), float("inf"), False
    for condition in spec.conditions_on(_TG):
        bounds = condition.bounds()
        low, high, asked = max(low, bounds[0]), min(high, bounds[1]), True
    for objective in spec.objectives:
        if objective.property == _TG and not asked:
            low = objective.high if objective.shape == "maximise" else low
            high = objective.low if objective.shape == "minimise" else high
            asked = True
            if objective.target is not None:
                low, high = objective.target - 25.0, objective.target + 25.0
    return (low, high) if asked else None


def family_weight(polymerisation: Polymerisation, window: tuple[float, float] | None) -> float:
    """How promising a polymerisation is for a glass transition window: 1 where the usual span reaches well into it, else less."""
    if window is None:
        return 1.0
    low, high = polymerisation.tg
    overlap = min(high, window[1]) - max(low, window[0])
    if overlap <= 0:
        return max(0.002, 0.05 / (1.0 + (-overlap) / 50.0))
    return 0.2 + min(1.0, overlap / 80.0)


@lru_cache(maxsize=8192)
def flexibility(smiles: str) -> float:
    """Share of flexible backbone and side-chain atoms of a monomer, 0 (stiff) to 1: acyclic sp3 C, ether O and Si per heavy atom.

    A rule of thumb of our own that only orders the search. Substituents CF3 and tert-butyl do not count.
    """
    mol = Chem.MolFromSmiles(smiles)
    soft = Chem.MolFromSmarts("[$([CH2;!R]),$([Si]),$([OX2;!R;!H1]([#6,Si])[CX4,c,Si])]")
    heavy = max(1, mol.GetNumHeavyAtoms())
    value = len(mol.GetSubstructMatches(soft)) / heavy + 0.3 * rdMolDescriptors.CalcNumRotatableBonds(mol) / heavy
    return float(min(1.0, value))


def monomer_weight(monomer: Monomer, window: tuple[float, float] | None) -> float:
    """How well the stiffness of a monomer suits a glass transition window; between 0.05 and 1."""
    if window is None:
        return 1.0
    soft = flexibility(monomer.smiles)
    low, high = window
    if low >= 150.0:
        return max(0.05, 1.0 - 3.0 * soft * min(2.0, low / 200.0))
    if high <= 30.0:
        return max(0.05, min(1.0, 0.1 + 1.5 * soft))
    return 1.0


@dataclass
class Experience:
    """What the parents of a request teach: a factor (1 where nothing is known) for polymerisations and monomers."""

    polymerisations: dict[str, float] = field(default_factory=dict)
    monomers: dict[str, float] = field(default_factory=dict)

    def of(self, polymerisation: Polymerisation) -> float:
        """Factor of a polymerisation."""
        return self.polymerisations.get(polymerisation.id, 1.0)

    def of_monomer(self, monomer: Monomer) -> float:
        """Factor of a monomer."""
        return self.monomers.get(monomer.smiles, 1.0)


def ranked_shares(parents: Sequence[Parent]) -> list[float]:
    """A share for each parent from its score, the best 1, the worst near 0; equal scores give 1. Scores that are no numbers count least."""
    scores = [p.score if p.score == p.score else float("-inf") for p in parents]
    finite = [s for s in scores if abs(s) != float("inf")]
    if not finite:
        return [1.0 for _ in parents]
    low, high = min(finite), max(finite)
    if high <= low:
        return [1.0 if s in finite else 0.0 for s in scores]
    return [min(1.0, max(0.0, (s - low) / (high - low))) for s in scores]


def hinted(polymerisation: Polymerisation, hints: Sequence[str]) -> float:
    """Factor of a polymerisation whose family the literature speaks well of ('imide', 'polyimide'); 1 for the others."""
    families = [f for hint in hints if (f := family_of(hint) or family_of(f"poly{hint}")) is not None]
    return HINT_PULL if any(polymerisation.id in f.ids for f in families) else 1.0


def hinted_monomer(monomer: Monomer, hints: Sequence[str]) -> float:
    """Factor of a monomer whose name holds a hint of at least five letters ('fluorene', 'siloxane'); 1 for the others."""
    name = monomer.name.lower()
    return HINT_PULL if any(len(hint) >= 5 and hint.lower() in name for hint in hints) else 1.0


def experience(parents: Sequence[Parent]) -> Experience:
    """What ``parents`` teach; their monomers and polymerisations are found by taking the repeat units apart."""
    best = sorted(zip(parents, ranked_shares(parents), strict=True), key=lambda pair: (-pair[1], pair[0].key))[:_PARENTS_READ]
    learnt = Experience()
    for parent, share in best:
        found = built_from(parent.route) or decompose(parent.smiles)
        if found is None:
            continue
        polymerisation, monomers = found
        learnt.polymerisations[polymerisation.id] = max(learnt.of(polymerisation), 1.0 + 0.5 * _PARENT_PULL * share)
        for monomer in monomers:
            learnt.monomers[monomer.smiles] = max(learnt.of_monomer(monomer), 1.0 + _PARENT_PULL * share)
    return learnt
