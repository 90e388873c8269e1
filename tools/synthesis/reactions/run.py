"""Running a named reaction forwards, with its selectivity guards."""

from __future__ import annotations

from collections.abc import Sequence

from rdkit import Chem, rdBase

from tools.synthesis.reactions.table import Reaction


def fits(reaction: Reaction, position: int, mol: Chem.Mol) -> bool:
    """Whether ``mol`` can be the reactant at ``position``: it has the site, once unless the reaction allows more, and no competing group.

    A competing group that is the reacting site itself (the ester that is hydrolysed, say) is not listed in the table.
    """
    template = reaction.template(position)
    if position in reaction.several_sites:
        if not mol.HasSubstructMatch(template):
            return False
    elif len(mol.GetSubstructMatches(template, uniquify=True, maxMatches=3)) != 1:
        return False
    return not any(mol.HasSubstructMatch(guard.query) for guard in reaction.guards[position])


def products(reaction: Reaction, reactants: Sequence[Chem.Mol]) -> list[str]:
    """Distinct canonical SMILES of what the template makes of ``reactants``, sorted; one connected molecule each; [] if it does not run."""
    found: set[str] = set()
    with rdBase.BlockLogs():
        for product, *others in reaction.forward.RunReactants(tuple(reactants), 100):
            if others or Chem.SanitizeMol(product, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
                continue
            if len(Chem.GetMolFrags(product)) == 1:
                mol = Chem.MolFromSmiles(Chem.MolToSmiles(product))
                if mol is not None:
                    found.add(Chem.MolToSmiles(mol))
    return sorted(found)


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
