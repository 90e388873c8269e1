"""The parts and recipes of dyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from core import data


@dataclass(frozen=True)
class Part:
    """A starting material: its name, canonical SMILES and the roles it can play."""

    name: str
    smiles: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One reaction of a recipe: its name, the roles of its reactants ('product' is what the step before gave), its SMARTS."""

    name: str
    roles: tuple[str, ...]
    smarts: str
    note: str


@dataclass(frozen=True)
class Recipe:
    """How a kind of dye is made; the fields are explained at the top of recipes.toml."""

    id: str
    family: str
    window: tuple[float, float]
    donor: str
    bridge: str
    acceptor: str
    steps: tuple[Step, ...]
    only: dict[str, tuple[str, ...]] = field(hash=False, compare=False)

    @property
    def slots(self) -> tuple[str, ...]:
        """The roles that are filled independently, in the order in which they first occur."""
        return tuple(dict.fromkeys(role for step in self.steps for role in step.roles if role != "product"))


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """Every part, in the order of the table."""
    rows = data.rows("tools.synthesis.dyes", "parts.tsv")
    return tuple(Part(row["name"], row["smiles"], tuple(row["roles"].split(","))) for row in rows)


@lru_cache(maxsize=1)
def recipes() -> tuple[Recipe, ...]:
    """Every recipe, in the order of the table."""
    rows = data.table("tools.synthesis.dyes", "recipes.toml")["recipe"]
    found = []
    for row in rows:
        steps = tuple(Step(s["name"], tuple(s["roles"]), s["smarts"], s["note"]) for s in row["steps"])
        low, high = row["window"]
        only = {role: tuple(names) for role, names in row.get("only", {}).items()}
        found.append(Recipe(row["id"], row["family"], (float(low), float(high)), row["donor"], row["bridge"], row["acceptor"], steps, only))
    return tuple(found)


@lru_cache(maxsize=512)
def _pool(role: str, names: tuple[str, ...]) -> tuple[Part, ...]:
    wanted = role.split("#")[0].split("|")
    return tuple(p for p in parts() if any(w in p.roles for w in wanted) and (not names or p.name in names))


def pool(recipe: Recipe, role: str) -> tuple[Part, ...]:
    """The parts that can fill a role of a recipe ('a|b' means either, 'a#2' a second, independent choice of a)."""
    return _pool(role, recipe.only.get(role, ()))


def families() -> list[str]:
    """Names of the dye families, in the order of the table."""
    return list(dict.fromkeys(r.family for r in recipes()))


@lru_cache(maxsize=1)
def reaction_smarts() -> dict[str, tuple[str, ...]]:
    """Name of a reaction to the SMARTS that carry it, so that anyone can run the steps of a route again."""
    found: dict[str, tuple[str, ...]] = {}
    for recipe in recipes():
        for step in recipe.steps:
            known = found.get(step.name, ())
            found[step.name] = known if step.smarts in known else (*known, step.smarts)
    return found
