"""What stands where the noun of the thing designed does and is none of the known names: a group as that noun: 'an amide', 'find a thiophene', 'Fruity ester under 200 Da'."""

from __future__ import annotations

from agent.reading.asides import told_behind_a_bracket
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.head_parts import MOST_UNKNOWN, Found, adjective, suited
from agent.reading.lexicon import key_of, lexicon
from agent.reading.mentions import Lattice, Mention
from agent.reading.modifiers import harmless
from agent.reading.noted import MORE
from agent.reading.participles import compared, giving, said_behind
from agent.reading.phrases import words_of
from agent.reading.uses import ANY, on_what

#: Negations behind a noun that say what else it lacks, and do not deny it: 'an imidazole without N-H', not 'an imidazole is not allowed'.
_QUALIFYING = frozenset(["with", "without", "w", "sans", "lacking", "devoid", "free"])


#: Verbs with which a question goes on behind the noun of the thing designed: 'Which liquid could serve ...?'
MODALS = frozenset(["could", "can", "would", "might", "will", "should", "shall", "may"])

#: From which number on a plural at the head counts structures.
MANY = 5
#: Requests that say what a structure has to have.
_NEEDING = frozenset(["need", "needs", "require", "requires", "required", "wants"])

#: How words for smells end: 'fruity', 'woody'.
_SMELLING = ("oody", "uity", "oral", "inty", "usky", "icy", "moky", "rthy", "rusy", "amy", "tery", "utty", "ssy", "osy", "axy")


#: Why the noun for a thing that stands in for another is no thing that is known.
REPLACED = "what would replace something in use cannot be computed; state the properties that it needs"


def stands_in(lattice: Lattice, j: int) -> bool:
    """Whether the word before piece ``j`` is a noun for what stands in for something else: 'a fluorine-free alternative'."""
    return lattice.lower(j - 1).removesuffix("s") in ("alternative", "replacement", "substitute")


def called(reader: Reader, found: Found, i: int, k: int) -> list[Clause] | None:
    """The unread name of a thing that begins the goal with an unknown adjective before the noun of a group: 'Fruity ester under 200 Da'."""
    lattice = reader.lattice
    if k > i:
        return _led(reader, found, i, k)
    strange = bool(found.parts) and found.parts[0].sort == "unknown" and len(found.parts) == 1
    noun, end = found.noun, found.noun_end
    follows = end < reader.end and (lattice.has(end, "cmp", "open") or reader.sign(end))
    if noun is None or noun.kind != "grp" or i or k or not strange or not follows or lattice.lower(end - 1).endswith("s"):
        return None
    if (
        not (adjective(lattice, 0) or lattice.lower(0).endswith(_SMELLING))
        or lattice.has(end, "negation", "negation_after", "necessity", "terse_no")
        or lattice.lower(end) in ("?", ":")
    ):
        return None
    return [Clause(0, end, "unread", reason="the thing asked for is not known by this name", content="head")]


def _led(reader: Reader, found: Found, i: int, k: int) -> list[Clause] | None:
    """The unread name of a thing behind an article, with unknown words before the noun of a group: 'Is there an ambery ketone of 14 carbons?'"""
    lattice, noun, end = reader.lattice, found.noun, found.noun_end
    articled = any(lattice.lower(n) in ("a", "an") for n in range(i, k))
    strange = any(p.sort == "unknown" for p in found.parts) and all(
        p.sort in ("unknown", "unchecked", "plain", "glue") for p in found.parts
    )
    follows = (
        end >= reader.end or reader.sign(end) or lattice.has(end, "cmp", "open", "open_weak", "purpose", "relative", "prop", "verbprop")
    )
    turned = lattice.has(end, "negation_after", "necessity", "terse_no", "permission") or lattice.lower(end) in ("?", "is", "are", "not")
    turned = turned or (lattice.lower(end) == ":" and not any(lattice.has(n, "request") for n in range(i, k)))
    if noun is None or noun.kind != "grp" or not articled or not strange or not follows or turned or lattice.lower(end - 1).endswith("s"):
        return None
    clauses = [Clause(i, k, "filler")]
    return [*clauses, Clause(k, end, "unread", reason="the thing asked for is not known by this name", content="head")]


def plainly_asked(reader: Reader, found: Found, i: int, k: int) -> bool:
    """Whether a noun that names a part ('an amide', 'find a thiophene') is asked for: with 'a' or a request, no unknown word, no verb behind it."""
    lattice = reader.lattice
    words = {lattice.lower(n) for n in range(i, k)} | {lattice.lower(p.i) for p in found.parts if p.sort == "plain"}
    asked = bool(words & {"a", "an"}) or any(lattice.has(n, "request", "num") for n in range(i, k))
    strange = any(p.sort in ("unknown", "family", "glue") or p.reason == MORE for p in found.parts) and not (
        found.noun is not None and found.noun.kind in ("grp", "derived", "pair") and leaves_it(lattice, found)
    )
    if found.noun is not None and found.noun.kind == "vague":
        strange = strange or any(lattice.has(p.i, "neutral") for p in found.parts)  # 'an immersion cooling liquid'
    end = found.noun_end
    follows = (
        end >= reader.end
        or reader.sign(end)
        or lattice.has(end, "open", "purpose", "relative", "verbprop", "prop", "cmp", "adverbial", "similar", "similar_weak")
    )
    follows = follows or goes_on(lattice, end) or lattice.lower(end) in ("wanted", "needed", "sought")
    needed = found.noun is not None and found.noun.kind in ("grp", "derived", "cmpd")
    if needed and lattice.lower(end) == "?" and not any(lattice.has(n, "request") for n in range(i, k)):
        return False  # 'an ester? over my dead body'
    asked = asked or (i == 0 and not lattice.lower(end - 1).endswith("s"))
    turned = lattice.has(end, "negation", "necessity", "negation_after") and lattice.lower(end) not in _QUALIFYING
    turned = turned or (needed and told_behind_a_bracket(lattice, end))  # 'a phenol (no good) is out'
    return (asked or not needed) and not strange and (follows or lattice.lower(end) in _QUALIFYING) and not turned


def many(lattice: Lattice, number: Mention, requested: bool) -> bool:
    """Whether ``number`` before the plural of a group counts structures and no groups: 'List 12 esters', '15 esters with MW below 300'.

    Not 'two esters', which may be groups, nor what the thing needs ('needs six hydroxyls'), nor a terse list ('six hydroxyls, MW below 400').
    """
    if float(number.value) < MANY or lattice.lower(number.i - 1) in _NEEDING:
        return False
    ends = {m.j for kind in ("grp", "derived") for m in lattice.of(number.j, kind)}
    return requested or (number.i == 0 and any(lattice.has(end, "open", "relative", "purpose") for end in ends))


def plural_class(lattice: Lattice, j: int) -> bool:
    """Whether what ends at piece ``j`` may name structures, and not parts of them: 'esters', not 'ester groups'."""
    return lattice.lower(j - 1).endswith("s") and not lattice.has(j - 1, "groups")


def folded(lattice: Lattice, k: int) -> list[Mention]:
    """Nouns at piece ``k`` that count a group: 'tetrafunctional acrylate'."""
    return [
        Mention(m.i, g.j, "pair", f"count:group:{g.value} == {m.value:g}")
        for m in lattice.of(k, "fold")
        for g in lattice.of(m.j + lattice.hyphen(m.j), "grp")[:1]
    ]


#: Kinds of mentions that an unknown word may have and say nothing that is lost where it stands unread.
_SAYING_NO_MORE = frozenset(
    ["neutral", "plain", "intersective", "role", "composed", "grp", "unchk", "superlative_good", "skip", "containing_suffix", "kinds"]
)


def goes_on(lattice: Lattice, j: int) -> bool:
    """Whether what begins at piece ``j`` says more of the noun before it, or asks what could be one: 'useful in', 'smelling of', 'Which liquid | could ...?'."""
    asked = lattice.lower(j) in MODALS and lattice.lower(0) in ("which", "what")
    return asked or suited(lattice, j) or said_behind(lattice, j) or giving(lattice, j) or compared(lattice, j)


#: Kinds of mentions in a word with a hyphen that deny or count.
_TURNED = ("negation", "negation_after", "free", "fold", "num", "replacement", "analogue", "exception")
#: Words that make another group of the noun behind them.
_DEGREES = frozenset(["primary", "secondary", "tertiary", "quaternary"])


def leaves_it(lattice: Lattice, found: Found) -> bool:
    """Whether unknown words before the noun of a group leave it what it is: 'a sandalwood alcohol', 'a plant-derived ester'."""
    parts = [p for p in found.parts if p.sort in ("unknown", "glue")]
    polymer = any(p.family is not None and p.family.candidate_class == "polymer" for p in found.parts)
    degrees = any(p.sort != "read" and lattice.lower(p.i) in _DEGREES for p in found.parts)  # 'a secondary wibble alcohol'
    if polymer or degrees or any(p.sort == "glue" and not lattice.hyphen(p.i) for p in parts):
        return False
    unknown = {k for p in parts for k in range(p.i, p.j)}
    runs: list[list[int]] = []
    for k in sorted(unknown):
        joined = runs and runs[-1][-1] == k - 1 and (lattice.hyphen(k) or lattice.hyphen(k - 1))
        runs[-1].append(k) if joined else runs.append([k])
    return all(no_more(lattice, run) and harmless("".join(lattice.lower(k) for k in run), noun=True) for run in runs)


def no_more(lattice: Lattice, run: list[int]) -> bool:
    """Whether the pieces of one unknown word say nothing that is lost where it stands unread: not 'tetrafunctional', 'fluorine-rich'."""
    if len(run) > 2 and lattice.lower(run[-1]) in words_of("modifiers.toml")["adjectives"]["last"]:
        return not any(lattice.has(k, *_TURNED) for k in run)  # 'cholesterol-derived ester', 'peroxide-resistant ether'
    return all(m.kind in _SAYING_NO_MORE for k in run for m in lattice.at[k])


def stood_for(reader: Reader, i: int, k: int, article: bool) -> list[Clause] | None:
    """The unread noun phrase 'an alternative to X', where X is no compound that is known; it ends where a clause may begin."""
    lattice = reader.lattice
    said = [m for n in range(i, k + 1) for m in lattice.of(n, "replacement")]
    here = [m for m in said if lattice.lower(m.j - 1) in ("to", "for") or lattice.lower(m.j) in ("to", "for")]
    if not here or not article:
        return None
    k = here[0].i
    start = end = here[0].j + (lattice.lower(here[0].j - 1) not in ("to", "for"))
    while not reader.boundary(end):
        end += 1
    inside = range(start, end)
    if not 0 < end - start <= MOST_UNKNOWN or any(
        lattice.has(n, "negation", "negation_after", "num", "cmp", "prop", "cmpd") for n in inside
    ):
        return None
    clauses = [Clause(i, k, "filler")] if k > i else []
    return [
        *clauses,
        Clause(
            k,
            end,
            "unread",
            reason=REPLACED,
            content="head",
        ),
    ]


def acts_on(lattice: Lattice, noun: Mention, group: str) -> bool:
    """Whether a thing of this name may act on the group named before it: 'epoxide catalyst', 'peptide coupling agent'."""
    if lattice.lower(noun.i) == "coupling":
        return not any(part in group for part in ("sil", "phosph"))
    on = on_what(lattice.text(noun.i, noun.j))
    if ANY in on or any(part in on for part in group.split(" or ")):
        return True
    return "acted_on" in lexicon(lattice.catalogue).meanings.get(key_of(group), {})


def composed(lattice: Lattice, noun: Mention) -> bool:
    """Whether a group before this noun says what the thing is made of."""
    if noun.kind == "role":
        return noun.value == "either" or (lattice.has(noun.i, "composed") and any(m.j == noun.j for m in lattice.of(noun.i, "composed")))
    return True
