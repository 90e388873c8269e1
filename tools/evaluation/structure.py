"""The molecule of a candidate, read once."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem

from core.candidate import Candidate
from core.spec import CandidateClass
from tools.structures.parse import parse_polymer, parse_smiles


@lru_cache(maxsize=256)
def _parsed(smiles: str, candidate_class: CandidateClass) -> Chem.Mol:
    return parse_polymer(smiles) if candidate_class == "polymer" else parse_smiles(smiles)


def candidate_mol(candidate: Candidate) -> Chem.Mol:
    """The candidate's molecule or repeat unit; shared, not to be modified. Raises StructureError if it cannot be read."""
    return _parsed(candidate.smiles, candidate.candidate_class)
