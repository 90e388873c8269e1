"""Choose the clauses of a goal: the cut that leaves the fewest words unread; then what an unread neighbour makes doubtful is unread too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.reading.acidity import whose_pka
from agent.reading.backbones import chains_named, polymers_named, served_as
from agent.reading.boundaries import STOPS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.denied_lists import denied_lists
from agent.reading.doubt import doubted
from agent.reading.explained import explained
from agent.reading.head import HeadReader
from agent.reading.head_parts import STRANGE
from agent.reading.likewise import likewise
from agent.reading.mentions import Mention
from agent.reading.modifiers import harmless
from agent.reading.open_lists import open_lists
from agent.reading.others import others_denied
from agent.reading.said_of import signs

#: Kinds of mentions that may stand between clauses and say nothing.
_BETWEEN = ("and", "or", "but", "skip", "quote", "request")


@dataclass(frozen=True)
class _Best:
    """The best way to a piece. ``quiet``: nothing unread on it but purposes and adverbials; ``led``: nor but what follows one of these at once; ``named``: nothing on it but words before a noun."""

    cost: tuple[int, int]
    back: int
    clauses: tuple[Clause, ...]
    state: int
    quiet: bool = True
    named: bool = True
    led: bool = True

    def on(self, cost: tuple[int, int], i: int, clauses: tuple[Clause, ...], state: int) -> _Best:
        """This way from piece ``i``, in ``state`` there, by a step over ``clauses``."""
        last = self.clauses[-1] if self.clauses else None
        hung = last is not None and last.content in ("purpose", "adverbial") and bool(clauses) and last.j == clauses[0].i
        aside = all(c.role != "unread" or c.content in ("purpose", "adverbial") for c in clauses)
        named = self.named and all(c.content in ("vague", "name") for c in clauses)
        return _Best(cost, i, clauses, state, self.quiet and aside, named, self.led and (aside or hung))


#: Of a path: no thing designed yet, its noun phrase read, or spoken of as the subject of a clause only ('our plasticiser must ...').
OPEN, HEADED, SPOKEN = range(3)


def cut(reader: Reader) -> list[Clause]:
    """The clauses of a goal in order, with the words between them left out."""
    best: dict[tuple[int, int], _Best] = {(0, OPEN): _Best((0, 0), -1, (), OPEN)}
    heads = HeadReader(reader)
    for i in range(reader.end):
        for state in (OPEN, HEADED, SPOKEN):
            here = best.get((i, state))
            if here is None:
                continue
            for j, cost, clauses, then in _steps(reader, heads, i, state, here):
                key = (j, then)
                total = (here.cost[0] + cost[0], here.cost[1] + cost[1])
                if key not in best or total < best[key].cost:
                    best[key] = here.on(total, i, clauses, state)
    ends = [key for key in ((reader.end, HEADED), (reader.end, OPEN), (reader.end, SPOKEN)) if key in best]
    return _walk(best, min(ends, key=lambda key: best[key].cost)) if ends else []


def _walk(best: dict[tuple[int, int], _Best], key: tuple[int, int]) -> list[Clause]:
    clauses: list[Clause] = []
    while True:
        here = best[key]
        clauses += reversed(here.clauses)
        if here.back < 0:
            return clauses[::-1]
        key = (here.back, here.state)


Step = tuple[int, tuple[int, int], tuple[Clause, ...], int]


def _head_place(i: int, reader: Reader, here: _Best) -> str:
    """Whether the noun of the thing designed may stand at ``i``: 'open' after adjectives only, 'determined' with an article after others."""
    if any(m.j == i for k in range(max(0, i - _LONGEST_OR), i) for m in reader.lattice.of(k, "or")):
        return ""
    if reader.lattice.has(i, "request", "subject", "skip") and _requests(reader, i) and (here.led or reader.sign(i - 1)):
        return "requested"
    if reader.lattice.lower(i) in _NEEDING and reader.lattice.has(i, "request") and _named_subject(reader, i):
        return "requested"
    if here.cost[0]:
        return "open" if here.quiet and _behind_a_purpose(reader, i) else ""
    if reader.lattice.lower(i - 1) == "as":
        return ""  # 'soluble in water as well as | a solvent'
    return "open" if here.named else "determined"


#: Reasons of words before a noun that are not known at all.
_STRANGE = ("", STRANGE)
#: Most pieces of a joining word for an alternative: 'or, failing that,'.
_LONGEST_OR = 5
#: Verbs with which the subject of a sentence asks for something.
_NEEDING = frozenset(["need", "needs", "requires", "require", "wants", "want", "calls", "call", "asks", "seeks", "demands"])
#: Kinds that no name of a subject holds, and its most words.
_NO_SUBJECT = (
    "negation", "negation_after", "cmp", "num", "relative", "necessity", "permission", "condition", "exception", "purpose", "open", "and", "or", "but", "request", "prop", "verbprop", "soft",
)  # fmt: skip
_MOST_SUBJECT = 6


def _named_subject(reader: Reader, i: int) -> bool:
    """Whether a name alone stands between the beginning of the sentence and piece ``i``: 'Our fuel seals | need a fluoropolymer'."""
    start = i
    while start > 0 and not reader.sign(start - 1):
        start -= 1
    before = reader.lattice.lower(start - 1)
    inside = range(start, i)
    return (
        0 < i - start <= _MOST_SUBJECT and (start == 0 or before in STOPS) and not any(reader.lattice.has(k, *_NO_SUBJECT) for k in inside)
    )


def _requests(reader: Reader, i: int) -> bool:
    """Whether words that ask for something begin at ``i``: 'I need', 'so find'."""
    return any(reader.lattice.has(k, "request") for k in reader.matcher.starts(i)) or reader.lattice.has(i + 1, "request")


def _steps(reader: Reader, heads: HeadReader, i: int, state: int, here: _Best) -> list[Step]:
    """Every step from piece ``i``: (next piece, (pieces unread, clauses), the clauses, the state then)."""
    lattice = reader.lattice
    steps: list[Step] = []
    if reader.sign(i):
        steps.append((i + 1, (0, 0), (), state))
    steps += [(m.j, (0, int(m.kind == "or")), (), state) for m in lattice.of(i, *_BETWEEN) if not reader.inside_compound(m.i, m.j)]
    if reader.inside_compound(i, i + 1) and lattice.hyphen(i - 1):
        pass
    else:
        for clause in reader.clauses_at(i):
            spoken = clause.needs_head and state == OPEN
            if spoken and not _determined(reader, clause):
                continue
            doubtful = int(clause.role == "unread" and bool(clause.suggested))
            doubtful += 2 * sum(reader.sign(k) for k in range(clause.i, clause.j)) * doubtful  # 'no nitro | , ethers allowed'
            steps.append((clause.j, (doubtful + spoken, 2), (clause,), SPOKEN if spoken else state))
        if state == OPEN and (place := _head_place(i, reader, here)):
            clauses = heads.read_at(i, determined=place != "open", requested=place == "requested")
            if (
                clauses
                and place == "determined"
                and lattice.lower(i - 1) == "and"
                and not any(f.name for c in clauses for f, _ in c.families)
            ):
                clauses = None  # 'a drug-like molecule with a sulfonamide and | a wibble piperazine'
            if clauses:
                unread = 2 * sum(c.j - c.i for c in clauses if c.role == "unread" and c.content != "head" and c.reason in _STRANGE)
                named = any(c.role == "head" for c in clauses)
                steps.append((clauses[-1].j, (unread + (0 if named else 2), 1 if named else 3), tuple(clauses), HEADED))
        if state != OPEN and (listing := _listing(reader, i)) is not None:
            steps.append((listing.j, (0, 2), (listing,), state))
        if state == HEADED and here.clauses and here.clauses[-1].content == "head" and (predicate := _predicate(reader, heads, i)):
            steps.append((predicate[-1].j, (2 * sum(c.j - c.i for c in predicate if c.role == "unread"), -1), predicate, HEADED))
        if state == HEADED and lattice.lower(i - 1) == "," and (kind := _of_polymers(reader, i)):
            steps.append((kind[-1].j, (0, 2), kind, state))
        apposed = lattice.lower(i - 1) in (":", "=") or (lattice.lower(i) in ("a", "an") and _behind_the_noun(reader, i))
        if state == HEADED and apposed and (named_again := _apposed(heads, i)):
            steps.append((named_again[-1].j, (2 * sum(c.j - c.i for c in named_again if c.role == "unread"), -1), named_again, HEADED))
    j = i + 1
    while not reader.boundary(j):
        j += 1
    if not reader.sign(i):
        opened = lattice.of(i, "purpose", "adverbial")
        steps.append((j, (2 * (j - i) + 1, 2), (Clause(i, j, "unread", content=_opened_as(opened) or "said" * reader.said(i)),), state))
        for known in {m.j for m in lattice.of(i, "unchk")}:
            end = known
            while not reader.boundary(end):
                end += 1
            if end > j:
                steps.append((end, (2 * (end - known) + 1, 2), (Clause(i, end, "unread"),), state))
    return steps


def _apposed(heads: HeadReader, i: int) -> tuple[Clause, ...]:
    """The noun phrase behind a colon that says of which family the thing is that was named before it: 'Binder for anodes: a polyimide'."""
    clauses = heads.read_at(i, determined=False, requested=False) or []
    named = bool(clauses) and clauses[-1].role == "head" and any(family.name for family, _ in clauses[-1].families)
    named = (
        named
        and not heads.lattice.has(clauses[-1].j, *_PREDICATED)
        and heads.lattice.lower(clauses[-1].j) not in ("is", "are", "was", "were")
    )
    part = bool(clauses) and heads.lattice.lower(clauses[-1].j - 1) in _PARTS_TOO and any(c.content == "name" for c in clauses)
    return tuple(clauses) if named and not part else ()


#: What says something of the noun before it, which may be that it is not wanted: ', a polyester | is excluded'.
_PREDICATED = ("necessity", "negation", "negation_after", "permission", "permission_after", "terse_no", "may_link", "condition")


#: Nouns for things that are nouns for parts of things as well: 'coating polymer: anthracene chromophore'.
_PARTS_TOO = frozenset(["chromophore", "chromophores"])


def _behind_a_purpose(reader: Reader, i: int) -> bool:
    """Whether a colon alone parts piece ``i`` from the purpose with which the goal begins: 'For the 2K clearcoat: | polyurethane binder'."""
    return reader.lattice.lower(i - 1) == ":" and reader.lattice.lower(0) == "for" and not any(reader.sign(k) for k in range(i - 1))


def _behind_the_noun(reader: Reader, i: int) -> bool:
    """Whether a comma alone parts piece ``i`` from a noun of use for the thing designed: 'Pressure-sensitive adhesive, | a polyacrylate'."""
    lattice = reader.lattice
    named = any(m.j == i - 1 for k in range(max(0, i - 4), i - 1) for m in lattice.of(k, "role"))
    led = any(lattice.has(k, "purpose", "negation", "open") for k in range(max(0, i - 5), i - 1))
    return lattice.lower(i - 1) in (",", "!") and named and not led


def _of_polymers(reader: Reader, i: int) -> tuple[Clause, ...]:
    """A family of polymers that is all that stands between two signs, with adjectives: 'polymer electrolyte host, flexible polyether, Tg below -50 °C'."""
    lattice = reader.lattice
    named = any(
        n.j == i - 1 and (n.kind == "role" or not n.value.name) for k in range(max(0, i - 4), i - 1) for n in lattice.of(k, "role", "fam")
    )
    if not named or any(lattice.has(k, "purpose", "negation", "open") for k in range(max(0, i - 5), i - 1)):
        return ()  # 'no polyamide, polyester', 'for PET, polyester, wood'
    start = i
    while i - start < _MOST_ADJECTIVES and not lattice.has(i, "fam", "negation", "num") and harmless(lattice.lower(i)):
        i += 1
    for m in lattice.of(i, "fam"):
        alone = m.j >= reader.end or reader.sign(m.j)
        if alone and m.value.name and m.value.candidate_class == "polymer" and not lattice.has(i, "grp"):
            strange = (Clause(start, i, "unread", reason=STRANGE),) if i > start else ()
            return (*strange, Clause(i, m.j, "adjunct", families=((m.value, lattice.text(i, m.j)),)))
    return ()


#: Most adjectives before such a family.
_MOST_ADJECTIVES = 2


def _listing(reader: Reader, i: int) -> Clause | None:
    """How many structures to list, where a clause behind the thing designed says no more: ', half a dozen candidates is plenty'."""
    lattice, k = reader.lattice, i
    if not (reader.sign(i - 1) or lattice.has(i - 1, "and")):
        return None
    k += lattice.lower(k) in _LISTING
    while lattice.has(k, "request", "skip", "plain"):
        k = lattice.of(k, "request", "skip", "plain")[0].j
    k = next((m.j for m in lattice.of(k, "cmp") if m.value in (">=", "<=", "~", "==")), k)
    for number in lattice.of(k, "num"):
        j, value = number.j, float(number.value)
        while lattice.has(j, "plain"):
            j = lattice.of(j, "plain")[0].j
        nouns = lattice.of(j, "candidates")
        if value != int(value) or not 1 <= value <= 1000 or not (nouns or _wanted_alone(reader, i, j)):
            continue
        j = nouns[0].j if nouns else j
        while lattice.lower(j) in ("please", "of", "them", "pls"):
            j += 1
        while lattice.has(j, "approval", "skip", "after", "positive_after"):
            j = lattice.of(j, "approval", "skip", "after", "positive_after")[0].j
        if j >= reader.end or reader.sign(j):
            return Clause(i, j, "filler", candidates=int(value))
    return None


#: Verbs whose number without a noun is one of structures.
_LISTING = frozenset(["return", "list", "give", "show", "propose", "suggest"])


def _wanted_alone(reader: Reader, i: int, j: int) -> bool:
    """Whether a number that ends at piece ``j`` is one of structures though no noun follows it: 'return twelve', '4 please', '2 of them'."""
    lattice = reader.lattice
    if lattice.lower(j) == "of" and lattice.lower(j + 1) == "them":
        end = i
        while end > 0 and (reader.sign(end - 1) or lattice.lower(end - 1) in ("please", "pls")):
            end -= 1
        return any(
            m.j == end for k in range(max(0, end - 4), end) for m in lattice.of(k, "fam", "role", "candidates")
        )  # not 'methyls, 2 of them'
    if lattice.lower(j) in ("please", "pls"):
        return j + 1 >= reader.end or bool(reader.sign(j + 1))
    return lattice.lower(i) in _LISTING and (j >= reader.end or bool(reader.sign(j)))


def _predicate(reader: Reader, heads: HeadReader, i: int) -> tuple[Clause, ...]:
    """The noun phrase that says of which family the thing just named must be: 'The donor | must be a conjugated polymer'."""
    lattice, k = reader.lattice, i
    if not lattice.has(i, "necessity"):
        return ()
    while k < i + 4 and lattice.lower(k) not in ("a", "an"):
        if not lattice.has(k, "necessity", "skip") or lattice.has(k, "negation"):
            return ()
        k += 1
    found = _apposed(heads, k) if lattice.lower(k) in ("a", "an") else ()
    return (Clause(i, k, "filler"), *found) if found else ()


def _determined(reader: Reader, clause: Clause) -> bool:
    """Whether the subject of a clause has an article: 'our plasticiser', not 'dyes'."""
    return any(reader.lattice.lower(k) in ("our", "the", "my", "this", "these") for k in range(clause.i - 1, clause.i + 2))


def _opened_as(opened: list[Mention]) -> str:
    """What kind of phrase an unread clause is by its first words: 'purpose' ('for ...'), 'adverbial' ('under ...'), or ''."""
    kinds = {m.kind for m in opened}
    return "purpose" if "purpose" in kinds else "adverbial" if "adverbial" in kinds else ""


# ---- neighbours


def settled(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses with those unread that an unread neighbour makes doubtful, until nothing changes; unread neighbours joined."""
    named = open_lists(reader, served_as(reader, chains_named(reader, polymers_named(reader, _joined(reader, clauses)))))
    clauses = explained(reader, denied_lists(reader, likewise(reader, others_denied(reader, named))))
    while True:
        reasons = [doubted(reader, clauses, n) for n in range(len(clauses))]
        if not any(reasons):
            return _joined(reader, whose_pka(reader, clauses))
        clauses = [
            replace(c, role="unread", reason=why, suggested=c.suggested or c.statements, statements=(), families=()) if why else c
            for c, why in zip(clauses, reasons, strict=True)
        ]


def _joined(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """Unread clauses that follow each other without a sign are one."""
    found: list[Clause] = []
    for clause in clauses:
        last = found[-1] if found else None
        plain = (
            clause.role == "unread"
            and not clause.reason
            and (reader.lattice.lower(clause.i) == "to" or clause.content != "purpose" or (last is not None and last.content == "purpose"))
        )
        if (
            last is not None
            and plain
            and last.role == "unread"
            and not last.reason
            and signs(reader, last.j, clause.i) == ""
            and last.j == clause.i
        ):
            content = last.content if clause.content in ("adverbial", "purpose") or last.content else "joined"
            found[-1] = replace(last, j=clause.j, content=content)
        else:
            found.append(clause)
    return found
