"""Acidic and basic sites of a molecule, for predictors of what one site does: whether there is one, and the likeliest.

The patterns of ``sites.tsv`` are in the order in which such groups lose or take up a proton in water; the first that a molecule has is named. It is a
name for the reader and a condition for a prediction, no prediction itself: substituents can turn the order round.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core import data
from core.errors import ConfigurationError

Kind = Literal["acidic", "basic"]


@cache
def sites(kind: Kind) -> tuple[tuple[str, Chem.Mol], ...]:
    """Name and pattern of the sites of ``kind``, likeliest first. ConfigurationError for a pattern that cannot be read."""
    found = []
    for row in data.rows("tools.predictors", "sites.tsv"):
        if row["kind"] != kind:
            continue
        with BlockLogs():
            pattern = Chem.MolFromSmarts(row["smarts"])
        if pattern is None:
            raise ConfigurationError(f"sites.tsv: the SMARTS of {row['name']} cannot be read")
        found.append((row["name"], pattern))
    return tuple(found)


def site_of(mol: Chem.Mol, kind: Kind) -> str:
    """Name of the likeliest site of ``kind`` in ``mol``; '' where it has none."""
    return next((name for name, pattern in sites(kind) if mol.HasSubstructMatch(pattern)), "")
