"""The fragment scores of RDKit's SA_Score in a form that is read in a thirtieth of the time and a twentieth of the memory.

RDKit ships them as a pickle of lists, of which a dictionary of 705,292 numbers is made. ``fragment_scores.npz`` has the same numbers: the fragments in
ascending order, by their differences, and for each its place among the distinct scores. The file carries a hash of what it was made from; where that
no longer holds (another RDKit), it is not used and RDKit's own is read. ``python -m tools.calculators.fragment_scores`` writes it again.
"""

from __future__ import annotations

import gzip
import hashlib
import pickle
from bisect import bisect_left
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import RDConfig

from core.errors import ConfigurationError

FILE = Path(__file__).with_name("fragment_scores.npz")
#: Score of a fragment that is not among them, as in RDKit's sascorer.
UNKNOWN = -4.0
#: Fragments whose scores are kept at hand.
_KEPT = 100_000


class FragmentScores(dict[int, float]):
    """The score of a fragment by its bit; :data:`UNKNOWN` for one that has none. Those met are kept at hand."""

    def __init__(self, fragments: NDArray[np.uint32], places: NDArray[np.uint16], scores: NDArray[np.float64]) -> None:
        """``fragments``: ascending; ``places``: of each among ``scores``."""
        super().__init__()
        self._fragments, self._places, self._scores = fragments, places, scores.tolist()

    def __missing__(self, bit: int) -> float:
        place = bisect_left(self._fragments, bit)
        known = place < len(self._fragments) and int(self._fragments[place]) == bit
        score: float = self._scores[self._places[place]] if known else UNKNOWN
        if len(self) >= _KEPT:
            self.clear()
        self[bit] = score
        return score


@cache
def fragment_scores() -> FragmentScores:
    """The scores. ConfigurationError where RDKit's contribution is missing."""
    source = _source()
    if FILE.is_file():
        with np.load(FILE, allow_pickle=False) as archive:
            if archive["made_from"].tobytes() == hashlib.sha256(source).digest():
                steps = sum(archive[f"steps_{i}"].astype(np.uint32) << np.uint32(8 * i) for i in range(4))
                return FragmentScores(np.cumsum(steps, dtype=np.uint32), archive["places"], archive["scores"])
    return FragmentScores(*_read(source))


def _source() -> bytes:
    path = Path(RDConfig.RDContribDir) / "SA_Score" / "fpscores.pkl.gz"
    try:
        return path.read_bytes()
    except OSError:
        raise ConfigurationError(f"RDKit's SA_Score contribution is missing at {path.parent}") from None


def _read(source: bytes) -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.float64]]:
    """Fragments, places and scores of RDKit's file: lists of a score and the fragments that have it."""
    lists = pickle.loads(gzip.decompress(source))
    scores = sorted({float(score) for score, *_ in lists})
    place = {score: i for i, score in enumerate(scores)}
    found = {bit: place[float(score)] for score, *bits in lists for bit in bits}  # of a fragment listed twice the last counts, as in RDKit
    fragments = np.array(sorted(found), dtype=np.uint32)
    return fragments, np.array([found[int(bit)] for bit in fragments], dtype=np.uint16), np.array(scores)


def write(path: Path = FILE) -> None:
    """Write the file; the differences byte by byte, which packs them best."""
    source = _source()
    fragments, places, scores = _read(source)
    steps = np.diff(fragments, prepend=np.uint32(0))
    planes = {f"steps_{i}": (steps >> np.uint32(8 * i)).astype(np.uint8) for i in range(4)}
    made_from = np.frombuffer(hashlib.sha256(source).digest(), dtype=np.uint8)
    np.savez_compressed(path, allow_pickle=False, made_from=made_from, places=places, scores=scores, **planes)


if __name__ == "__main__":
    write()
