"""Why a clause that was read may not count after all: what stands beside it was not understood, denies, or takes it back."""

from __future__ import annotations

from itertools import pairwise

from agent.reading.asides import SAYING
from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_before import doubt_from_left
from agent.reading.doubt_behind import AT_THE_END, WITHOUT_SUBJECT, doubt_from_right, of_the_whole, reason_in_brackets
from agent.reading.doubt_words import (
    ALTERNATIVE,
    DOUBT,
    EXCHANGE,
    between,
    excludes_all,
    forbids,
    gives_reason,
    tells_effect,
    twice_denied,
)
from agent.reading.exchanged import half_read
from agent.reading.facts import DONE, FACT, done_by_people, states_fact
from agent.reading.pronouns import ANAPHORA, takes_nothing
from agent.reading.said_of import signs, thing_excluded


def doubted(reader: Reader, clauses: list[Clause], n: int) -> str:
    """Why clause ``n``, which was read, may not count; '' if it may."""
    clause = clauses[n]
    if clause.content == "denied_item":
        return ""  # the whole list was looked at
    if why := _refused(reader, clauses, n):
        return why
    after = clauses[n + 1] if n + 1 < len(clauses) else None
    if clause.role == "head" and after is not None and any(s.kind == "motif" for s in clause.statements):
        if "or" in between(reader, clause.j, after.i) and signs(reader, clause.j, after.i) != "." and after.role in ("read", "unread"):
            return ALTERNATIVE
        denied = after.role in ("read", "unread") and (excludes_all(reader, after) or twice_denied(after))
        return DOUBT if after.i == clause.j and denied else ""
    if clause.content == "name" and (thing_excluded(reader, clauses, n) or _thing_answered(reader, clauses, n)):
        return DOUBT
    if any(s.kind == "rule_set" for s in clause.statements) and _measured_behind(reader, clauses, n):
        return DOUBT
    if clause.role != "read" or clause.content == "name":
        return ""
    if states_fact(reader, clauses, n):
        return FACT
    return DOUBT if _doubtful(reader, clauses, n, after) else _beside(reader, clauses, n)


def _refused(reader: Reader, clauses: list[Clause], n: int) -> str:
    """Why the noun of the thing designed, or a demand, may not count: it is what people do, what is exchanged, or what words further on deny."""
    clause = clauses[n]
    parts = any(s.kind == "motif" for s in clause.statements)
    if clause.role in ("read", "head") and done_by_people(reader, clauses, n):
        return DONE
    if clause.role == "head" and parts and ((n + 1 < len(clauses) and _of_a_list(reader, clauses, n)) or _all_denied(reader, clauses, n)):
        return AT_THE_END
    if clause.role in ("read", "head") and half_read(reader, clauses, n):
        return EXCHANGE
    if clause.role in ("read", "head") and (_denied_behind(reader, clauses, n) or _family_denied(reader, clauses, n)):
        return DOUBT
    named = clause.role == "head" or (clause.role == "read" and not clause.denied and (clause.listed or clause.content == "placed"))
    if named and any(s.kind in ("motif", "count") for s in clause.statements) and _denied_shortly(reader, clauses, n):
        return AT_THE_END
    return ""


def _doubtful(reader: Reader, clauses: list[Clause], n: int, after: Clause | None) -> bool:
    """Whether a clause that was read may mean something else by its own words, or by what the sentence goes on to say of it."""
    clause, lattice = clauses[n], reader.lattice
    if clause.denied and clause.parts and any(lattice.lower(k) == "else" for k in range(clause.i, clause.j)):
        return True  # 'one carbazole, nothing else heteroaromatic'
    if lattice.has(clause.i, "same") and not _said_before(clauses, n):
        return True
    if _answered(reader, clauses, n) or (not clause.denied and _under_label(reader, clause)):
        return True
    if clause.listed and not clause.denied and _said_later(reader, clauses, n):
        return True
    if clause.parts and clause.denied and _purpose(reader, clauses, n):
        return True
    if clause.content == "kept_out" and _kept_from(reader, clause, after):
        return True
    none = any(s.limit is not None and s.limit.low == 0 for s in clause.statements)
    if clause.parts and not clause.denied and not none and _taken_back(reader, clauses, n):
        return True
    if clause.content == "formula" and clause.bare and lattice.lower(clause.i - 1) == "(" and clause.i > 1:
        return True  # 'a solvation energy (CHCl3)'
    # 'a spiro carbon joining two rings'
    return clause.content in ("limit", "count") and lattice.lower(clause.i) in _JOINING and clause.j - clause.i > 2


def _beside(reader: Reader, clauses: list[Clause], n: int) -> str:
    """Why a clause may not count beside its neighbours; '' if it may."""
    clause, before, after = clauses[n], _neighbour(clauses, n, -1), _neighbour(clauses, n, 1)
    if before is not None and (reason_in_brackets(reader, before, clause) or _counted_in_brackets(reader, before, clause)):
        return DOUBT
    if clause.plural and before is None:
        return DOUBT
    if before is not None and (why := doubt_from_left(reader, before, clause, carried=_carried(reader, clauses, n))):
        return why
    return doubt_from_right(reader, clause, after) if after is not None else ""


#: Verbs whose object is what a part lies between.
_JOINING = frozenset(
    ["joining", "linking", "connecting", "bridging", "fusing", "spanning", "uniting", "separating", "joins", "links", "connects", "bridges"]
)


def _counted_in_brackets(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether atoms that brackets behind a part count are those of the part: 'quaternary head (N+ with four carbons)'."""
    lattice = reader.lattice
    opened = any(lattice.lower(k) == "(" for k in range(max(0, before.i - 1), clause.i)) and lattice.lower(clause.j) == ")"
    return (
        opened
        and clause.content == "count"
        and any(s.what == "element" for s in clause.statements)
        and lattice.lower(clause.i) in ("with", "having", "of")
    )


def _all_denied(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words at the end of the sentence deny what a noun for a part, with no article, begins: 'volatile amine, corrosive ester: both unwanted'."""
    lattice, i = reader.lattice, clauses[n].i
    if any(lattice.lower(k) in ("a", "an") or lattice.has(k, "request") for k in range(max(0, i - 3), i)):
        return False
    for before, after in pairwise(clauses[n:]):
        if after.role != "unread" or any(lattice.lower(k) in (".", ";", "!") for k in range(before.j, after.i) if reader.sign(k)):
            return False
        last = after.j >= reader.end or lattice.lower(after.j) in (".", ";", "!")
        summed = any(lattice.lower(k) in ("all", "both", "each", "neither", "none") for k in range(before.j, after.j))
        if last and summed and any(lattice.has(k, "negation_after", "negation") for k in range(after.i, after.j)):
            return True
    return False


def _measured_behind(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words right behind the name of a rule set hold a number, which may be a limit of its score: 'CNS MPO | wibble above 4.5'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if after.i != end or after.role != "unread":
            return False
        compares = after.content != "head" and reader.lattice.has(after.i, "cmp", "between", "num")
        mixed = end == clauses[n].j and after.content == ""
        if (compares or mixed) and any(reader.lattice.has(k, "num") for k in range(after.i, after.j)):
            return True
        end = after.j
    return False


#: Verbs with which a sentence says something of what stands before it.
_SAYING = SAYING | {"be"}


def _denied_behind(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words right behind a demand go on to a verb that denies it: 'an amide made from CO2 | is not wanted'."""
    clause, lattice = clauses[n], reader.lattice
    if clause.denied or not any(s.kind in ("motif", "count") for s in clause.statements):
        return False
    end = clause.j
    for after in clauses[n + 1 :]:
        if after.role != "unread" or signs(reader, end, after.i) or between(reader, end, after.i):
            break
        end = after.j
    lacking = lattice.lower(clause.j) in ("without", "lacking", "sans")  # 'an ester | without a ring must not be proposed'
    if end == clause.j or (lattice.has(clause.j, "relative", "negation") and not lacking):
        return False
    said = next((k for k in range(clause.j + lacking, end) if lattice.lower(k) in _SAYING or lattice.has(k, "relative")), end)
    told = said < end and not lattice.has(said, "relative")
    return told and any(lattice.has(k, "negation", "negation_after") for k in range(said, end))


#: What a thing must not be that is not wanted at all: 'a polyester must not be used'.
_CHOSEN = frozenset(["used", "considered", "chosen", "proposed", "suggested", "selected", "employed", "offered", "taken", "wanted", "option", "question", "acceptable", "allowed", "permitted", "tolerated", "accepted", "desired", "excluded", "avoided"])  # fmt: skip


#: Words before what is spoken of, and so is not refused: 'our dye must not be used in food'.
_DEFINITE = frozenset(["our", "the", "my", "this", "these", "their"])


def _family_denied(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words right behind a family that is named say that it is not wanted: 'A polyester | must not be used'."""
    clause, lattice = clauses[n], reader.lattice
    if clause.role != "head" or not any(family.name for family, _ in clause.families) or lattice.lower(clause.i - 1) in _DEFINITE:
        return False
    end = clause.j
    for after in clauses[n + 1 :]:
        if after.role != "unread" or signs(reader, end, after.i):
            break
        end = after.j
    inside = range(clause.j, end)
    refused = any(lattice.has(k, "negation") for k in inside) and any(lattice.lower(k) in _CHOSEN for k in inside)
    return refused or any(lattice.has(k, "negation_after") for k in inside)


#: Words before 'to' with which someone says what he wants, so that what follows is no purpose of the thing.
_WANTING = frozenset(["want", "wants", "wanted", "wish", "wishes", "like", "likes", "need", "needs", "has", "have", "had", "prefer", "prefers", "try", "tries", "plan", "plans", "hope", "hopes", "sure", "care", "decided", "asked", "intend", "intends", "aim", "aims", "ought", "is", "are", "possible", "important"])  # fmt: skip


def _of_a_list(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether a noun for a part, with no article and no request, begins a list of which the end is excluded: 'azo, azoxy and peroxides are excluded'."""
    clause, after = clauses[n], clauses[n + 1]
    if reader.lattice.lower(after.i) in ("the", "a", "an") or reader.lattice.lower(after.i - 1) in ("the", "a", "an"):
        return False  # 'flavonoid analogue, the catechol removed'
    led = any(reader.lattice.lower(k) in ("a", "an") or reader.lattice.has(k, "request") for k in range(max(0, clause.i - 2), clause.i))
    led = led or (len(after.statements) == 1 and any(reader.lattice.lower(k) in ("is", "was") for k in range(after.i, after.j)))
    ends = (after.closing and after.denied) or after.reason == AT_THE_END
    return not led and reader.lattice.lower(clause.j) == "," and after.content == "motif" and ends


def _purpose(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether 'to' before a prohibition, behind the noun of the thing designed, says what the thing does to others: 'a scavenger to eliminate iodine'."""
    i, lattice = clauses[n].i, reader.lattice
    if lattice.lower(i - 1) != "to" or n < 2 or clauses[n - 1].role != "unread":
        return False
    return clauses[n - 2].content == "head" and clauses[n - 2].j == i - 1 and lattice.lower(i - 2) not in _WANTING


def _kept_from(reader: Reader, clause: Clause, after: Clause | None) -> bool:
    """Whether what is kept out is kept from something else than the thing designed: 'to keep copper out of drinking water'."""
    lattice = reader.lattice
    elsewhere = after is not None and after.role == "unread" and after.i == clause.j and lattice.lower(after.i) in ("of", "from")
    elsewhere = elsewhere and not (
        after is not None
        and of_the_whole(reader, after)
        and not any(lattice.has(k, "open", "purpose", "adverbial") for k in range(after.i + 1, after.j))
    )
    return elsewhere or lattice.lower(clause.i - 1) == "to"


def _said_before(clauses: list[Clause], n: int) -> bool:
    """Whether the clause before denies parts, so that 'as are carbamates' does too."""
    before = _neighbour(clauses, n, -1)
    return before is not None and before.role == "read" and before.denied and before.parts


def _denied_shortly(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether a few words between signs, in the same sentence, may deny a group named before them: 'amide releasing a phenol, | banned', 'ester of glycerol: | no'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if signs(reader, end, after.i) == ".":
            return False
        end = after.j
        if after.role == "filler" or after.content in ("adverbial", "said", "purpose"):
            continue
        denies = any(m.j == after.j for k in range(after.i, after.j) for m in reader.lattice.of(k, "negation_after", "terse_no"))
        return after.role == "unread" and not after.suggested and denies and after.j - after.i <= _SHORT
    return False


def _said_later(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether unread words with a verb and no subject, behind what says more of a listed part, may be said of it: 'ester of the old lead, | must go'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if after.role == "filler":
            continue
        sign = signs(reader, end, after.i)
        if after.role != "unread" or sign == ".":
            return False
        if sign or after.content not in ("adverbial", "said", "purpose"):
            return sign == "," and reader.lattice.lower(after.i) in WITHOUT_SUBJECT
        end = after.j
    return False


def _neighbour(clauses: list[Clause], n: int, step: int) -> Clause | None:
    m = n + step
    while 0 <= m < len(clauses) and clauses[m].role == "filler":
        m += step
    return clauses[m] if 0 <= m < len(clauses) else None


def _carried(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether a clause goes on with what a 'with' or a 'must have' before it asks for: 'with Tg above 300 °C and | trifluoromethyl groups'."""
    for m in range(n - 1, -1, -1):
        before = clauses[m]
        if before.role == "filler":
            continue
        if (
            before.role != "read"
            or before.denied
            or before.closing
            or any(s.soft for s in before.statements)
            or forbids(before)
            or signs(reader, before.j, clauses[m + 1].i) == "."
        ):
            return False
        if before.opened:
            return True
        if not before.parts and before.content != "limit":
            return False
    return False


def _taken_back(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether what follows a demand for parts, and was not read, stands for it: 'contains quinoline, and we want it gone'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if after.role == "filler":
            continue
        if after.role != "unread":
            return False
        harmless = gives_reason(reader, after) or tells_effect(reader, after) or takes_nothing(reader, end, after)
        if not harmless and any(
            reader.lattice.lower(k) in ANAPHORA for k in range(end, min(after.j, (after.i if after.i > end + 2 else end) + 6))
        ):
            return True
        end = after.j
    return False


#: Most words of an answer.
_SHORT = 4


def _answered(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether the clause is a question, and what follows is an answer that was not understood: 'an ester? by no means'."""
    after = clauses[n + 1] if n + 1 < len(clauses) else None
    asked = any(reader.lattice.lower(k) == "?" for k in range(clauses[n].j, after.i if after is not None else reader.end))
    return (
        asked
        and after is not None
        and after.role == "unread"
        and after.j - after.i <= _SHORT
        and not reader.lattice.has(after.i, "prop", "num", "unchk")
    )


def _thing_answered(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether the noun that a word describes ends a question with such an answer, and nobody asks for it: 'an ester oil? by no means'."""
    if clauses[n].role != "read":
        return False
    head = next((m for m in range(n, len(clauses)) if clauses[m].content == "head"), -1)
    asked = any(reader.lattice.has(k, "request") for k in range(clauses[head].i)) if head >= 0 else True
    return not asked and _answered(reader, clauses, head)


#: Words behind a negation that stand for a list to come: 'without any of these: ...'.
_TO_COME = frozenset(["these", "this", "those", "following", "any", "such", "of", "wanted", "allowed", "acceptable", "go", "way", "groups", "group", "features", "functions", "motifs", "units", "substructures", "moieties", "elements", "please"])  # fmt: skip


def _lacks_its_own(reader: Reader, m: int, k: int) -> bool:
    """Whether a negation at piece ``m``, behind the noun of the thing designed, denies what stands between it and the colon at ``k``: 'a cooling agent without minty smell:'."""
    lattice, start = reader.lattice, m
    while start > 0 and lattice.lower(start - 1) not in (".", "!", "?", ";"):
        start -= 1
    told = any(lattice.has(n, "role", "fam") for n in range(start, m))
    end = max((x.j for x in lattice.of(m, "negation")), default=k)
    return told and end < k and not any(lattice.lower(n) in _TO_COME or lattice.has(n, "negation_after") for n in range(end, k))


def _under_label(reader: Reader, clause: Clause) -> bool:
    """Whether the clause stands in a list under a heading that denies: 'No-gos: nitro, wibble, an ester'."""
    if not (clause.parts or clause.content == "vague"):
        return False
    k = clause.i - 1
    while k >= 0 and not (reader.sign(k) and reader.lattice.lower(k) in STOPS):
        denying = [
            m for m in range(max(0, k - 5), k) if reader.lattice.has(m, "negation", "negation_after") and not reader.lattice.hyphen(m + 1)
        ]
        named = any(reader.lattice.has(n, "grp", "elem", "halide", "cmpd") for m in denying for n in range(m + 1, k))
        named = named or bool(denying and _lacks_its_own(reader, denying[0], k))
        if reader.lattice.lower(k) == ":" and denying and not named:
            return True  # not 'a pigment without metals: insoluble in water'
        k -= 1
    return False
