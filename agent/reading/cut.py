"""Choose the clauses of a goal: the cut that leaves the fewest words unread; then what an unread neighbour makes doubtful is unread too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.reading.clauses import STARTERS, STOPS, Clause, Reader
from agent.reading.facts import FACT, states_fact
from agent.reading.head import HeadReader
from agent.reading.mentions import Mention

#: Kinds of mentions that may stand between clauses and say nothing.
_BETWEEN = ("and", "or", "but", "skip", "quote", "request")


@dataclass(frozen=True)
class _Best:
    cost: tuple[int, int]
    back: int
    clauses: tuple[Clause, ...]
    headed: bool


def cut(reader: Reader) -> list[Clause]:
    """The clauses of a goal in order, with the words between them left out."""
    best: dict[tuple[int, bool], _Best] = {(0, False): _Best((0, 0), -1, (), False)}
    heads = HeadReader(reader)
    for i in range(reader.end):
        for headed in (False, True):
            here = best.get((i, headed))
            if here is None:
                continue
            before = [] if headed else _walk(best, (i, False))
            for j, cost, clauses, head in _steps(reader, heads, i, headed, here.cost, before):
                key = (j, headed or head)
                total = (here.cost[0] + cost[0], here.cost[1] + cost[1])
                if key not in best or total < best[key].cost:
                    best[key] = _Best(total, i, clauses, headed)
    ends = [key for key in ((reader.end, True), (reader.end, False)) if key in best]
    return _walk(best, min(ends, key=lambda key: best[key].cost)) if ends else []


def _walk(best: dict[tuple[int, bool], _Best], key: tuple[int, bool]) -> list[Clause]:
    clauses: list[Clause] = []
    while True:
        here = best[key]
        clauses[:0] = here.clauses
        if here.back < 0:
            return clauses
        key = (here.back, here.headed)


Step = tuple[int, tuple[int, int], tuple[Clause, ...], bool]


def _head_place(i: int, reader: Reader, cost: tuple[int, int], before: list[Clause]) -> str:
    """Whether the noun of the thing designed may stand at ``i``: 'open' after adjectives only, 'determined' with an article after others."""
    if reader.lattice.has(i - 1, "or"):
        return ""
    purposes = all(c.role != "unread" or c.content in ("purpose", "adverbial") for c in before)
    if reader.lattice.has(i, "request", "subject", "skip") and _requests(reader, i) and (purposes or reader.sign(i - 1)):
        return "requested"
    if cost[0]:
        return ""
    return "open" if all(c.content in ("vague", "name") for c in before) else "determined"


def _requests(reader: Reader, i: int) -> bool:
    """Whether words that ask for something begin at ``i``: 'I need', 'so find'."""
    return any(reader.lattice.has(k, "request") for k in reader.matcher.starts(i)) or reader.lattice.has(i + 1, "request")


def _steps(reader: Reader, heads: HeadReader, i: int, headed: bool, cost: tuple[int, int], before: list[Clause]) -> list[Step]:
    """Every step from piece ``i``: (next piece, (pieces unread, clauses), the clauses, whether the head was read)."""
    lattice = reader.lattice
    steps: list[Step] = []
    if reader.sign(i):
        steps.append((i + 1, (0, 0), (), False))
    steps += [(m.j, (0, 0), (), False) for m in lattice.of(i, *_BETWEEN) if not reader.inside_compound(m.i, m.j)]
    if reader.inside_compound(i, i + 1) and lattice.hyphen(i - 1):
        pass
    else:
        for clause in reader.clauses_at(i):
            if clause.needs_head and not headed:
                continue
            steps.append((clause.j, (1 if clause.role == "unread" and clause.suggested else 0, 2), (clause,), False))
        if not headed and (place := _head_place(i, reader, cost, before)):
            clauses = heads.read_at(i, determined=place != "open", requested=place == "requested")
            if clauses:
                unread = 2 * sum(c.j - c.i for c in clauses if c.role == "unread" and c.content != "head")
                named = any(c.role == "head" for c in clauses)
                steps.append((clauses[-1].j, (unread + (0 if named else 2), 1 if named else 3), tuple(clauses), True))
    j = i + 1
    while not reader.boundary(j):
        j += 1
    if not reader.sign(i):
        opened = lattice.of(i, "purpose", "adverbial")
        steps.append((j, (2 * (j - i) + 1, 2), (Clause(i, j, "unread", content=_opened_as(opened)),), False))
        for known in {m.j for m in lattice.of(i, "unchk")}:
            end = known
            while not reader.boundary(end):
                end += 1
            if end > j:
                steps.append((end, (2 * (end - known) + 1, 2), (Clause(i, end, "unread"),), False))
    return steps


def _opened_as(opened: list[Mention]) -> str:
    """What kind of phrase an unread clause is by its first words: 'purpose' ('for ...'), 'adverbial' ('under ...'), or ''."""
    kinds = {m.kind for m in opened}
    return "purpose" if "purpose" in kinds else "adverbial" if "adverbial" in kinds else ""


# ---- neighbours


def settled(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses with those unread that an unread neighbour makes doubtful, until nothing changes; unread neighbours joined."""
    clauses = _joined(reader, clauses)
    while True:
        doubted = [_doubted(reader, clauses, n) for n in range(len(clauses))]
        if not any(doubted):
            return _joined(reader, clauses)
        clauses = [
            replace(c, role="unread", reason=why, suggested=c.suggested or c.statements, statements=()) if why else c
            for c, why in zip(clauses, doubted, strict=True)
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
            and _signs(reader, last.j, clause.i) == ""
            and last.j == clause.i
        ):
            content = last.content if clause.content in ("adverbial", "purpose") or last.content else "joined"
            found[-1] = replace(last, j=clause.j, content=content)
        else:
            found.append(clause)
    return found


def _signs(reader: Reader, i: int, j: int) -> str:
    """What stands between two clauses: '' (nothing, or joining words only), ',' or '.'."""
    signs = [reader.lattice.lower(k) for k in range(i, j) if reader.sign(k)]
    if any(s in STOPS for s in signs):
        return "."
    return "," if signs else ""


def _between(reader: Reader, i: int, j: int) -> set[str]:
    return {m.kind for k in range(i, j) for m in reader.lattice.of(k, "and", "or", "but")}


_DOUBT = "its neighbour was not understood, and may change what it means"
_ALTERNATIVE = "alternatives between unlike conditions cannot be checked"


def _doubted(reader: Reader, clauses: list[Clause], n: int) -> str:
    """Why clause ``n``, which was read, may not count; '' if it may."""
    clause = clauses[n]
    if clause.role != "read" or clause.content == "name":
        return ""
    if states_fact(reader, clauses, n):
        return FACT
    if clause.parts and not clause.denied and _taken_back(reader, clauses, n):
        return _DOUBT
    before = _neighbour(clauses, n, -1)
    if clause.plural and before is None:
        return _DOUBT
    after = _neighbour(clauses, n, 1)
    if before is not None and (why := _doubt_from_left(reader, before, clause)):
        return why
    if after is not None and (why := _doubt_from_right(reader, clause, after)):
        return why
    return ""


def _neighbour(clauses: list[Clause], n: int, step: int) -> Clause | None:
    m = n + step
    while 0 <= m < len(clauses) and clauses[m].role == "filler":
        m += step
    return clauses[m] if 0 <= m < len(clauses) else None


def _doubt_from_left(reader: Reader, before: Clause, clause: Clause) -> str:
    signs = _signs(reader, before.j, clause.i)
    joined = _between(reader, before.j, clause.i)
    if before.role == "head" or (before.role == "unread" and before.content == "head"):
        return _DOUBT if before.uncertain and not signs else ""
    if "or" in joined | _opened_by(reader, clause) and signs != "." and before.role in ("read", "unread") and before.content != "name":
        return _ALTERNATIVE
    if (
        before.role == "read"
        and before.denied
        and not before.adjectival
        and not signs
        and not joined
        and clause.parts
        and not clause.denied
        and clause.opened
    ):
        return "it may say something of what is excluded"
    if clause.plural and not (before.role == "read" and before.opened and not before.denied and signs != "."):
        return _DOUBT
    articled = clause.bare and clause.content == "motif" and _articled(reader, clause) and _articled(reader, before)
    if (clause.listed or articled) and before.role == "read" and before.denied and before.parts and signs != ".":
        return "it may belong to what is excluded before it"
    if before.role != "unread" or signs == ".":
        return ""
    if before.content in ("purpose", "adverbial") and not joined and not signs:
        if any(
            reader.lattice.has(k, "negation", "negation_after", "subject", "necessity", "permission", "condition")
            for k in range(before.i, before.j)
        ):
            return _DOUBT  # it holds a verb of its own
        if clause.content == "similarity" and any(reader.lattice.has(k, "num") for k in range(before.i, before.j)):
            return _DOUBT  # 'at wibble least 60 % similar to ...'
        return "" if clause.opened or reader.lattice.has(clause.i, *STARTERS) else _DOUBT
    nominal = (
        reader.lattice.has(
            before.i,
            "open",
            "unchk",
            "prop",
            "relative",
            "adjective_up",
            "adjective_down",
            "purpose",
            "cmp",
            "adjective_good",
            "open_weak",
            "necessity",
        )
        or before.reason != ""
    )
    if not signs and not joined:
        if clause.closing and clause.denied and reader.lattice.has(clause.i, "relative"):
            return ""
        known = before.reason != "" or (reader.lattice.has(before.i, "unchk") and before.content != "joined")
        leads = reader.lattice.has(clause.i, "open", "open_weak", "relative", "negation", "purpose") and not reader.lattice.has(
            clause.i, "necessity"
        )
        return "" if known and leads and not (before.suggested and clause.parts) else _DOUBT
    if clause.denied and joined and (clause.closing or clause.opened):
        return ""
    closed = _closed(reader, before)
    if clause.parts and (
        (clause.subject and before.content not in ("purpose", "adverbial"))
        or (
            clause.bare
            and not (closed and (signs or (nominal and before.content not in ("purpose", "adverbial"))))
            and not _counted_apart(reader, before, clause, signs)
        )
        or (not signs and not nominal)
    ):
        return _DOUBT
    if (
        clause.bare
        and clause.content == "limit"
        and not any(m.kind in ("prop", "verbprop", "scale", "liquid") for k in range(clause.i, clause.j) for m in reader.lattice.at[k])
        and before.content not in ("purpose", "adverbial")
    ):
        return _DOUBT
    return _DOUBT if not signs and not nominal else ""


def _counted_apart(reader: Reader, before: Clause, clause: Clause, signs: str) -> bool:
    """Whether a number and a sign set the clause apart from words before it that deny nothing."""
    denies = any(reader.lattice.has(k, "negation", "negation_after") for k in range(before.i, before.j))
    return clause.content == "count" and bool(signs) and not denies


def _articled(reader: Reader, clause: Clause) -> bool:
    """Whether the clause speaks of one thing: 'a nitro group', 'never an ester'."""
    return any(reader.lattice.lower(k) in ("a", "an") for k in range(clause.i, min(clause.i + 4, clause.j)))


def _closed(reader: Reader, before: Clause) -> bool:
    """Whether an unread clause says what it says by itself: a purpose, a quantity, a known word; without a negation, and with no group in it."""
    lattice = reader.lattice
    inside = range(before.i, before.j)
    if before.understood or any(m.j == before.j for m in lattice.of(before.i, "unchk")):
        return True
    if before.content in ("purpose", "adverbial"):
        return not any(lattice.has(k, "negation", "negation_after") for k in inside)
    if any(lattice.has(k, "negation", "negation_after", "grp") for k in inside):
        return False
    return any(lattice.has(k, "num", "unchk") for k in inside) or before.reason != ""


def _opened_by(reader: Reader, clause: Clause) -> set[str]:
    return {m.kind for m in reader.lattice.of(clause.i, "or")}


#: What an unread end of a list may hold that turns all of it: 'aluminium, alcohol, parabens: all three undesired'.
_TURNING = ("negation", "negation_after", "free", "permission", "permission_after", "exception")
#: Words that stand for what was said before them.
_ANAPHORA = frozenset({"it", "its", "them", "they", "these", "those", "this", "both", "all", "which"})


def _taken_back(reader: Reader, clauses: list[Clause], n: int) -> bool:
    """Whether what follows a demand for parts, and was not read or denies, stands for it: 'contains quinoline, and we want it gone'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if after.role == "filler":
            continue
        if after.role != "unread" and not after.denied:
            return False
        if any(reader.lattice.lower(k) in _ANAPHORA for k in range(end, min(after.j, end + 6))):
            return True
        end = after.j
    return False


def _doubt_from_right(reader: Reader, clause: Clause, after: Clause) -> str:
    signs = _signs(reader, clause.j, after.i)
    joined = _between(reader, clause.j, after.i)
    if signs == "." or after.role in ("head", "adjunct"):
        return ""
    if "or" in joined and after.content != "name" and after.role in ("read", "unread"):
        return _ALTERNATIVE
    if after.role == "read":
        apart = reader.lattice.lower(after.start).endswith("s") and not reader.lattice.lower(clause.j - 1).endswith("s")
        if clause.listed and after.closing and after.denied and signs == "," and not apart:
            return "what is said at the end may hold for it too"
        counted = clause.content == "count" and any(s.limit is not None and s.limit.operator == ">=" for s in clause.statements)
        if after.closing and after.denied and not counted and joined and not signs and not clause.closing and not clause.opened:
            return "what is said at the end may hold for it too"
        return (
            "it may be said of what is excluded"
            if clause.denied
            and not clause.adjectival
            and clause.parts
            and not signs
            and not joined
            and after.parts
            and not after.denied
            and after.opened
            else ""
        )
    if after.role != "unread":
        return ""
    if any(reader.lattice.lower(k) in ("-", "to") for k in range(clause.j, after.i)):
        return _DOUBT  # 'TPSA 60 - about 90': a range of which one end is understood
    if clause.listed and joined:
        return _DOUBT
    if clause.listed and not clause.denied and any(reader.lattice.has(k, *_TURNING) for k in range(after.i, after.j)):
        return _DOUBT
    if clause.content in ("kept", "varied") and not signs and not joined:
        return _DOUBT  # 'without changing the core it is hopeless'
    if reader.lattice.lower(after.i) == "nor":
        return _DOUBT
    starts_anew = ("open", "relative", "prop", "num", "negation", "unchk", "adjective_up", "adjective_down", "adjective_good", "purpose")
    if clause.content == "vague" and clause.bare and joined and not signs and not reader.lattice.has(after.i, *starts_anew):
        return _DOUBT
    if clause.plural and not reader.lattice.has(
        after.i, "open", "prop", "num", "unchk", "cmp", "negation", "adjective_up", "adjective_down", "adjective_good"
    ):
        return _DOUBT
    if clause.listed and reader.lattice.has(after.i, "negation") and after.j - after.i <= 2:
        return _DOUBT
    limiting = reader.lattice.has(after.i, "condition", "exception") and not reader.lattice.has(after.i, "purpose")
    limiting = limiting or reader.lattice.has(after.i, "exception")
    if limiting and signs != ".":
        return "a condition or an exception is not understood"
    if clause.content == "elements" and (joined or signs == ",") and any(reader.lattice.has(k, "elem") for k in range(after.i, after.j)):
        return _DOUBT
    if clause.content == "similarity" and not signs and any(reader.lattice.has(k, "similarity", "num") for k in range(after.i, after.j)):
        return _DOUBT
    bracketed = any(reader.lattice.lower(k) == "(" for k in range(clause.j, after.i))
    if bracketed and clause.content in ("similarity", "limit"):
        return _DOUBT
    inexact = any(s.limit is not None and s.limit.operator in ("bare", "~", "==") for s in clause.statements)
    if not signs and not joined and (inexact or reader.lattice.lower(after.i) == "to"):
        return _DOUBT
    if joined and not signs and after.closing and not clause.opened:
        return "what is said at the end may hold for it too"
    if (
        not signs
        and not joined
        and after.content == "purpose"
        and clause.content in ("vague", "level")
        and reader.lattice.lower(clause.j - 1).endswith("stable")
    ):
        return _DOUBT
    if not signs and not joined and after.content == "adverbial" and clause.content in ("vague", "level", "similarity", "objective"):
        return _DOUBT
    here = after.content == "adverbial" and clause.closing and reader.lattice.lower(after.i + 1) in ("this", "our", "the", "my", "these")
    if not signs and not joined and (clause.denied and clause.parts) and not here and after.content != "purpose":
        return _DOUBT
    plural = clause.parts and not clause.denied and clause.content == "motif" and reader.lattice.lower(clause.j - 1).endswith("s")
    names = any(reader.lattice.has(k, "grp", "elem") for k in range(after.i, after.j))
    if plural and (joined or signs) and (names or after.closing) and not reader.lattice.has(after.i, "open", "negation", "open_weak"):
        return _DOUBT
    if plural and not signs and not joined and after.content != "purpose":
        return _DOUBT
    return ""
