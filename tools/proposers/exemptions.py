"""What a goal may have although a plausibility rule speaks against it: only what it asks for by name, and only there.

No search falls back to fewer rules. A rule is lifted where the goal names the very feature (a peroxide, a macrocycle, a core that is to be
kept), for the atoms of that feature and for nothing else; every candidate that uses it says so in its notes. Lists of all structures
that there are (all isomers of a formula, every way to change a structure) hold implausible ones too, and each says what it breaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from rdkit import Chem, rdBase

from core.spec import (
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.groups.groups import GROUPS, compile_smarts
from tools.structures.plausibility import Breach, asked_by, breaches, first_violation, first_violation_of, violations

#: Elements that the rules know; every other one is exotic unless a goal names it.
_ORDINARY = frozenset({"H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Br", "I"})


@dataclass(frozen=True)
class Feature:
    """Something that the goal names: what it is called, how it is found, and the rules lifted for its atoms."""

    name: str
    query: Chem.Mol
    rules: frozenset[str]

    def atoms(self, mol: Chem.Mol) -> frozenset[int]:
        """Every atom of ``mol`` that belongs to an occurrence, with the hetero atoms joined to it where the query names a single atom."""
        found = {i for match in mol.GetSubstructMatches(self.query, uniquify=True, maxMatches=200) for i in match}
        queue = list(found) if self.query.GetNumAtoms() == 1 else []
        while queue:
            for other in mol.GetAtomWithIdx(queue.pop()).GetNeighbors():
                if other.GetAtomicNum() != 6 and other.GetIdx() not in found:
                    found.add(other.GetIdx())
                    queue.append(other.GetIdx())
        return frozenset(found)


@dataclass(frozen=True)
class Exemptions:
    """The rules that one goal lifts. Made by :func:`exemptions`.

    Attributes:
        features: what the goal names.
        own: rules that structures given by the goal break, each with how often the one that breaks it most does.
        symbols: elements outside those of organic chemistry that the goal names.
        everything: whether all structures that there are shall be listed, implausible ones too.
        judged: whether the rules apply at all; they do not to repeat units of polymers.
    """

    features: tuple[Feature, ...] = ()
    own: dict[str, int] = field(default_factory=dict)
    symbols: frozenset[str] = frozenset()
    everything: bool = False
    judged: bool = True

    @property
    def rules(self) -> frozenset[str]:
        """Ids of the rules that are lifted somewhere."""
        exotic = {"exotic-element"} if self.symbols else set()
        return frozenset(self.own) | exotic | frozenset().union(*(f.rules for f in self.features))

    def broken(self, mol: Chem.Mol) -> list[tuple[str, str]]:
        """(id, reason) of every rule that ``mol`` (sanitised) breaks where the goal does not ask for it; [] if it may be listed."""
        return self._sorted(mol)[0] if self.judged else []

    def first(self, mol: Chem.Mol) -> str:
        """Id of a rule of :meth:`broken`, or ''; quicker where nothing is lifted."""
        if not self.judged:
            return ""
        first = first_violation(mol)
        if not first or not self.rules:
            return first
        return next((rule for rule, _ in self._sorted(mol)[0]), "")

    def first_of(self, smiles: str) -> str:
        """:meth:`first` of a readable SMILES; what was found before is remembered where nothing is lifted."""
        if not self.judged:
            return ""
        first = first_violation_of(smiles)
        return self.first(Chem.MolFromSmiles(smiles)) if first and self.rules else first

    def notes(self, mol: Chem.Mol) -> list[str]:
        """One sentence for each rule that ``mol`` (sanitised) breaks and that was lifted, with why; [] for a plausible structure."""
        if not self.judged or not first_violation(mol):
            return []
        broken, lifted = self._sorted(mol)
        notes = [
            f"The goal asks for {name}, so that the plausibility rule {rule!r} is lifted for it: {reason}." for rule, reason, name in lifted
        ]
        if self.everything:
            notes += [f"Implausible, listed because all structures are asked for ({rule}): {reason}." for rule, reason in broken]
        return notes

    def admits(self, mol: Chem.Mol) -> bool:
        """Whether ``mol`` (sanitised) may be listed: nothing is broken, or all structures are asked for."""
        return self.everything or not self.first(mol)

    def _sorted(self, mol: Chem.Mol) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
        """What is broken as (id, reason), and what is lifted as (id, reason, the feature that asks for it)."""
        places: dict[str, list[Breach]] = {}
        for breach in breaches(mol):
            places.setdefault(breach.rule, []).append(breach)
        broken, lifted = [], []
        for rule, found in places.items():
            name = self._lifted(mol, rule, found)
            if name:
                lifted.append((rule, found[0].reason, name))
            else:
                broken.append((rule, found[0].reason))
        return broken, lifted

    def _lifted(self, mol: Chem.Mol, rule: str, places: list[Breach]) -> str:
        """What asks for every place at which ``mol`` breaks ``rule``; '' if nothing does."""
        if len({b.atoms for b in places}) <= self.own.get(rule, 0):
            return "a structure that has it"
        if rule == "exotic-element" and self.symbols:
            strange = {mol.GetAtomWithIdx(i).GetSymbol() for b in places for i in b.atoms}
            if strange <= self.symbols:
                return " and ".join(sorted(strange))
        features = [f for f in self.features if rule in f.rules]
        held = [(f.name, f.atoms(mol)) for f in features]
        covered = all(any(len(b.atoms & atoms) >= min(2, len(b.atoms)) for _, atoms in held) for b in places)
        return " and ".join(dict.fromkeys(name for name, atoms in held if atoms)) if held and covered else ""


def exemptions(spec: DesignSpec) -> Exemptions:
    """The plausibility rules that ``spec`` lifts, each for what it names. SMARTS and SMILES that cannot be read lift nothing."""
    if spec.candidate_class != "molecule":
        return Exemptions(judged=False)
    features: list[Feature] = []
    own: dict[str, int] = {}
    symbols: set[str] = set()
    given = [spec.reference.smiles] if spec.reference is not None else []
    with rdBase.BlockLogs():
        for requirement in spec.requirements:
            named = _named_by(requirement)
            features += named.features
            symbols |= named.symbols - _ORDINARY
            given += named.structures
        for smiles in given:
            mol = Chem.MolFromSmiles(smiles)
            counts: dict[str, set[frozenset[int]]] = {}
            for breach in breaches(mol) if mol is not None else ():
                counts.setdefault(breach.rule, set()).add(breach.atoms)
            own |= {rule: max(len(places), own.get(rule, 0)) for rule, places in counts.items()}
    return Exemptions(tuple(features), own, frozenset(symbols), spec.exhaustive)


@dataclass(frozen=True)
class _Naming:
    """What a requirement names: features, elements that may occur, and structures (SMILES) that are kept or started from."""

    features: Sequence[Feature] = ()
    symbols: frozenset[str] = frozenset()
    structures: Sequence[str] = ()


def _named_by(requirement: Requirement) -> _Naming:
    match requirement:
        case CountRequirement():
            if requirement.condition.holds(0):
                return _Naming()
            if requirement.what == "group":
                return _Naming(_named(requirement.name))
            return _Naming(symbols=frozenset({requirement.name}))
        case MotifRequirement():
            wanted = requirement.wanted
            return _Naming((_named(requirement.name) or _spelled(requirement.name, requirement.smarts)) if wanted else ())
        case ElementsRequirement():
            return _Naming(symbols=frozenset(requirement.allowed))
        case ScaffoldRequirement():
            return _Naming(_spelled("the core that is to be kept", requirement.smarts, requirement.scaffold))
        case SimilarityRequirement():
            return _Naming(structures=[requirement.reference] if requirement.condition.bounds()[0] > 0 else [])
        case EditRequirement():
            groups = () if requirement.operation == "remove" else (requirement.group, requirement.replacement)
            return _Naming([feature for name in groups for feature in _named(name)], structures=[requirement.reference])
        case FixedAtomsRequirement():
            return _Naming(structures=[requirement.reference])
        case PropertyRequirement() | LevelRequirement() | RuleSetRequirement() | ReferenceSetRequirement():
            return _Naming()
        case _:
            assert_never(requirement)


def _named(name: str) -> list[Feature]:
    """The registered groups of 'peroxide' or 'peroxide or azide' for which rules are lifted."""
    asked = asked_by()
    return [Feature(n, compile_smarts(GROUPS[n].smarts), asked[n]) for n in name.split(" or ") if n in GROUPS and n in asked]


def _spelled(name: str, smarts: str, smiles: str = "") -> list[Feature]:
    """A structure that the goal spells out, for the rules that it breaks itself."""
    mol = Chem.MolFromSmiles(smiles or smarts)
    query = Chem.MolFromSmarts(smarts) if smarts else mol
    if mol is None or query is None:
        return []
    rules = frozenset(rule for rule, _ in violations(mol))
    return [Feature(name, query, rules)] if rules else []
