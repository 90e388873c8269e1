"""Search by vectors beside the record: an inverted file of 8-bit vectors that is read from the disk as it is needed, with exact scores.

Up to ``FLAT`` vectors are compared one by one. Above that they are cut into cells (k-means); a question looks into the nearest two fifths of
the cells only. So many it takes: questions lie farther from all passages than these from each other, so that what a few cells find of a stored
vector's neighbours (0.99 with 2 % of the cells) says nothing of theirs (0.57 with 2 %, 0.95 with 29 %, 0.99 with 57 %; 50,000 made-up abstracts,
100 questions). What has come since the cells were made is put into them; they are made anew when the number of vectors has doubled.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memory.passages.record import Record

#: Most vectors that are compared one by one.
FLAT = 20_000
#: Vectors after the last that the file holds, before they are written into it; a twentieth of the file where that is more.
TAIL = 10_000
_PROBED = 0.4
_BATCH = 20_000
_MOST_TRAINED = 100_000
_SEED = 7


class DenseIndex:
    """The vectors of one space of ``record``, with a file in ``folder`` where they are many. ``live`` has a bit for each row that counts."""

    def __init__(self, folder: Path, record: Record, space: int, dimension: int) -> None:
        self._file = folder / f"cells-{space}.faiss"
        self._about = folder / f"cells-{space}.json"
        self._record, self._space, self._dimension = record, space, dimension
        self._base: Any = None
        self._base_last = self._made_of = self._last = 0
        self._probes = 1
        self._open()
        self._fresh()

    def search(self, vector: NDArray[np.float32], limit: int, live: NDArray[np.uint8]) -> dict[int, float]:
        """Cosine similarity by row of the ``limit`` nearest rows that ``live`` allows; exact for the rows that are found."""
        faiss = _faiss()
        rows: list[int] = []
        asked = vector.reshape(1, -1)
        wanted = 2 * limit
        chosen = faiss.IDSelectorBitmap(live)
        if self._base is not None:
            parameters = faiss.SearchParametersIVF(sel=chosen, nprobe=self._probes)
            rows += [int(r) for r in self._base.search(asked, wanted, params=parameters)[1][0] if r >= 0]
        if self._tail.ntotal:
            rows += [int(r) for r in self._tail.search(asked, wanted, params=faiss.SearchParameters(sel=chosen))[1][0] if r >= 0]
        near = self.scores(vector, rows)
        best = sorted(near, key=lambda row: (-near[row], row))[:limit]
        return {row: near[row] for row in best}

    def scores(self, vector: NDArray[np.float32], rows: list[int]) -> dict[int, float]:
        """Cosine similarity by row for those of ``rows`` that have a vector."""
        known, vectors = self._record.vectors_of(self._space, list(dict.fromkeys(rows)))
        return {row: float(score) for row, score in zip(known, vectors @ vector, strict=True)} if known else {}

    def catch_up(self) -> None:
        """Take up vectors that the record has got since."""
        rows, vectors = self._record.vectors_after(self._space, self._last, _BATCH)
        while rows:
            self._tail.add_with_ids(vectors, np.array(rows, np.int64))
            self._last = rows[-1]
            rows, vectors = self._record.vectors_after(self._space, self._last, _BATCH)

    def settle(self) -> bool:
        """Write the tail into the file where it has grown long, making cells where there are none yet or too few; whether anything changed."""
        held = self._base.ntotal if self._base is not None else 0
        total = held + self._tail.ntotal
        if total <= FLAT or self._tail.ntotal <= max(TAIL, held // 20):
            return False
        if self._base is None or total >= 2 * self._made_of:
            self._make()
        else:
            self._extend()
        self._open()
        self._fresh()
        return True

    def exact(self, asked: NDArray[np.float32], limit: int) -> list[list[int]]:
        """For each row of ``asked`` the ``limit`` nearest rows of all, by comparing every one; slow, for measuring the search against."""
        best: list[list[tuple[float, int]]] = [[] for _ in asked]
        for rows, vectors in self._all():
            for place, scores in enumerate(asked @ vectors.T):
                best[place] += [(-float(scores[i]), rows[i]) for i in np.argsort(-scores)[:limit]]
        return [[row for _, row in sorted(one)[:limit]] for one in best]

    def _all(self) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        rows, vectors = self._record.vectors_after(self._space, 0, _BATCH)
        while rows:
            yield rows, vectors
            rows, vectors = self._record.vectors_after(self._space, rows[-1], _BATCH)

    def _open(self) -> None:
        faiss = _faiss()
        if self._about.exists() and self._file.exists():
            about = json.loads(self._about.read_text("utf-8"))
            self._base = faiss.read_index(str(self._file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            self._base_last, self._made_of, self._probes = about["last"], about["made_of"], about["probes"]

    def _fresh(self) -> None:
        faiss = _faiss()
        self._tail = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))
        self._last = self._base_last
        self.catch_up()

    def _make(self) -> None:
        """Cells from a sample of all vectors, then all vectors into them."""
        faiss = _faiss()
        total = self._record.count_vectors(self._space)
        share = min(1.0, _MOST_TRAINED / total)
        random = np.random.default_rng(_SEED)
        sample = np.concatenate([v[random.random(len(v)) < share] for _, v in self._all()])
        cells = max(16, min(int(2 * total**0.5), len(sample) // 40))
        index = faiss.index_factory(self._dimension, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed = 8, _SEED
        index.train(sample)
        last = 0
        for rows, vectors in self._all():
            index.add_with_ids(vectors, np.array(rows, np.int64))
            last = rows[-1]
        self._write(index, last, index.ntotal, math.ceil(_PROBED * index.nlist))

    def _extend(self) -> None:
        """The rows of the tail into the cells that there are."""
        faiss = _faiss()
        index = faiss.read_index(str(self._file))
        rows, vectors = self._record.vectors_after(self._space, self._base_last, _BATCH)
        last = self._base_last
        while rows:
            index.add_with_ids(vectors, np.array(rows, np.int64))
            last = rows[-1]
            rows, vectors = self._record.vectors_after(self._space, last, _BATCH)
        self._write(index, last, self._made_of, self._probes)

    def _write(self, index: Any, last: int, made_of: int, probes: int) -> None:
        """Put the file in place of the old one; what describes it goes first away and last back, so that the two always fit together."""
        faiss = _faiss()
        new = self._file.with_suffix(".new")
        faiss.write_index(index, str(new))
        with new.open("rb") as file:
            os.fsync(file.fileno())
        self._about.unlink(missing_ok=True)
        os.replace(new, self._file)
        about = self._about.with_suffix(".new")
        about.write_text(json.dumps({"last": last, "made_of": made_of, "probes": probes}), "utf-8")
        os.replace(about, self._about)


def _faiss() -> Any:
    """FAISS, whose stubs describe its C++ and not its Python."""
    import faiss

    return faiss
