"""What a structure has that its parent has not."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem import rdRascalMCES

#: Seconds that one comparison may take; it usually takes milliseconds.
TIMEOUT = 2
#: Structures with more heavy atoms are not compared, nor those that have less in common (Johnson's similarity of the common part).
LARGEST, LEAST_SIMILAR = 150, 0.2


def _options() -> rdRascalMCES.RascalOptions:
    options = rdRascalMCES.RascalOptions()
    options.similarityThreshold = LEAST_SIMILAR
    options.ringMatchesRingOnly = options.completeSmallestRings = True
    options.timeout = TIMEOUT
    return options


@lru_cache(maxsize=1024)
def changed_atoms(smiles: str, parent: str) -> tuple[int, ...]:
    """Numbers of the atoms of ``smiles`` that its ``parent`` has not; where it has no new ones, of those from which something left.

    What both have is their largest common part by bonds (Raymond, Gardiner and Willett, Comput. J. 2002, 45, 631), which may be several
    pieces. Empty where nothing differs, where they share less than a third of the structure, where one cannot be read or is too large,
    or where the answer was not found in two seconds: then nothing can be pointed at.
    """
    with rdBase.BlockLogs():
        mol, before = Chem.MolFromSmiles(smiles), Chem.MolFromSmiles(parent)
    if mol is None or before is None or not all(0 < m.GetNumAtoms() <= LARGEST for m in (mol, before)):
        return ()
    with rdBase.BlockLogs():
        found = rdRascalMCES.FindMCES(mol, before, _options())
    if not found or found[0].timedOut:
        return ()
    pairs = found[0].atomMatches()
    if len(pairs) * 3 < mol.GetNumAtoms():
        return ()
    new = sorted(set(range(mol.GetNumAtoms())) - {now for now, _ in pairs})
    left = [now for now, then in pairs if mol.GetAtomWithIdx(now).GetTotalNumHs() > before.GetAtomWithIdx(then).GetTotalNumHs()]
    return tuple(new or sorted(left))  # a symmetric ring may be laid on its like in several ways, so the places alone say little
