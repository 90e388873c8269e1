"""Lists of what is excluded of which an item is not known: 'without parabens, formaldehyde releasers or isothiazolinones'.

The items that are known are excluded as the first one is, where the list is closed by 'or' and nothing in it could turn it.
"""

from __future__ import annotations

from dataclasses import replace

from agent.reading.builders import build
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_words import between
from agent.reading.said_of import signs
from agent.reading.stance import Stance
from agent.reading.statements import Statement

#: Kinds of which an item of a list holds none: it is a noun, known or not.
_NO_ITEM = (
    "negation", "negation_after", "open", "open_weak", "request", "necessity", "necessity_after", "relative", "permission", "permission_after", "purpose", "keep",
    "kept_after", "cmp", "num", "verbprop", "similar", "subject", "soft", "soft_after", "condition", "exception", "prop", "adverbial", "positive_after", "maximise", "minimise",
    "edit_add", "edit_replace", "placed_after", "approval", "stable", "fam", "free", "containing_suffix",
)  # fmt: skip
#: Most words of an item.
_LONGEST = 4
#: Exclusions behind which 'and' closes a list as 'or' does.
_ALL_OF = ("without", "free", "devoid", "exclud", "avoid", "lacking")


def denied_lists(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with the known items of such lists denied."""
    found = list(clauses)
    for n, clause in enumerate(clauses):
        if not _opens(reader, clause):
            continue
        items = _items(reader, clauses, n)
        for m in items:
            built = _denied(reader, clauses[m], clauses[n])
            if built:
                phrase = reader.phrase(clauses[m].i, clauses[m].j)
                statements = tuple(replace(s, phrase=phrase) for s in built)
                found[m] = replace(
                    clauses[m],
                    role="read",
                    reason="",
                    statements=statements,
                    suggested=(),
                    content="denied_item",
                    start=clauses[m].i,
                    denied=True,
                    closing=True,
                )
    return found


def _opens(reader: Reader, clause: Clause) -> bool:
    """Whether a clause begins a list with a denial of parts that was read whole, or denies something that is not known."""
    lattice = reader.lattice
    if clause.role == "read":
        return (
            clause.denied
            and clause.content == "motif"
            and clause.opened
            and not clause.closing
            and all(s.kind in ("motif", "count") for s in clause.statements)
        )
    begins = [m.j for m in lattice.of(clause.i, "negation")] if clause.role == "unread" and not clause.suggested else []
    return bool(begins) and _plain(reader, max(begins), clause.j)


def _plain(reader: Reader, i: int, j: int) -> bool:
    """Whether pieces ``i`` to ``j`` can only be a noun with what stands before it."""
    lattice = reader.lattice
    return (
        0 < j - i <= _LONGEST and not any(lattice.has(k, *_NO_ITEM) for k in range(i, j)) and not any(reader.sign(k) for k in range(i, j))
    )


def _items(reader: Reader, clauses: list[Clause], n: int) -> list[int]:
    """The places of the items behind the first one, in a list that is closed; empty where it is none."""
    items: list[int] = []
    lattice = reader.lattice
    opened = lattice.text(clauses[n].i, clauses[n].j).lower()
    for m in range(n + 1, len(clauses)):
        before, item = clauses[m - 1], clauses[m]
        joined, sign = between(reader, before.j, item.i), signs(reader, before.j, item.i)
        comma = all(lattice.lower(k) in (",", "or", "nor", "and") for k in range(before.j, item.i)) and item.i > before.j
        if sign == "." or not comma or not _bare(item) or not _plain(reader, item.i, item.j):
            return []
        items.append(m)
        closed = lattice.lower(item.i - 1) in ("or", "nor") or ("and" in joined and any(w in opened for w in _ALL_OF))
        if closed:
            ended = item.j >= reader.end or (reader.sign(item.j) and lattice.lower(item.j) not in ("?", ":", "("))
            return items if ended and len(items) > 1 - (clauses[n].role == "unread") else []
    return []


def _bare(item: Clause) -> bool:
    """Whether an item is not understood, or names a part and says no more of it."""
    named = item.role == "read" and item.content == "motif" and item.bare and not item.denied
    return named or (item.role == "unread" and not item.reason)


def _denied(reader: Reader, item: Clause, first: Clause) -> list[Statement]:
    """What an item excludes, where it is a known part and written as the first one is; empty where it is not."""
    last, opened = reader.lattice.lower(item.j - 1), reader.lattice.lower(first.j - 1)
    if (last.endswith("s") and not last.endswith("ss")) != (opened.endswith("s") and not opened.endswith("ss")):
        return []
    for node in reader.matcher.contents_at(item.i):
        if node.name == "motif" and node.j == item.j:
            built = build(node, Stance(denied=True, framed=True), reader.lattice, "")
            if isinstance(built, list):
                return built
    return []
