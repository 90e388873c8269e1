"""The monomers that ship with the project, and the polymerisations they take part in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core import data
from tools.synthesis.polymers.functionality import expand


@dataclass(frozen=True)
class Monomer:
    """A monomer: its name, canonical SMILES and class (see groups.toml)."""

    name: str
    smiles: str
    monomer_class: str
    known: bool = True
    """False for a monomer that is not in the library."""


@dataclass(frozen=True)
class End:
    """How a reactive group becomes an open chain end, and back. Both are reaction SMARTS; ``back`` may be empty."""

    forward: str
    back: str


@dataclass(frozen=True)
class Polymerisation:
    """A named polymerisation; the fields are explained at the top of polymerisations.toml."""

    id: str
    name: str
    families: tuple[str, ...]
    classes: tuple[tuple[str, ...], ...]
    ends: tuple[End, ...]
    whole: str
    back: str
    ring: str
    cut: str
    centre: int
    free: bool
    only_b: frozenset[str]
    note: str
    tg: tuple[float, float]

    @property
    def slots(self) -> int:
        """Number of different monomers: 1 or 2."""
        return len(self.classes)


@dataclass(frozen=True)
class Modification:
    """What is done to a finished chain."""

    name: str
    forward: str
    back: str
    note: str


@lru_cache(maxsize=1)
def monomers() -> tuple[Monomer, ...]:
    """Every monomer of the library, in the order of the table."""
    return tuple(Monomer(row["name"], row["smiles"], row["class"]) for row in data.rows("tools.synthesis.polymers", "monomers.tsv"))


@lru_cache(maxsize=1)
def _by_smiles() -> dict[str, Monomer]:
    return {monomer.smiles: monomer for monomer in monomers()}


def monomer_by_smiles(smiles: str) -> Monomer | None:
    """The monomer with this canonical SMILES, or None."""
    return _by_smiles().get(smiles)


@lru_cache(maxsize=256)
def monomers_of(classes: tuple[str, ...], only: frozenset[str] = frozenset()) -> tuple[Monomer, ...]:
    """The monomers of these classes, in the order of the table; of the last class only those named in ``only`` if it is not empty."""
    found = [m for m in monomers() if m.monomer_class in classes]
    if only:
        found = [m for m in found if m.monomer_class != classes[-1] or m.name in only]
    return tuple(found)


@lru_cache(maxsize=1)
def polymerisations() -> tuple[Polymerisation, ...]:
    """Every polymerisation, in the order of the table."""
    table = data.table("tools.synthesis.polymers", "polymerisations.toml")
    ends = {name: End(expand(forward), expand(back)) for name, (forward, back) in table["ends"].items()}
    found = []
    for row in table["polymerisation"]:
        centre = 1 if row.get("centre_a") else 2 if row.get("centre_b") else 3 if row.get("centre") else 0
        found.append(
            Polymerisation(
                id=row["id"],
                name=row["name"],
                families=tuple(row["families"]),
                classes=tuple(tuple(names) for names in row["monomers"]),
                ends=tuple(ends[name] for name in row.get("ends", ())),
                whole=expand(row.get("whole", "")),
                back=expand(row.get("back", "")),
                ring=expand(row.get("ring", "")),
                cut=expand(row.get("cut", "")),
                centre=centre,
                free=bool(row.get("free", False)),
                only_b=frozenset(row.get("only_b", ())),
                note=row["note"],
                tg=(float(row["tg"][0]), float(row["tg"][1])),
            )
        )
    return tuple(found)


@lru_cache(maxsize=1)
def modifications() -> tuple[Modification, ...]:
    """Every modification of a finished chain, in the order of the table."""
    table = data.table("tools.synthesis.polymers", "polymerisations.toml")
    return tuple(Modification(r["name"], r["forward"], r["back"], r["note"]) for r in table["modification"])


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Polymerisation]:
    return {p.name: p for p in polymerisations()}


def polymerisation_by_name(name: str) -> Polymerisation | None:
    """The polymerisation of this name, or None."""
    return _by_name().get(name)


def candidates(polymerisation: Polymerisation, slot: int) -> tuple[Monomer, ...]:
    """The library's monomers for one slot (0 or 1) of a polymerisation."""
    only = polymerisation.only_b if slot == 1 else frozenset()
    return monomers_of(polymerisation.classes[slot], only)
