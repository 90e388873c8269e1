"""Small changes of a starting material that leave its reactive groups alone."""

from __future__ import annotations

import random
from functools import lru_cache

from rdkit import Chem, rdBase

from tools.synthesis.dyes.library import Part
from tools.synthesis.polymers.structure import canonical, read, run

# Name and one-reactant SMARTS. Only ring positions that are not next to a carbonyl, amino or hydroxyl group are substituted, and
# only side chains are lengthened.
_FREE = "[cH;!$(c:c-[NH2,OH,CH]);!$(c:c:c:c-[NX3,OH]);!$(c:c-[NX3]):1]"
_CHANGES: tuple[tuple[str, str], ...] = (
    ("methyl", f"{_FREE}>>[c:1]C"),
    ("methoxy", f"{_FREE}>>[c:1]OC"),
    ("fluoro", f"{_FREE}>>[c:1]F"),
    ("chloro", f"{_FREE}>>[c:1]Cl"),
    ("cyano", f"{_FREE}>>[c:1]C#N"),
    ("homologous", "[CH3:1]-[CH2:2]-[#6,#7,#8:3]>>[C:1]C[C:2]-[*:3]"),
    ("N-ethyl", "[CH3:1]-[NX3;H0:2]-[c:3]>>[C:1]C[N:2]-[c:3]"),
)


@lru_cache(maxsize=4096)
def _variants(smiles: str, change: int) -> tuple[str, ...]:
    with rdBase.BlockLogs():
        return tuple(canonical(mol) for mol in run(_CHANGES[change][1], read(smiles)))


def varied_part(rng: random.Random, part: Part) -> Part | None:
    """A starting material that differs from ``part`` by one small change; None where the change drawn does not fit."""
    change = rng.randrange(len(_CHANGES))
    options = _variants(part.smiles, change)
    if not options:
        return None
    smiles = options[rng.randrange(len(options))]
    if "." in smiles or Chem.MolFromSmiles(smiles) is None:
        return None
    return Part(f"a {_CHANGES[change][0]} derivative of {part.name} ({smiles})", smiles, part.roles)
