"""The fragment scores of RDKit's SA_Score in a form that is looked up in the file itself.

RDKit ships them as a pickle of lists, of which a dictionary of 705,292 numbers is made. ``fragment_scores.npz`` has the same numbers: the fragments in
ascending order, and for each its place among the distinct scores. It is mapped into memory, of which a search touches a few pages. The file carries
the size and the checksum of what it was made from; where these no longer hold (another RDKit), it is not used and RDKit's own is read.
``python -m tools.calculators.fragment_scores`` writes it again.
"""

from __future__ import annotations

import gzip
import pickle
from bisect import bisect_left
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import RDConfig

from core.errors import ConfigurationError
from tools.arrays import mapped_arrays

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
    if FILE.is_file():
        held = mapped_arrays(FILE)
        if np.array_equal(held["made_from"], _mark()):
            return FragmentScores(held["fragments"], held["places"], held["scores"])
    return FragmentScores(*_read(_source().read_bytes()))


def _source() -> Path:
    return Path(RDConfig.RDContribDir) / "SA_Score" / "fpscores.pkl.gz"


def _mark() -> NDArray[np.uint32]:
    """What tells RDKit's file from another: its size, and the checksum and size of what it holds, which stand at the end of a gzip file."""
    path = _source()
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(size - 8)
            return np.array([size, *np.frombuffer(file.read(), dtype="<u4")], dtype=np.uint32)
    except (OSError, ValueError):
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
    """Write the file, uncompressed. ConfigurationError where RDKit's contribution is missing."""
    mark = _mark()
    fragments, places, scores = _read(_source().read_bytes())
    np.savez(path, allow_pickle=False, made_from=mark, fragments=fragments, places=places, scores=scores)


if __name__ == "__main__":
    write()
