"""What in a structure speaks against the use that a goal names, by the rules of :mod:`tools.against.table`."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase

from core.spec import CandidateClass, DesignSpec
from tools.against.table import Disqualifier, disqualifiers
from tools.against.uses import uses_in


def rules_for(goal: str, candidate_class: CandidateClass) -> tuple[Disqualifier, ...]:
    """The rules that apply to candidates of this class for a goal in English, in the order of the tables; () where it names no use that has rules."""
    return _rules(goal.lower(), candidate_class)


@lru_cache(maxsize=500)
def _rules(goal: str, candidate_class: CandidateClass) -> tuple[Disqualifier, ...]:
    uses = set(uses_in(goal))
    return tuple(r for r in disqualifiers() if candidate_class in r.classes and uses.intersection(r.fields) and r.asked(goal))


def tripped(smiles: str, spec: DesignSpec) -> tuple[Disqualifier, ...]:
    """The rules that the structure ``smiles`` trips for what ``spec`` asks for, those that miss what the use rests on first; () for what cannot be read."""
    return tripped_by(smiles, spec.sentence, spec.candidate_class)


@lru_cache(maxsize=20_000)
def tripped_by(smiles: str, goal: str, candidate_class: CandidateClass) -> tuple[Disqualifier, ...]:
    """:func:`tripped` for a goal in English."""
    rules = rules_for(goal, candidate_class)
    if not rules:
        return ()
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return ()
    found = [rule for rule in rules if rule.trip(mol)]
    return tuple(sorted(found, key=lambda rule: not rule.strong))
