"""Reasons why a clause may not count, and what both its neighbours may hold."""

from __future__ import annotations

from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader

#: Reasons why a clause that was read does not count.
DOUBT = "its neighbour was not understood, and may change what it means"
TOGETHER = "it is not said whether the number counts each or all of them"
ALTERNATIVE = "alternatives between unlike conditions cannot be checked"
EXCEPTION = "a condition or an exception is not understood"
EXCHANGE = "one thing is put in the place of another, and which is which is not understood"
#: Ends of adjectives.
DESCRIBING = ("able", "ible", "ous", "ful", "ical", "ic", "al", "less", "ant", "ent", "ive", "ary", "ly", "ar")
#: Words behind what is excluded that name what is wanted in its place.
INSTEAD = "in favo"
#: What an unread end of a list may hold that turns all of it: 'aluminium, alcohol, parabens: all three undesired'.
TURNING = ("negation", "negation_after", "free", "permission", "permission_after", "exception")
#: Words that give a reason, which changes nothing.
_LONGER_REASONS = (
    "on account of ",
    "on grounds of ",
    "on the grounds of ",
    "for fear of ",
    "in view of ",
    "as a result of ",
    "for reasons of ",
)
_REASONS = ("because", "since", "due", "owing", "thanks")


def between(reader: Reader, i: int, j: int) -> set[str]:
    """The kinds of joining words between pieces ``i`` and ``j``."""
    found = (m for k in range(i, j) for m in reader.lattice.of(k, "and", "or", "but"))
    return {m.kind for m in found if not (reader.lattice.lower(m.i) == "either" and reader.sign(m.j))}  # 'no PFAS either, ...'


def excepted(reader: Reader, clause: Clause, after: Clause, sign: str) -> bool:
    """Whether what follows a clause about parts takes something out of it: 'no aromatic rings | other than phenyl'."""
    return clause.parts and after.role == "read" and sign != "." and reader.lattice.has(after.i, "exception")


def excludes_all(reader: Reader, clause: Clause) -> bool:
    """Whether a clause ends with an exclusion that may hold for what it hangs on: '(an ester) with a phenol is not acceptable'."""
    lattice = reader.lattice
    if any(lattice.has(k, "negation") for k in range(clause.i, clause.start)):
        return False  # 'an ether with no hydroxyl is wanted'
    apart = lattice.lower(clause.i) in ("where", "in", "so", "such", "whose")
    copula = any(
        lattice.lower(k) in ("is", "are", "must", "should", "shall", "has", "have", "ought") for k in range(clause.i + 1, clause.j)
    )
    return clause.closing and clause.denied and copula and not apart and lattice.has(clause.i, "open", "relative", "open_weak")


def twice_denied(after: Clause) -> bool:
    """Whether a clause denies a denial, which may be one of what stands before it: 'a phenol | without nitro groups is not wanted'."""
    return after.role == "unread" and after.reason.startswith("a double negation")


def forbids(clause: Clause) -> bool:
    """Whether a clause forbids parts by a verb or a number of its own, which no other clause turns round: 'leave thiophenes out', 'zero metals'."""
    none = [s.kind == "count" and s.limit is not None and (s.limit.operator, s.limit.low) == ("==", 0.0) for s in clause.statements]
    return clause.content == "kept_out" or (clause.content == "count" and bool(none) and all(none))


def denies_before(reader: Reader, i: int) -> bool:
    """Whether a word that denies stands before piece ``i`` in its sentence."""
    while i > 0 and reader.lattice.lower(i - 1) not in STOPS:
        i -= 1
        if reader.lattice.has(i, "negation", "negation_after", "condition", "exception"):
            return True
    return False


def gives_reason(reader: Reader, clause: Clause) -> bool:
    """Whether an unread clause gives a reason: 'because they hydrolyse'."""
    said = reader.lattice.text(clause.i, clause.j).lower()
    return (reader.lattice.lower(clause.i) in _REASONS or said.startswith(_LONGER_REASONS)) and not any(
        reader.lattice.has(k, "condition", "exception") for k in range(clause.i, clause.j)
    )


#: Verbs of what a part does for the thing that has it.
_CAUSATIVES = frozenset(
    [
        "lets",
        "makes",
        "helps",
        "gives",
        "allows",
        "enables",
        "renders",
        "causes",
        "permits",
        "grants",
        "lends",
        "let",
        "make",
        "help",
        "give",
    ]
)


def tells_effect(reader: Reader, clause: Clause) -> bool:
    """Whether an unread clause says what comes of what stands before it: 'so it stays put', 'that lets it degrade'."""
    lattice = reader.lattice
    if any(
        lattice.has(k, "negation", "negation_after", "free", "condition", "exception", "edit_remove") for k in range(clause.i, clause.j)
    ):
        return False
    words = [lattice.lower(k) for k in range(max(0, clause.i - 3), clause.j)]
    for n, word in enumerate(words):
        if word == "so":
            rest = [w for w in words[n + 1 : n + 5] if w != "that"]
            return len(rest) > 1 and rest[0] in ("it", "they") and (rest[1].endswith("s") or rest[1] in ("will", "can"))
    return lattice.lower(clause.i) in ("that", "which") and lattice.lower(clause.i + 1) in _CAUSATIVES


def opened_by(reader: Reader, clause: Clause) -> set[str]:
    """The kinds of joining words with which a clause begins."""
    return {m.kind for m in reader.lattice.of(clause.i, "or") if reader.lattice.lower(m.i) != "either"}


#: Kinds of words in a bracket behind a bound that may change it, and words with which such a bracket begins.
_CHANGING = (
    *TURNING,
    "condition",
    "grp",
    "elem",
    "num",
    "necessity",
    "prop",
    "verbprop",
    "cmpd",
    "soft",
    "soft_after",
    "cmp",
    "unit",
    "temperature",
    "or",
    "fam",
)
_WHERE = frozenset(
    [
        "in",
        "of",
        "at",
        "on",
        "only",
        "for",
        "when",
        "where",
        "with",
        "without",
        "under",
        "not",
        "per",
        "versus",
        "vs",
        "from",
        "than",
        "by",
        "mean",
        "onset",
        "peak",
        "midpoint",
        "average",
        "dry",
        "wet",
        "log",
    ]
)


def tells_why(reader: Reader, after: Clause) -> bool:
    """Whether a bracket behind a bound says only whose bound it is, or why: '(the legal limit)', '(shipping rules)', '(as the customer asks)'."""
    lattice, inside = reader.lattice, range(after.i, after.j)
    alone = lattice.lower(after.j) == ")" and any(lattice.lower(k) == "(" for k in range(max(0, after.i - 3), after.i))
    words = [lattice.lower(k) for k in inside]
    return (
        alone
        and words[0] not in _WHERE
        and all(w.isalpha() or w in "-'!" for w in words)
        and not any(lattice.has(k, *_CHANGING) for k in inside)
    )
