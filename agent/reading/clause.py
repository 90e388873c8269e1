"""A clause of a goal: where it stands and what it became."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reading.lexicon import Family
from agent.reading.statements import Statement

#: Contents that speak of parts of structures.
PARTS = frozenset(
    [
        "motif",
        "both",
        "placed",
        "contrast",
        "exchanged",
        "kept_out",
        "denied_item",
        "any_of",
        "ends",
        "all_but",
        "such_as",
        "count",
        "elements",
        "kept_group",
        "kept",
        "varied",
        "derivative",
    ]
)


@dataclass(frozen=True)
class Clause:
    """Pieces ``i`` to ``j`` (exclusive) and what they became.

    role: read (its ``statements`` hold), unread (``reason``; what was understood of it is in ``suggested``), purpose, or head (the thing
    designed: ``families``, ``candidate_class``, ``candidates``). ``bare``: nothing in it but the content itself; ``parts``: it speaks of
    groups; ``closing``: its stance was decided by words at its end; ``opened``: by words at its beginning.
    """

    i: int
    j: int
    role: str
    statements: tuple[Statement, ...] = ()
    reason: str = ""
    suggested: tuple[Statement, ...] = ()
    content: str = ""
    start: int = 0
    bare: bool = False
    denied: bool = False
    closing: bool = False
    opened: bool = False
    subject: bool = False
    adjectival: bool = False
    needs_head: bool = False
    understood: bool = False
    listed: bool = False
    plural: bool = False
    families: tuple[tuple[Family, str], ...] = ()
    candidate_class: str = ""
    candidates: int | None = None
    uncertain: bool = False

    @property
    def parts(self) -> bool:
        """Whether it asks for or denies parts of structures."""
        return self.content in PARTS
