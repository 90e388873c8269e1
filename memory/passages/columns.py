"""What can be filtered by, in memory: a few numbers a passage, from which the bits of the accepted rows are made in a millisecond."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.passages import PassageFilter
from memory.passages.record import Record

_UNKNOWN = -(10**6)


class Columns:
    """Year, source, section, DOI and collection of every row of ``record``, and which rows there are."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._row, self._change = 0, 0
        self._codes: list[dict[str | None, int]] = [{}, {}, {}, {}]
        self._held = np.full((5, 0), _UNKNOWN, np.int32), np.zeros(0, bool), np.zeros(0, np.uint8)
        self.catch_up()

    def catch_up(self) -> None:
        """Take up what the record has got since."""
        new, gone = self._record.columns(self._row), self._record.gone_after(self._change)
        if not new and not gone:
            return
        last = new[-1][0] if new else self._row
        values, live, _ = self._held
        grown = max(0, last + 1 - len(live))
        values = np.concatenate([values, np.full((5, grown), _UNKNOWN, np.int32)], axis=1)
        live = np.concatenate([live, np.zeros(grown, bool)])
        for row, year, *named in new:
            live[row] = True
            values[0, row] = _UNKNOWN if year is None else year
            for at, name in enumerate(named):
                values[at + 1, row] = self._codes[at].setdefault(name, len(self._codes[at]))
        for _, row in gone:
            if row < len(live):
                live[row] = False
        self._row, self._change = last, gone[-1][0] if gone else self._change
        self._held = values, live, np.packbits(live, bitorder="little")  # at once: another thread may be searching

    def bitmap(self, accepted: PassageFilter) -> NDArray[np.uint8]:
        """A bit for each row number from 0, the lowest of a byte first: whether the row is there and accepted."""
        values, live, bits = self._held
        if accepted.empty:
            return bits
        good = live.copy()
        if accepted.since is not None or accepted.until is not None:
            years = values[0]
            good &= years != _UNKNOWN
            good &= (years >= accepted.since) if accepted.since is not None else True
            good &= (years <= accepted.until) if accepted.until is not None else True
        named: Sequence[tuple[str, ...]] = (accepted.sources, accepted.sections, accepted.dois, accepted.collections)
        for at, names in enumerate(named):
            if names:
                good &= np.isin(values[at + 1], [self._codes[at].get(name, -1) for name in names])
        return np.packbits(good, bitorder="little")
