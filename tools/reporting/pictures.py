"""The drawings of a report, made once: each takes longer than all the rest of its candidate's card.

A run that is over keeps them beside its candidates (:mod:`memory.sql.columns`), and a page looks there first. They say nothing that the report does
not say; what is not among them is drawn.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from html import escape

from core.candidate import Candidate
from core.report import Report
from tools.reporting.drawing import Drawing, draw
from tools.structures.series import shared_cores

#: Under which name they are kept; drawings of another kind get another one, and those of earlier runs are then made anew.
PICTURES = "pictures/1"


@dataclass(frozen=True)
class Pictures:
    """Drawings by what is drawn: SMILES of the structure, of its parent and of its core, each '' for none.

    ``listed``: the structures of the report, as SMILES; ``shared``: the core of each of these that shares one with another.
    """

    listed: tuple[str, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    drawn: Mapping[tuple[str, str, str], Drawing] = field(default_factory=dict)

    def cores(self, report: Report) -> Mapping[str, str]:
        """For each candidate of ``report`` that shares a core with another one, by its SMILES, the core that is drawn in one place."""
        listed = _listed(report)
        return self.shared if listed == self.listed else shared_cores(listed)

    def draw(self, smiles: str, title: str, parent: str = "", core: str = "") -> Drawing:
        """The structure as :func:`tools.reporting.drawing.draw` draws it, with ``title`` as its text alternative."""
        kept = self.drawn.get((smiles, parent, core)) or _drawn(smiles, parent, core)
        return Drawing(kept.svg.replace(_label(smiles), _label(title or smiles), 1), kept.wide, kept.changed)

    def packed(self) -> bytes:
        """All of it as bytes, for :func:`unpacked`."""
        drawn = [[*of, asdict(drawing)] for of, drawing in self.drawn.items()]
        return zlib.compress(json.dumps([self.listed, dict(self.shared), drawn], ensure_ascii=False).encode())


@lru_cache(maxsize=512)
def _drawn(smiles: str, parent: str, core: str) -> Drawing:
    """A drawing that no run keeps yet, for the next look at the same page: a report is opened again and again before a worker has time for it (5 MB)."""
    return draw(smiles, parent=parent, core=core)


def unpacked(content: bytes | None) -> Pictures:
    """What :meth:`Pictures.packed` gave; none for None."""
    if content is None:
        return Pictures()
    listed, shared, drawn = json.loads(zlib.decompress(content))
    return Pictures(tuple(listed), shared, {(smiles, parent, core): Drawing(**rest) for smiles, parent, core, rest in drawn})


def pictures_of(report: Report) -> Pictures:
    """The drawings that the page of ``report`` shows, made now."""
    listed = _listed(report)
    cores = shared_cores(listed)
    wanted = {(c.smiles, parent_of(c), cores.get(c.smiles, "")) for c in [*report.candidates, *report.closest]}
    return Pictures(listed, cores, {(s, p, c): draw(s, parent=p, core=c) for s, p, c in sorted(wanted)})


def parent_of(candidate: Candidate) -> str:
    """SMILES of the structure that a candidate is compared with in its drawing; '' for none."""
    return candidate.origin.parent_smiles[0] if candidate.origin.parent_smiles else ""


def _listed(report: Report) -> tuple[str, ...]:
    return tuple(c.smiles for c in [*report.candidates, *report.closest])


def _label(title: str) -> str:
    return f'aria-label="{escape(title)}"'
