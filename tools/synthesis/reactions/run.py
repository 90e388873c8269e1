"""Running a named reaction forwards, with its selectivity guards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rdkit import Chem, rdBase

from tools.structures.prescreen import Prescreen
from tools.synthesis.reactions.table import Reaction, reactions


def fits(reaction: Reaction, position: int, mol: Chem.Mol) -> bool:
    """Whether ``mol`` can be the reactant at ``position``: it has the site, once unless the reaction allows more, and no competing group.

    A competing group that is the reacting site itself (the ester that is hydrolysed, say) is not listed in the table. The answer is kept on
    ``mol``, which is not to be changed afterwards: a search asks of the same blocks and intermediates again and again.
    """
    known: dict[tuple[str, int], bool] = mol.__dict__.setdefault("_fits", {})
    found = known.get((reaction.name, position))
    if found is None:
        found = known[reaction.name, position] = _fits(reaction, position, mol)
    return found


def _fits(reaction: Reaction, position: int, mol: Chem.Mol) -> bool:
    template = reaction.template(position)
    if position in reaction.several_sites:
        if not mol.HasSubstructMatch(template):
            return False
    elif len(mol.GetSubstructMatches(template, uniquify=True, maxMatches=3)) != 1:
        return False
    return not any(mol.HasSubstructMatch(guard.query) for guard in reaction.guards[position])


@lru_cache(maxsize=20_000)
def places(smiles: str) -> tuple[tuple[Reaction, int], ...]:
    """Where a molecule (canonical SMILES) can take part: reactions and positions, in the order of the table."""
    mol = Chem.MolFromSmiles(smiles)
    screen, asked = _screen()
    return tuple(place for place, may in zip(asked, screen.possible(mol), strict=True) if may and fits(*place, mol))


@lru_cache(maxsize=1)
def _screen() -> tuple[Prescreen, tuple[tuple[Reaction, int], ...]]:
    """The screen of every template, and the reactions and positions that the templates are of."""
    asked = tuple((reaction, position) for reaction in reactions().values() for position in range(reaction.reactants))
    return screen_of([reaction.template(position) for reaction, position in asked]), asked


def screen_of(templates: Sequence[Chem.Mol]) -> Prescreen:
    """The screen of templates: the numbers of their atoms are no part of what they ask."""
    queries = [Chem.Mol(template) for template in templates]
    for query in queries:
        for atom in query.GetAtoms():
            atom.SetAtomMapNum(0)
    return Prescreen(queries)


def products(reaction: Reaction, reactants: Sequence[Chem.Mol]) -> list[str]:
    """Distinct canonical SMILES of what the template makes of ``reactants``, sorted; one connected molecule each; [] if it does not run."""
    written: set[str] = set()
    with rdBase.BlockLogs():
        for product, *others in reaction.forward.RunReactants(tuple(reactants), 100):
            if others or Chem.SanitizeMol(product, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
                continue
            if len(Chem.GetMolFrags(product)) == 1:
                written.add(Chem.MolToSmiles(product))
        read = map(Chem.MolFromSmiles, written)
        return sorted({Chem.MolToSmiles(mol) for mol in read if mol is not None})


def in_excess(reaction: Reaction, reactants: Sequence[Chem.Mol], position: int) -> list[Chem.Mol]:
    """``reactants`` with the one at ``position`` at every place where the reaction wants the same (``alike``)."""
    if position not in reaction.alike:
        return list(reactants)
    return [reactants[position] if i in reaction.alike else mol for i, mol in enumerate(reactants)]


def run(reaction: Reaction, reactants: Sequence[Chem.Mol]) -> str | None:
    """Canonical SMILES of the one product of ``reactants`` in the order of the templates, or None if the reaction is refused or selective to none."""
    if len({Chem.MolToSmiles(reactants[i]) for i in reaction.alike if i < len(reactants)}) > 1:
        return None
    if len(reactants) != reaction.reactants or not all(fits(reaction, i, m) for i, m in enumerate(reactants)):
        return None
    made = products(reaction, reactants)
    return made[0] if len(made) == 1 else None
