"""Parts of the pages of reports, kept as they were rendered: of a run that is over they change only with what people say of its candidates."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.interfaces import RunRecord
from core.kept import Kept
from core.report import FINISHED, Report

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue

#: Bytes that all kept parts may take; the page of one report has some hundred thousand.
MOST = 48_000_000


@dataclass(frozen=True)
class PartsOf:
    """The parts of one report as it is now. ``kept`` is None where they are made each time."""

    key: tuple[Hashable, ...]
    kept: Kept[bytes] | None

    def part(self, name: str, make: Callable[[], str]) -> str:
        """The part of this name: as it is kept, or as ``make`` makes it now."""
        if self.kept is None:
            return make()
        key = (*self.key, name)
        found = self.kept.get(key)
        if found is not None:
            return found.decode()
        made = make()
        content = made.encode()
        self.kept.put(key, content, len(content))
        return made


class KeptParts:
    """What was rendered of the last reports that somebody looked at. Whoever asks must be allowed to see the run.

    The key of a part names all that it is made from: the run as it was executed (when it was created and ended, and its fence, since a deleted run's
    id may come again), everything that people have said of its candidates, and the catalogue, which another own model changes.
    """

    def __init__(self, most: int = MOST) -> None:
        self._kept: Kept[bytes] = Kept(most)

    def of(self, record: RunRecord, report: Report, catalogue: Catalogue, *, stored: bool) -> PartsOf:
        """The parts of ``report``; ``stored``: it is the run's own, not a what-if, which is made each time."""
        if not stored or record.status not in FINISHED:
            return PartsOf((), None)
        said = report.review.model_dump_json() if report.review else ""
        return PartsOf((record.run_id, record.created_at, record.finished_at, record.fence, said, catalogue), self._kept)
