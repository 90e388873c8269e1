"""The hashed key by which a structure is looked up in a set of measurements: 64 bits, from which no structure can be had back.

The upper 40 bits stand for the skeleton (of a molecule the first block of its InChIKey: formula, bonds and hydrogens without stereo,
isotopes and charge; of a polymer its frame-independent key without stereo), the lower 24 for all of the structure. Sorted keys so hold the
forms of one skeleton side by side.
"""

from __future__ import annotations

import hashlib

from rdkit import Chem, rdBase

from core.errors import StructureError
from core.spec import CandidateClass
from tools.structures.polymer_key import polymer_key

#: Bits of a key that stand for the whole structure; those above stand for its skeleton.
FORM_BITS = 24
_SKELETON_BITS = 64 - FORM_BITS
#: Length of the first block of an InChIKey.
_BLOCK = 14


def hashed_key(key: str, smiles: str, candidate_class: CandidateClass) -> int:
    """The hashed key, 0 to 2**64 - 1, of a standardised structure with this ``key`` (InChIKey or polymer key) and SMILES.

    Raises nothing: a polymer whose unit without stereo has no key stands for itself.
    """
    skeleton = _flat_polymer(key, smiles) if candidate_class == "polymer" else key[:_BLOCK]
    return (_bits(f"{candidate_class} {skeleton}", _SKELETON_BITS) << FORM_BITS) | _bits(key, FORM_BITS)


def _bits(text: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> (64 - count)


def _flat_polymer(key: str, smiles: str) -> str:
    """The key of a polymer without stereo marks; that of the polymer itself where it has none."""
    if not any(mark in smiles for mark in "@/\\"):
        return key
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
        if mol is None:
            return key
        try:
            return polymer_key(str(Chem.MolToSmiles(mol, isomericSmiles=False)))
        except StructureError:
            return key
