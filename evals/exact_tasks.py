"""Goals that can be counted, written as sentences: drawn from a seed, with what a judge needs to check an answer.

The kinds are those of S²-Bench and TOMG-Bench (atoms, bonds and groups counted; a component added, deleted, substituted; logP, QED and molar
refractivity raised or lowered at some similarity) with rings and whole formulas beside them. Counts are taken from known compounds,
so that each goal can be met.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pydantic import Field
from rdkit import Chem
from rdkit.Chem import Crippen, rdMolDescriptors
from rdkit.Chem.QED import qed

from core import data
from core.model import Model
from core.seeding import generator
from evals.judges.exact import GROUPS, bond_counts, count_group, ring_counts

KINDS = ("atoms", "groups", "bonds", "rings", "formula", "add", "delete", "substitute", "logp", "qed", "refractivity")
_ELEMENTS = {
    "C": "carbon",
    "N": "nitrogen",
    "O": "oxygen",
    "S": "sulfur",
    "F": "fluorine",
    "Cl": "chlorine",
    "Br": "bromine",
    "P": "phosphorus",
}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six")
_OPENINGS = (
    "Design a molecule with",
    "A molecule with",
    "Please generate a molecule containing",
    "I need a compound with",
    "Find a molecule that has",
)
#: Groups that an ordinary structure can be given.
_ADDED = (
    "hydroxyl",
    "carboxylic acid",
    "aldehyde",
    "nitrile",
    "nitro",
    "thiol",
    "primary amine",
    "benzene ring",
    "chlorine",
    "fluorine",
    "bromine",
    "trifluoromethyl",
    "amide",
)


class Task(Model):
    """One goal with what its answer is checked against."""

    id: str = Field(description="kind and number")
    kind: str = Field(description="one of KINDS")
    goal: str = Field(description="the sentence")
    reference: str = Field(default="", description="SMILES of the structure that the goal starts from, where it names one")
    counts: dict[str, int] = Field(default_factory=dict, description="what is counted and how many are asked for")
    change: dict[str, int] = Field(default_factory=dict, description="by how much the number of a group must change")
    direction: int = Field(default=0, description="1 for higher, -1 for lower")
    similarity: float = Field(default=0.0, description="least Tanimoto similarity to the reference")


@lru_cache(maxsize=1)
def known_molecules() -> tuple[str, ...]:
    """Common compounds of 6 to 32 heavy atoms, neutral, in one piece, of the elements above."""
    found = []
    for row in data.rows("tools.structures", "common_names.tsv"):
        mol = Chem.MolFromSmiles(row["smiles"])
        if mol is None or not 6 <= mol.GetNumHeavyAtoms() <= 32 or "." in row["smiles"]:
            continue
        if mol is not None and any(a.GetNumRadicalElectrons() for a in mol.GetAtoms()):
            continue
        charged = any(a.GetFormalCharge() for a in mol.GetAtoms()) and not mol.HasSubstructMatch(Chem.MolFromSmarts("[N+](=O)[O-]"))
        if not charged and {a.GetSymbol() for a in mol.GetAtoms()} <= set(_ELEMENTS) and any(a.GetSymbol() == "C" for a in mol.GetAtoms()):
            found.append(Chem.MolToSmiles(mol, isomericSmiles=False))
    return tuple(dict.fromkeys(found))


def tasks(number: int, seed: int = 0) -> list[Task]:
    """``number`` tasks, the kinds in turn; the same arguments always give the same list."""
    made: list[Task] = []
    index = 0
    while len(made) < number:
        kind = KINDS[index % len(KINDS)]
        rng = generator(seed, "exact-tasks", index, kind)
        index += 1
        task = _MAKERS[kind](rng, f"{kind}-{index}")
        if task is not None:
            made.append(task)
    return made


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _number(n: int, rng: random.Random) -> str:
    return _WORDS[n] if n < len(_WORDS) and rng.random() < 0.5 else str(n)


def _mol(rng: random.Random) -> tuple[str, Chem.Mol]:
    smiles = rng.choice(known_molecules())
    return smiles, Chem.MolFromSmiles(smiles)


def _atoms(rng: random.Random, name: str) -> Task:
    _, mol = _mol(rng)
    counts: dict[str, int] = {}
    for atom in mol.GetAtoms():
        counts[atom.GetSymbol()] = counts.get(atom.GetSymbol(), 0) + 1
    words = [f"{_number(n, rng)} {_ELEMENTS[s]}" for s, n in counts.items()]
    words[-1] += " atom" if counts[list(counts)[-1]] == 1 else " atoms"
    return Task(id=name, kind="atoms", goal=f"{rng.choice(_OPENINGS)} {_joined(words)}.", counts=counts)


def _groups(rng: random.Random, name: str) -> Task:
    chosen = rng.sample(sorted(GROUPS), rng.randint(1, 3))
    counts = {g: rng.choice((1, 1, 1, 2, 2, 3)) for g in chosen}
    words = [f"{_number(n, rng)} {GROUPS[g].words[n > 1]}" for g, n in counts.items()]
    return Task(id=name, kind="groups", goal=f"{rng.choice(_OPENINGS)} {_joined(words)}.", counts=counts)


def _counted(rng: random.Random, name: str, kind: str, count: Callable[[Chem.Mol], dict[str, int]]) -> Task:
    _, mol = _mol(rng)
    found = count(mol)
    chosen = rng.sample(sorted(found), rng.randint(1, min(3, len(found))))
    chosen = [c for c in chosen if found[c] or rng.random() < 0.3] or [max(found, key=lambda c: found[c])]
    words = [f"{_number(found[c], rng) if found[c] else 'no'} {c}{'' if found[c] == 1 else 's'}" for c in chosen]
    return Task(id=name, kind=kind, goal=f"{rng.choice(_OPENINGS)} {_joined(words)}.", counts={c: found[c] for c in chosen})


def _bonds(rng: random.Random, name: str) -> Task:
    return _counted(rng, name, "bonds", bond_counts)


def _rings(rng: random.Random, name: str) -> Task:
    return _counted(rng, name, "rings", ring_counts)


def _formula(rng: random.Random, name: str) -> Task | None:
    _, mol = _mol(rng)
    text = rdMolDescriptors.CalcMolFormula(mol)
    if mol.GetNumHeavyAtoms() > 22:
        return None
    opening = rng.choice(
        ("A molecule with the molecular formula", "Design a molecule of the formula", "I need a compound with the formula")
    )
    return Task(id=name, kind="formula", goal=f"{opening} {text}.", counts={text: 1})


def _add(rng: random.Random, name: str) -> Task | None:
    smiles, mol = _mol(rng)
    group = rng.choice(_ADDED)
    if not any(a.GetAtomicNum() == 6 and a.GetTotalNumHs() for a in mol.GetAtoms()):
        return None
    goal = rng.choice(("Add a {g} to the molecule {s}.", "Please add a {g} to {s}.", "Modify the molecule {s} by adding a {g}."))
    return Task(id=name, kind="add", goal=_written(goal, s=smiles, g=GROUPS[group].words[0]), reference=smiles, change={group: 1})


def _present(rng: random.Random, mol: Chem.Mol, groups: tuple[str, ...]) -> str:
    return rng.choice([g for g in groups if count_group(mol, g)] or [""])


_TAKEN = tuple(g for g in GROUPS if g not in ("ketone", "epoxide", "disulfide"))


def _removable(mol: Chem.Mol, group: str) -> bool:
    """Whether an occurrence hangs on the rest by bonds outside rings, and something is left without it."""
    matches = mol.GetSubstructMatches(Chem.MolFromSmarts(GROUPS[group].smarts))
    return mol.GetNumHeavyAtoms() >= GROUPS[group].size + 5 and any(
        any(
            not mol.GetBondBetweenAtoms(a.GetIdx(), n.GetIdx()).IsInRing() for a in map(mol.GetAtomWithIdx, match) for n in a.GetNeighbors()
        )
        and all(mol.GetAtomWithIdx(i).GetAtomicNum() == 6 or not mol.GetAtomWithIdx(i).IsInRing() for i in match)
        for match in matches
    )


def _delete(rng: random.Random, name: str) -> Task | None:
    smiles, mol = _mol(rng)
    group = _present(rng, mol, tuple(g for g in _TAKEN if g not in ("benzene ring", "pyridine")))
    if not group or not _removable(mol, group):
        return None
    goal = rng.choice(("Remove the {g} from the molecule {s}.", "Delete a {g} from {s}.", "Modify the molecule {s} by removing a {g}."))
    return Task(id=name, kind="delete", goal=_written(goal, s=smiles, g=GROUPS[group].words[0]), reference=smiles, change={group: -1})


#: Groups that link two parts cannot make way for one that ends a chain, the rest being as it was.
_NOT_EXCHANGED = frozenset({"amide", "ester", "sulfone", "sulfoxide", "trifluoromethyl"})


def _substitute(rng: random.Random, name: str) -> Task | None:
    smiles, mol = _mol(rng)
    group = _present(rng, mol, tuple(g for g in _TAKEN if g not in ("benzene ring", "pyridine")))
    new = rng.choice([g for g in _ADDED if g != group and g != "benzene ring"])
    if not group or not _removable(mol, group) or {group, new} & _NOT_EXCHANGED:
        return None
    goal = rng.choice(
        (
            "Replace the {g} of {s} by a {n}.",
            "Substitute the {g} in the molecule {s} with a {n}.",
            "In the molecule {s}, replace a {g} with a {n}.",
        )
    )
    words = {"s": smiles, "g": GROUPS[group].words[0], "n": GROUPS[new].words[0]}
    return Task(id=name, kind="substitute", goal=_written(goal, **words), reference=smiles, change={group: -1, new: 1})


def _written(form: str, **words: str) -> str:
    text = form.format(**words)
    for vowel in "aeio":
        text = text.replace(f" a {vowel}", f" an {vowel}")
    return text


_LABELS = {"logp": "logP", "qed": "QED", "refractivity": "molar refractivity"}


def _optimise(kind: str) -> Callable[[random.Random, str], Task | None]:
    def make(rng: random.Random, name: str) -> Task | None:
        smiles, mol = _mol(rng)
        direction = rng.choice((1, -1))
        if kind == "qed" and not 0.25 < qed(mol) < 0.85:
            return None
        if kind == "logp" and not -1 < Crippen.MolLogP(mol) < 6:
            return None
        word = "higher" if direction > 0 else "lower"
        if mol.GetNumHeavyAtoms() < 10:  # the neighbours of a small structure are not similar to it
            return None
        limit = rng.choice((0.0, 0.4, 0.5, 0.6))
        bound = f" (Tanimoto similarity of at least {limit})" if limit else ""
        goal = f"A molecule similar to {smiles}{bound} but with a {word} {_LABELS[kind]}."
        return Task(id=name, kind=kind, goal=goal, reference=smiles, direction=direction, similarity=limit or 0.4)

    return make


_MAKERS: dict[str, Callable[[random.Random, str], Any]] = {
    "atoms": _atoms,
    "groups": _groups,
    "bonds": _bonds,
    "rings": _rings,
    "formula": _formula,
    "add": _add,
    "delete": _delete,
    "substitute": _substitute,
    "logp": _optimise("logp"),
    "qed": _optimise("qed"),
    "refractivity": _optimise("refractivity"),
}
