"""The named reactions: templates forwards and backwards, and what a reactant must not carry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from rdkit import Chem
from rdkit.Chem import rdChemReactions

from core import data


@dataclass(frozen=True)
class Guard:
    """A group that spoils a reaction."""

    name: str
    query: Chem.Mol


@dataclass(frozen=True)
class Reaction:
    """A named reaction.

    Attributes:
        name: its name.
        reference: title and identifier (DOI, ISBN or address) of a source that describes it.
        note: typical conditions in general terms.
        forward: the reaction; reactant templates in the order in which reactants are given.
        retro: the reaction backwards, one for each leaving group or variant.
        guards: for each reactant, the groups that it must not carry.
        several_sites: positions of the reactants that may have several sites, as long as the product is the same.
        alike: positions that must hold the same structure: one reagent in excess that reacts with several sites of another.
        runs: reactants and product of the example that it must run.
        refuses: reactants that it must refuse.
    """

    name: str
    reference: tuple[str, str]
    note: str
    forward: rdChemReactions.ChemicalReaction
    retro: tuple[rdChemReactions.ChemicalReaction, ...]
    guards: tuple[tuple[Guard, ...], ...]
    several_sites: frozenset[int]
    alike: frozenset[int]
    runs: tuple[tuple[str, ...], str]
    refuses: tuple[str, ...]

    @cached_property
    def reactants(self) -> int:
        """How many reactants it takes."""
        return int(self.forward.GetNumReactantTemplates())

    @cached_property
    def templates(self) -> tuple[Chem.Mol, ...]:
        """The query that each reactant must match."""
        return tuple(self.forward.GetReactantTemplate(i) for i in range(self.reactants))

    def template(self, position: int) -> Chem.Mol:
        """The query that the reactant at ``position`` must match."""
        return self.templates[position]


def _reaction(smarts: str) -> rdChemReactions.ChemicalReaction:
    reaction = rdChemReactions.ReactionFromSmarts(smarts)
    reaction.Initialize()
    return reaction


@lru_cache(maxsize=1)
def reactions() -> dict[str, Reaction]:
    """Every named reaction by name, in the order of the file. Raises ValueError or KeyError for a broken table."""
    table = data.table("tools.synthesis.reactions", "reactions.toml")
    guards = {name: Guard(name, Chem.MolFromSmarts(smarts)) for name, smarts in table["guards"].items()}
    broken = [g.name for g in guards.values() if g.query is None]
    if broken:
        raise ValueError(f"unreadable guards in reactions.toml: {broken}")
    references = {name: (str(entry["title"]), str(entry["id"])) for name, entry in table["references"].items()}
    found: dict[str, Reaction] = {}
    for row in table["reaction"]:
        reaction = Reaction(
            name=row["name"],
            reference=references[row["reference"]],
            note=row["note"],
            forward=_reaction(row["forward"]),
            retro=tuple(_reaction(r) for r in row["retro"]),
            guards=tuple(tuple(guards[name] for name in names) for names in row["incompatible"]),
            several_sites=frozenset(row.get("several_sites", ())),
            alike=frozenset(row.get("alike", ())),
            runs=(tuple(row["runs"]["reactants"]), row["runs"]["product"]),
            refuses=tuple(row["refuses"]["reactants"]),
        )
        if len(reaction.guards) != reaction.reactants or reaction.name in found:
            raise ValueError(f"reaction {reaction.name!r}: one guard list a reactant is needed, and a name of its own")
        found[reaction.name] = reaction
    return found
