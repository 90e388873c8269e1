"""Whether a sentence bears on this run: it names a candidate, a number, or a feature that a structure or the goal has, and says it once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from agent.roles.fact_check.facts import Facts
from agent.roles.fact_check.subjects import subjects_in
from core.errors import StructureError
from tools.catalogue.catalogue import Catalogue
from tools.groups.groups import GROUPS, group_words
from tools.groups.matching import has_smarts
from tools.literature.terms import words

#: Share of its words that a sentence may have in common with one before it.
_ALIKE = 0.8
_DIGIT = re.compile(r"\d")


def idle(sentence: str, facts: Facts, *, catalogue: Catalogue) -> str:
    """Why a sentence says nothing of this run, in words; '' if it does. Nothing is said of facts that know no structures."""
    if not facts.subjects:
        return ""
    if _DIGIT.search(sentence) or subjects_in(sentence, facts) or any(name in sentence for name in facts.names):
        return ""
    spoken = set(words(sentence))
    if spoken & _labels(facts, catalogue) or spoken & _features(tuple(sorted(facts.structures))):
        return ""
    return "it names no candidate, value or feature of this run"


def said_already(sentence: str, before: Iterable[str]) -> bool:
    """Whether a sentence says nearly the same as one of those ``before``."""
    mine = _content(sentence)
    return any(len(mine & other) >= _ALIKE * max(len(mine | other), 1) for other in map(_content, before))


def _content(sentence: str) -> frozenset[str]:
    """The stems of a sentence, and its numbers as they are written."""
    return frozenset(words(sentence)) | frozenset(re.findall(r"\d+(?:\.\d+)?", sentence))


def _labels(facts: Facts, catalogue: Catalogue) -> set[str]:
    """Stems of what the properties with a stored number are called."""
    names = {f.what for f in facts.facts if f.what in catalogue}
    return {stem for n in names for label in (catalogue[n].label, *catalogue[n].synonyms, *catalogue[n].up_words) for stem in words(label)}


@lru_cache(maxsize=64)
def _features(structures: Sequence[str]) -> frozenset[str]:
    """Stems of the names of groups that at least one of ``structures`` (SMILES) holds."""
    by_name: dict[str, list[str]] = {}
    for word, name in group_words().items():
        by_name.setdefault(name, []).append(word)
    mols = []
    with BlockLogs():
        mols = [m for m in map(Chem.MolFromSmiles, structures) if m is not None]
    found: set[str] = set()
    for name, group in GROUPS.items():
        if any(_holds(mol, group.smarts) for mol in mols):
            found |= {stem for word in (name, *by_name.get(name, ())) for stem in words(word)}
    return frozenset(found)


def _holds(mol: Chem.Mol, smarts: str) -> bool:
    try:
        return has_smarts(mol, smarts)
    except StructureError:
        return False
