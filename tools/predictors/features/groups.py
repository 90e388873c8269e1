"""Counts of functional groups, looking only for those whose atoms and bonds a structure has."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core import data
from tools.structures.prescreen import FEW, Prescreen

FloatArray = NDArray[np.float32]


class Groups:
    """Queries of tables (columns ``name`` and ``smarts``) with their screen."""

    def __init__(self, tables: dict[str, int]) -> None:
        """``tables``: file name -> limit of the raw matches that are looked for, of each query in it."""
        self.names: dict[str, tuple[str, ...]] = {}
        self._queries: list[tuple[Chem.Mol, int]] = []
        for table, limit in tables.items():
            rows = data.rows("tools.predictors.features", table)
            self.names[table] = tuple(row["name"] for row in rows)
            self._queries += [(Chem.MolFromSmarts(row["smarts"]), limit) for row in rows]
        self._screen = Prescreen([query for query, _ in self._queries], few=FEW)

    def __len__(self) -> int:
        return len(self._queries)

    def possible(self, mol: Chem.Mol, chained: tuple[int, int, float] | None = None) -> list[bool]:
        """For each query whether ``mol``, or a chain of it (see :meth:`Prescreen.possible`), can match it.

        One a query, in shape (queries,): never a miss, for True says only that nothing rules a match out.
        """
        return self._screen.possible(mol, chained=chained)

    def counts(self, mol: Chem.Mol, among: list[bool]) -> list[int]:
        """Number of unique matches of each query that is True in ``among``, at most the limit of its table.

        0 for the others without looking.
        """
        return [
            len(mol.GetSubstructMatches(query, maxMatches=limit)) if look else 0
            for (query, limit), look in zip(self._queries, among, strict=True)
        ]


@lru_cache(maxsize=1)
def molecule_groups() -> Groups:
    """The groups of ``groups.tsv``; at most 50 matches are looked for."""
    return Groups({"groups.tsv": 50})


@lru_cache(maxsize=1)
def chain_groups() -> Groups:
    """The groups of ``groups.tsv`` and, chosen for what they do to a chain, those of ``polymer_groups.tsv`` (at most 100 matches)."""
    return Groups({"groups.tsv": 50, "polymer_groups.tsv": 100})


def group_names() -> tuple[str, ...]:
    """Names of the functional-group counts of a molecule, in order."""
    return tuple(f"group_{name}" for name in molecule_groups().names["groups.tsv"])


def group_counts(mol: Chem.Mol) -> FloatArray:
    """Number of unique matches of each functional group of ``groups.tsv``. Shape (groups,); 0 where there is none."""
    groups = molecule_groups()
    return np.array(groups.counts(mol, groups.possible(mol)), dtype=np.float32)
