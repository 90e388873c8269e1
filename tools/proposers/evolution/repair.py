"""Edits that bring a structure towards what can be counted: elements, groups, hydrogens, size, rings.

A stochastic descent on :meth:`SpecFit.distance`: each step picks one unmet count and edits for it; an edit that leads away is undone.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from rdkit import Chem

from tools.proposers.evolution import atoms, fragments, rings
from tools.proposers.evolution.exemplars import exemplars
from tools.proposers.evolution.graph import SYMBOL, finish, reworked
from tools.proposers.evolution.operators import MUTATIONS
from tools.proposers.spec_fit import GroupCount, SpecFit, composition
from tools.structures.plausibility import first_violation

Edit = Callable[[Chem.RWMol, random.Random], "Chem.RWMol | None"]


def repair(
    mol: Chem.Mol,
    fit: SpecFit,
    rng: random.Random,
    tries: int | None = None,
    implausible: Callable[[Chem.Mol], str] = first_violation,
) -> Chem.Mol | None:
    """A relative of ``mol`` that is at least as near to ``fit``, after at most ``tries`` edits (default: 16 and 5 a missing step, up to 90); ``mol`` itself if none helps.

    Edits to a structure of which ``implausible`` names a broken rule are not taken. Returns None if the structure still breaks an
    exclusion of the spec, such as a forbidden element.
    """
    best, distance = mol, fit.distance(mol)
    for _ in range(tries if tries is not None else min(90, 16 + int(5 * distance))):
        if distance == 0:
            break
        edits = _edits(best, fit)
        work = reworked(best) if edits else None
        edited = rng.choice(edits)(work, rng) if work is not None else None
        child = finish(edited) if edited is not None else None
        if child is None:
            continue
        new = fit.distance(child)
        if new < distance and not implausible(child):
            best, distance = child, new
        elif new == distance and rng.random() < 0.2 and not implausible(child):
            best = child
    return None if fit.excluded(best) else best


def _edits(mol: Chem.Mol, fit: SpecFit) -> list[Edit]:
    """What could be done about the unmet counts of ``mol``, one or more edits for each."""
    edits: list[Edit] = []
    edits += _element_edits(mol, fit)
    for group in fit.groups:
        edits += _group_edits(mol, group)
    for query in fit.forbidden:
        match = mol.GetSubstructMatch(query)
        if match:
            edits += [_break_up(match)] * 2
    for name, condition in fit.windows:
        try:
            value = fit.calculators.number(name, mol)
        except (ValueError, RuntimeError):
            continue
        if not condition.holds(value):
            low, _ = condition.bounds()
            said = fit.calculators.catalogue[name]
            names = (said.raised_by if value <= low else said.lowered_by) or tuple(MUTATIONS)
            edits += [MUTATIONS[n][0] for n in names]
    if fit.similarity and not edits:
        edits += [f for f, _ in MUTATIONS.values()]
    return edits


def _bad_elements(mol: Chem.Mol, fit: SpecFit) -> list[str]:
    symbols = sorted(composition(mol).keys() - {"H"})
    return [s for s in symbols if s in fit.absent_elements or (fit.allowed is not None and s not in fit.allowed)]


def _element_edits(mol: Chem.Mol, fit: SpecFit) -> list[Edit]:
    few: list[str] = []
    many = _bad_elements(mol, fit)
    edits: list[Edit] = []
    bounded = set(many) | {e.symbol for e in fit.elements}
    for element in fit.elements:
        number = element.count(mol)
        if element.condition.holds(number):
            continue
        low, _ = element.condition.bounds()
        if element.symbol == "H":
            edits += _hydrogen_edits(number <= low)
        elif element.symbol in SYMBOL:
            (few if number <= low else many).append(element.symbol)
    for symbol in few:
        sources = [*many, *[a for a in ("C", "N", "O") if a not in bounded]]
        edits += [_change(source, symbol) for source in sources]
        edits += [_with_element(atoms.append_atom, symbol), _with_element(atoms.insert_atom, symbol)]
    for symbol in many:
        if symbol not in SYMBOL:
            continue
        targets = few or [a for a in ("C", "N", "O") if a not in bounded and _may(fit, a)]
        edits += [_change(symbol, target) for target in targets]
        edits.append(_with_element(atoms.delete_atom, symbol))
        edits.append(fragments.delete_branch)
    return edits


def _may(fit: SpecFit, symbol: str) -> bool:
    return symbol not in fit.absent_elements and (fit.allowed is None or symbol in fit.allowed)


def _hydrogen_edits(too_few: bool) -> list[Edit]:
    if too_few:
        return [lambda w, r: atoms.change_bond(w, r, -1), rings.open_ring, rings.toggle_aromatic]
    return [lambda w, r: atoms.change_bond(w, r, 1), rings.close_ring, rings.toggle_aromatic]


def _with_element(operator: Callable[[Chem.RWMol, random.Random, str | None], Chem.RWMol | None], symbol: str) -> Edit:
    return lambda work, rng: operator(work, rng, symbol)


def _change(source: str, target: str) -> Edit:
    return lambda work, rng: atoms.change_atom(work, rng, source, target)


def _group_edits(mol: Chem.Mol, group: GroupCount) -> list[Edit]:
    number = group.count(mol)
    if group.condition.holds(number):
        return []
    low, _ = group.condition.bounds()
    if number > low:
        matches = mol.GetSubstructMatches(group.query, uniquify=True, maxMatches=20)
        return [_break_up(match) for match in matches]
    found = exemplars(group.smarts)
    edits: list[Edit] = []
    for fragment in found[:6]:
        edits.append(lambda work, rng, f=fragment: fragments.attach(work, rng, f))  # type: ignore[misc]
        edits.append(lambda work, rng, f=fragment: fragments.swap_for(work, rng, f))  # type: ignore[misc]
    return edits or [f for f, _ in MUTATIONS.values()]


def _break_up(match: tuple[int, ...]) -> Edit:
    """An edit on an atom of ``match``: another element, a methyl on it, or out of the molecule."""

    def edit(work: Chem.RWMol, rng: random.Random) -> Chem.RWMol | None:
        atom = work.GetAtomWithIdx(rng.choice(match))
        action = rng.random()
        if action < 0.4 and atom.GetTotalNumHs() and atom.GetAtomicNum() != 6:
            return fragments.join(work, atom.GetIdx(), rng.choice(fragments.vocabulary()["group"][:4]))
        if action < 0.7 and atom.GetFormalCharge() == 0:
            atom.SetAtomicNum(rng.choice((6, 6, 7, 8)))
            return work
        if atom.GetDegree() == 1 and work.GetNumAtoms() > 1:
            work.RemoveAtom(atom.GetIdx())
            return work
        return fragments.delete_branch_at(work, atom.GetIdx(), rng)

    return edit
