"""Several nouns for the thing designed, of which any will do: 'a polyester or polyamide', 'polyimide, polyamide or a polyurea'.

What each of the kinds demands counts only as far as they share it; of demands in which they differ, one of each will do where each has one
group more than they share. Else it is said that it is not checked of which kind a structure is.
"""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.lexicon import Family
from agent.reading.mentions import Mention
from agent.reading.part_builders import choice
from agent.reading.registered import GROUPS
from agent.reading.statements import Statement

#: Why a head with alternatives demands less than its nouns do.
WHICH = "of which of these kinds a structure is cannot be checked; only what they share is taken"
_GROUP = "motif:"


def with_alternatives(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses of a noun phrase, its head widened over the nouns that 'or' joins to it."""
    head = clauses[-1]
    families = [family for family, _ in head.families]
    if head.role != "head" or not families:
        return clauses
    end, more = _behind(reader, head.j)
    if not more:
        return clauses
    classes = {str(m.value.candidate_class if m.kind == "fam" else m.value) for m in more} | {families[0].candidate_class}
    known = all(m.kind == "fam" for m in more)
    if known and {m.value.name for m in more} == {families[0].name}:
        return [*clauses[:-1], replace(head, j=end)]
    named = [c for c in clauses if c.role == "adjunct"]
    families += [m.value for m in more if m.kind == "fam"]
    statements = _shared(families) if known else None
    text = reader.lattice.text(head.i, end)
    widened = replace(
        head,
        j=end,
        families=(),
        candidate_class=classes.pop() if len(classes) == 1 else "either",
        statements=tuple(replace(s, phrase=text) for s in statements or ()),
        reason="" if statements else WHICH,
    )
    return [*(replace(c, role="unread", families=(), reason=WHICH) if c in named else c for c in clauses[:-1]), widened]


def _behind(reader: Reader, j: int) -> tuple[int, list[Mention]]:
    """(piece behind the last alternative, the nouns) of ', B or a C' behind a noun that ends at ``j``; no nouns where none follow."""
    lattice, found, closed, k = reader.lattice, [], False, j
    while not closed:
        n = k + (lattice.lower(k) == ",")
        if any(m.j == n + 1 and lattice.lower(n) in ("or", "and/or") for m in lattice.of(n, "or")):
            closed, n = True, n + 1
        elif n == k:
            break
        n += lattice.lower(n) in ("a", "an")
        nouns = [m for m in lattice.of(n, "fam", "role") if not (lattice.hyphen(m.j) or (m.kind == "role" and not m.value))]
        if not nouns:
            return j, []
        noun = max(nouns, key=lambda m: (m.j, m.kind == "fam"))
        found.append(noun)
        k = noun.j
    return (k, found) if closed and found and reader.boundary(k) else (j, [])


def _shared(families: list[Family]) -> list[Statement] | None:
    """What the kinds demand together; None where more than groups is demanded, or nothing tells them apart by one group each."""
    demands = [[r.removeprefix(_GROUP).removesuffix(" present") for r in f.requires] for f in families]
    if any(not r.startswith(_GROUP) or not r.endswith(" present") for f in families for r in f.requires):
        return None
    common = [name for name in demands[0] if all(name in d for d in demands)]
    own = [[name for name in d if name not in common] for d in demands]
    shared = [Statement("motif", "", name=name, smarts=GROUPS[name].smarts) for name in common]
    if all(not names for names in own):
        return shared
    if any(len(names) != 1 for names in own):
        return shared or None
    return [*shared, choice(list(dict.fromkeys(names[0] for names in own)))]
