"""The parts of the noun phrase at the head of a goal."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reading.clauses import Reader
from agent.reading.lexicon import Family, Vague
from agent.reading.mentions import Lattice, Mention
from agent.reading.statements import Ref, Statement

#: Why a word that says what a thing is for, beside its noun, is no requirement.
STRANGE = "not understood"
#: Most words before the noun that may be unknown.
MOST_UNKNOWN = 6
#: Kinds of mentions that no name for a thing contains.
NOT_IN_NAMES = (
    "negation", "cmp", "between", "open", "relative", "and", "or", "but", "condition", "exception", "prop", "necessity", "permission", "subject", "soft",
    "negation_after", "only", "keep", "similar", "dissimilar", "maximise", "minimise", "stable", "quote", "than", "possible_up", "possible_down", "smiles",
    "edit_add", "edit_replace", "verbprop", "similarity", "purpose", "adverbial",
)  # fmt: skip
#: Ends of words that are adjectives, and no verbs in the imperative; verbs with such an end.
_ADJECTIVAL = ("ic", "ous", "ible", "able", "al", "ed", "less", "ful", "oid", "ive", "like")
_IMPERATIVES = frozenset(
    [
        "mimic",
        "conceal",
        "appeal",
        "repeal",
        "reveal",
        "steal",
        "disable",
        "need",
        "embed",
        "feed",
        "shed",
        "give",
        "forgive",
        "deprive",
        "weed",
    ]
)
#: What shows that a word before it is the subject of a sentence, not the name of the thing designed.
VERBS = ("request", "permission", "condition")
#: Adjectives behind the noun that say for what it is: 'a crown ether selective for strontium'.
SUITED = frozenset(
    [
        "selective",
        "suitable",
        "specific",
        "useful",
        "usable",
        "capable",
        "fit",
        "intended",
        "destined",
        "meant",
        "effective",
        "active",
        "sensitive",
        "responsive",
        "compatible",
        "soluble",
        "stable",
        "ready",
        "optimised",
        "optimized",
        "tailored",
        "designed",
        "known",
    ]
)
#: What may follow the noun directly.
FOLLOWERS = (
    "prop",
    "cmp",
    "between",
    "adjective_up",
    "adjective_down",
    "adjective_good",
    "superlative_up",
    "superlative_down",
    "comparative_up",
    "comparative_down",
    "number_of",
    "bound_most",
    "bound_least",
    "unchk",
)


@dataclass(frozen=True)
class Part:
    """One word or phrase before the noun: 'unknown', 'unchecked' (with a reason), 'plain', 'read' (with statements), 'joint'."""

    sort: str
    i: int
    j: int
    statements: tuple[Statement, ...] = ()
    reason: str = ""
    groups: bool = False
    family: Family | None = None
    free: bool = False


@dataclass(frozen=True)
class Found:
    """A noun phrase: its cost (unknown words, parts), its parts, the noun (None: not known) and the piece behind it."""

    cost: tuple[int, int]
    parts: tuple[Part, ...]
    noun: Mention | None
    noun_end: int


#: Words behind a compound and a hyphen that make the thing one like it: 'SPhos-like phosphine'.
_ALIKE = frozenset(["like", "style", "inspired"])


def alike(reader: Reader, k: int) -> list[Part]:
    """A compound that the thing is like, before its noun: 'an aspirin-like ester'; the name of a ring ('triptycene-like') says less."""
    lattice = reader.lattice
    return [
        Part("read", k, m.j + 2, (Statement("similarity", reader.phrase(k, m.j + 2), ref=Ref(*m.value)),), free=True)
        for m in lattice.of(k, "cmpd")
        if lattice.hyphen(m.j) and lattice.lower(m.j + 1) in _ALIKE and not lattice.has(k, "grp")
    ]


#: Words behind a hyphen that say what the thing does in, or to, what is named before it.
_IN_A_MEDIUM = frozenset(["soluble", "insoluble", "miscible", "dispersible", "swellable", "processable", "borne", "resistant", "proof", "compatible", "extraction", "extracting", "exchange", "casting", "welding"])  # fmt: skip


def families_before(lattice: Lattice, k: int) -> list[Part]:
    """Families and uses named before the noun; what a hyphen and a word behind it make a medium is none: 'solvent-soluble', not 'drug-like'."""
    found = []
    for m in lattice.of(k, "fam", "role"):
        if lattice.hyphen(m.j) and lattice.lower(m.j + 1) in _IN_A_MEDIUM:
            found.append(Part("unchecked", k, m.j + 2, reason="what happens in this medium cannot be computed"))
        else:
            found.append(Part("family", k, m.j, family=m.value if m.kind == "fam" else None))
    return found


def suited(lattice: Lattice, j: int) -> bool:
    """Whether an adjective at piece ``j`` says for what the thing before it is: 'selective for', 'useful in', 'active against'."""
    return lattice.lower(j) in SUITED and lattice.lower(j + 1) in (
        "for",
        "to",
        "towards",
        "toward",
        "against",
        "in",
        "as",
        "of",
        "with",
        "at",
    )


def asks(lattice: Lattice, k: int) -> bool:
    """Whether a verb at piece ``k`` says that what stands before it asks for something: 'Our denture base | asks for a polymer'."""
    return lattice.lower(k) in ("calls", "asks", "seeks", "demands", "cries") and lattice.has(k, "request")


def coded(lattice: Lattice, k: int) -> bool:
    """Whether the hyphen at piece ``k`` joins letters and a number to a code: 'R-134a'."""
    if not 0 < k < len(lattice.pieces) - 1 or lattice.lower(k) != "-":
        return False
    before, after = lattice.pieces[k - 1], lattice.pieces[k + 1]
    return before.text.isupper() and len(before.text) < 5 and lattice.pieces[k].glued and after.glued and after.text[0].isdigit()


def noun_like(entry: object) -> bool:
    """Whether an entry of the vague words is a noun for a thing: 'liquid', 'elastomer', 'hydrocarbon'."""
    return isinstance(entry, Vague) and entry.noun


def adjective(lattice: Lattice, i: int) -> bool:
    """Whether the word at piece ``i`` can be no verb, so that what follows is no object: 'Lyotropic amphiphiles', not 'Shun amphiphiles'."""
    word, text = lattice.lower(i), lattice.pieces[i].text
    hyphened = lattice.hyphen(i + 1) and lattice.lower(i + 2) not in ("out", "off", "down")
    return hyphened or (len(text) > 1 and text.isupper()) or (word.endswith(_ADJECTIVAL) and word not in _IMPERATIVES)
