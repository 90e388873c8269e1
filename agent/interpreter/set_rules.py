"""Rules for conditions on the list as a whole: 'diversity of at least 0.8', 'novelty >= 0.8 against aspirin and ibuprofen'."""

from __future__ import annotations

from agent.interpreter.cursor import Cursor
from agent.interpreter.statements import Ref, Statement

_DIVERSITY = ("diversity", "internal diversity", "structural diversity")
_NOVELTY = ("novelty", "structural novelty")
_AGAINST = ("against", "relative to", "compared with", "compared to", "with respect to", "from", "to", "over")


def set_level(c: Cursor, i: int) -> int | None:
    """A number for diversity or novelty, and what the novelty is measured against."""
    word = c.text_of(i)
    if word not in _DIVERSITY and word not in _NOVELTY:
        return None
    found = c.limit(c.skip(i + 1, 4))
    if found is None or found[0].low is None or found[0].unit not in ("", "%"):
        return None
    limit, j = found
    references: list[Ref] = []
    if word in _NOVELTY:
        k = j
        while c.text_of(k) in (*_AGAINST, "the", "set", "known", "drugs", ":", "relative", "compared", "respect", "with") and k < j + 6:
            k += 1
        while (one := c.reference(k)) is not None and one[0].smiles:
            references.append(one[0])
            j = k = one[1]
            while c.has(k, "sep", "and", "or") and c.text_of(k) not in (".", ";"):
                k += 1
    name = "diversity" if word in _DIVERSITY else "novelty"
    c.found.statements.append(Statement("set", c.phrase(i, j), name=name, limit=limit, references=tuple(references)))
    return j
