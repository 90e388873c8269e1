"""The thing designed where no noun phrase asks for it: 'halogens are out of the question in our dye', 'azobenzene dye, MW below 400'."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.lexicon import Family
from agent.reading.reading import Reading

#: What says that a noun is the thing that the goal speaks of.
_DETERMINERS = frozenset(["the", "this", "these", "our", "my"])
#: Kinds that no name holds.
_NO_NAME = (
    "negation", "open", "relative", "necessity", "permission", "purpose", "adverbial", "num", "cmp", "condition", "exception", "keep", "similar", "only", "subject",
)  # fmt: skip
#: Most words between that and the noun, or before the noun in an item of a list.
_MOST_BETWEEN = 5


def spoken_of(reading: Reading) -> Family | None:
    """The family that a goal without a head speaks of: with an article or 'our', or as an item between signs; None if it names none.

    A purpose names what the thing is for, and counts only where everything before it was read: 'no osmium for our dye'.
    """
    unread = reading.head is not None
    for clause in reading.clauses:
        if reading.head is not None:
            found = _alone(reading, clause)
        else:
            found = None if clause.content == "purpose" and unread else _in_clause(reading, clause)
        if found is not None:
            return found
        unread = unread or clause.role == "unread"
    return None


def _alone(reading: Reading, clause: Clause) -> Family | None:
    """The family that is all of a clause: ', plasticiser for cable sheathing'."""
    if clause.role != "unread" or clause.content in ("purpose", "adverbial", "head"):
        return None
    if reading.lattice.lower(clause.i - 1) == "as" or reading.lattice.lower(clause.i) == "as":
        return None  # 'soluble in water as well as | a solvent'
    return next((m.value for m in reading.lattice.of(clause.i, "fam") if m.j == clause.j and m.value.name), None)


def _in_clause(reading: Reading, clause: Clause) -> Family | None:
    lattice = reading.lattice
    for k in range(clause.i, clause.j):
        for mention in lattice.of(k, "fam"):
            if not mention.value.name and not mention.value.candidate_class:
                continue
            if not _ends(reading, mention.j) or lattice.hyphen(k - 1):
                continue
            start = max(clause.i - 1, k - _MOST_BETWEEN - 1, 0)
            words = [lattice.lower(n) for n in range(start, k)]
            if clause.i == 0 and mention.j == clause.j and words[:1] == ["for"] and {"a", "an"} & set(words):
                return mention.value  # type: ignore[no-any-return]  # 'For a UV filter, log S must be above -2'
            determined = any(w in _DETERMINERS for w in words) and not any(lattice.has(n, "and", "or", "relative") for n in range(start, k))
            if determined or (clause.role == "unread" and k - clause.i <= _MOST_BETWEEN and _item(reading, clause, k)):
                return mention.value  # type: ignore[no-any-return]
    return None


def _item(reading: Reading, clause: Clause, k: int) -> bool:
    """Whether a clause begins with a name that the noun at ``k`` ends: 'azobenzene dye'."""
    if clause.content in ("purpose", "adverbial") or (clause.i and reading.lattice.pieces[clause.i - 1].text[0].isalpha()):
        return False
    return not any(reading.lattice.has(n, *_NO_NAME) for n in range(clause.i, k))


def _ends(reading: Reading, j: int) -> bool:
    """Whether a noun can end before piece ``j``: not inside 'dye laser', 'polymer-bound'."""
    lattice = reading.lattice
    if j >= len(lattice.pieces) or not (lattice.pieces[j].text[0].isalpha() or lattice.hyphen(j)):
        return True
    return not lattice.hyphen(j) and lattice.has(
        j,
        "necessity",
        "skip",
        "open",
        "relative",
        "permission",
        "purpose",
        "adverbial",
        "negation",
        "and",
        "or",
        "but",
        "negation_after",
        "vague",
    )


#: Families whose name is also one for what other things act on, are added to, or become: 'dye transfer inhibitor', 'solvent stabiliser', 'monomer scavenger'.
_ACTED_ON = frozenset(["dye", "solvent", "monomer", "plasticizer", "antioxidant", "fragment", "drug-like"])
#: Ends of such names that are adjectives: 'drug-like', 'fragment-sized'.
_ADJECTIVES = ("like", "sized", "able", "ic")
#: Nouns behind such a name for the thing itself.
_ITSELF = frozenset(
    ["lead", "hit", "additive", "agent", "molecule", "compound", "candidate", "emitter", "sensitiser", "sensitizer", "probe", "label", "marker", "stain", "tracer", "acceptor", "donor", "chromophore", "fluorophore", "species", "blend", "component", "grade"]
)  # fmt: skip


def acts_on_family(reading: Reading, adjunct: Clause, family: Family) -> bool:
    """Whether a family named before the noun of the thing designed may be what that acts on: 'solvent extraction reagent', 'dye precursor', not 'dye candidate'."""
    head, lattice = reading.head, reading.lattice
    if head is None or head.families or family.name not in _ACTED_ON or lattice.lower(adjunct.j - 1).endswith(_ADJECTIVES):
        return False
    roles = [m.value for m in lattice.of(head.i, "role") if m.j == head.j]
    if not roles:
        return False
    between = any(lattice.pieces[k].text[0].isalpha() for k in range(adjunct.j, head.i))
    return between or not ("" in roles or lattice.lower(head.j - 1).removesuffix("s") in _ITSELF)
