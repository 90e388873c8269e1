"""Why a clause that was read may not count after all: what stands beside it was not understood, denies, or takes it back."""

from __future__ import annotations

from agent.reading.clauses import STARTERS, STOPS, Clause, Reader
from agent.reading.facts import FACT, states_fact
from agent.reading.head_parts import NOT_IN_NAMES, adjective
from agent.reading.said_of import articled, counted_together, goes_on, offered, signs, thing_excluded


def _between(reader: Reader, i: int, j: int) -> set[str]:
    return {m.kind for k in range(i, j) for m in reader.lattice.of(k, "and", "or", "but")}


_DOUBT = "its neighbour was not understood, and may change what it means"
_TOGETHER = "it is not said whether the number counts each or all of them"
_ALTERNATIVE = "alternatives between unlike conditions cannot be checked"
_EXCEPTION = "a condition or an exception is not understood"


def doubted(reader: Reader, clauses: list[Clause], n: int) -> str:
    """Why clause ``n``, which was read, may not count; '' if it may."""
    clause = clauses[n]
    after = clauses[n + 1] if n + 1 < len(clauses) else None
    if clause.role == "head" and after is not None and any(s.kind == "motif" for s in clause.statements):
        return _DOUBT if after.i == clause.j and after.role in ("read", "unread") and _excludes_all(reader, after) else ""
    if clause.content == "name" and thing_excluded(reader, clauses, n):
        return _DOUBT
    if clause.role != "read" or clause.content == "name":
        return ""
    if states_fact(reader, clauses, n):
        return FACT
    if reader.lattice.has(clause.i, "same") and not _said_before(clauses, n):
        return _DOUBT
    if _answered(reader, clauses, n) or (not clause.denied and _under_label(reader, clause)):
        return _DOUBT
    none = any(s.limit is not None and s.limit.low == 0 for s in clause.statements)
    if clause.parts and not clause.denied and not none and _taken_back(reader, clauses, n):
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


#: Parts of a structure that a number behind them may count the atoms of.
_PART_NOUNS = frozenset(
    [
        form
        for noun in ("chain", "tail", "spacer", "linker", "bridge", "arm", "ring", "backbone", "core", "group", "substituent", "residue", "unit", "segment")
        for form in (noun, f"{noun}s")
    ]
)  # fmt: skip


def _said_before(clauses: list[Clause], n: int) -> bool:
    """Whether the clause before denies parts, so that 'as are carbamates' does too."""
    before = _neighbour(clauses, n, -1)
    return before is not None and before.role == "read" and before.denied and before.parts


#: Words behind what is excluded that name what is wanted in its place.
_INSTEAD = "in favo"


def _excepted(reader: Reader, clause: Clause, after: Clause, sign: str) -> bool:
    """Whether what follows a clause about parts takes something out of it: 'no aromatic rings | other than phenyl'."""
    return clause.parts and after.role == "read" and sign != "." and reader.lattice.has(after.i, "exception")


def _neighbour(clauses: list[Clause], n: int, step: int) -> Clause | None:
    m = n + step
    while 0 <= m < len(clauses) and clauses[m].role == "filler":
        m += step
    return clauses[m] if 0 <= m < len(clauses) else None


def _doubt_from_left(reader: Reader, before: Clause, clause: Clause) -> str:
    sign = signs(reader, before.j, clause.i)
    joined = _between(reader, before.j, clause.i)
    named = before.content == "head" and any(s.kind == "motif" for s in (*before.statements, *before.suggested))
    if named and not sign and not joined and _excludes_all(reader, clause):
        return _DOUBT
    typed = clause.content == "derivative" and reader.lattice.lower(clause.start) == "of"
    if typed and not (before.role == "head" or before.content == "head"):
        return _DOUBT  # 'no Michael acceptor | of the maleimide type'
    atoms = any(s.kind == "count" and s.what == "element" for s in clause.statements)
    if atoms and not sign and not joined and reader.lattice.lower(before.j - 1) in _PART_NOUNS:
        return _DOUBT  # 'an alkyl chain | of 12 carbons'
    if before.role == "head" or (before.role == "unread" and before.content == "head"):
        qualified = before.role == "unread" and not sign and clause.content == "limit" and not clause.opened and offered(reader, before)
        return _DOUBT if (before.uncertain and not sign) or qualified else ""
    if before.role in ("read", "unread") and _excepted(reader, before, clause, sign):
        return _EXCEPTION
    if "or" in joined | _opened_by(reader, clause) and sign != "." and before.role in ("read", "unread") and before.content != "name":
        return _ALTERNATIVE
    if (
        before.role == "read"
        and before.denied
        and not before.adjectival
        and not sign
        and not joined
        and clause.parts
        and not clause.denied
        and clause.opened
        and not reader.lattice.text(clause.i, clause.j).lower().startswith(_INSTEAD)
    ):
        return "it may say something of what is excluded"
    if clause.plural and not (before.role == "read" and before.opened and not before.denied and sign != "."):
        return _DOUBT
    hung = before.role in ("read", "unread") and before.parts and not before.denied and not sign and not joined
    if hung and _excludes_all(reader, clause):
        return "it may say something of what is asked for"
    demanded = before.role == "read" and before.closing and not before.denied
    if (
        demanded
        and clause.closing
        and clause.denied
        and reader.lattice.lower(clause.j - 1) == "not"
        and reader.lattice.lower(clause.j - 2) != "do"
    ):
        return "it is not said whether it is excluded or only not needed"  # 'an amide is a must, an ester not'
    if counted_together(reader, before, clause, sign) or goes_on(reader, before, clause, sign):
        return _TOGETHER
    both = clause.bare and clause.content == "motif" and articled(reader, clause) and articled(reader, before)
    both = both and not ("but" in joined and not sign)  # 'is not a phenol but an aniline'
    if (clause.listed or both) and before.role == "read" and before.denied and before.parts and sign != ".":
        return "it may belong to what is excluded before it"
    if before.role != "unread" or sign == "." or _introduces(reader, before):
        return ""
    return _behind_unread(reader, before, clause, sign, joined)


#: Words that leave open what follows a colon behind them.
_PREPOSITIONS = frozenset(["with", "to", "by", "of", "from", "than", "against", "on", "towards"])


def _introduces(reader: Reader, before: Clause) -> bool:
    """Whether unread words end with a noun for the thing designed and a colon, and deny nothing: 'our resist wants a base quencher:'."""
    lattice, end = reader.lattice, before.j
    named = [m for k in range(before.i, end) for m in lattice.of(k, "fam", "role") if m.j == end]
    if lattice.lower(end) != ":" or not named:
        return False
    turning = (*_TURNING, "condition", "than", "cmp")
    return any(lattice.lower(k) in ("a", "an") for k in range(max(before.i, end - 4), end)) and not any(
        lattice.has(k, *turning) for k in range(before.i, end)
    )


def _behind_unread(reader: Reader, before: Clause, clause: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count behind one that was not read."""
    if reader.lattice.lower(before.j) == ":" and reader.lattice.lower(before.j - 1) in _PREPOSITIONS:
        return _DOUBT  # 'incompatible with: an amine'
    if before.content in ("purpose", "adverbial") and not joined and not sign:
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
    if not sign and not joined:
        return _right_behind_unread(reader, before, clause)
    if clause.denied and joined and (clause.closing or clause.opened):
        return ""
    closed = _closed(reader, before)
    if (
        clause.content in ("limit", "level")
        and not reader.lattice.has(clause.start, "num")
        and _names_property(reader, clause)
        and _measured(reader, before)
    ):
        return ""
    if clause.parts and (
        (clause.subject and before.content not in ("purpose", "adverbial"))
        or (
            clause.bare
            and not (closed and (sign or (nominal and before.content not in ("purpose", "adverbial"))))
            and not _counted_apart(reader, before, clause, sign)
        )
        or (not sign and not nominal)
    ):
        return _DOUBT
    if clause.bare and clause.content == "limit" and not _names_property(reader, clause) and before.content not in ("purpose", "adverbial"):
        return _DOUBT
    return _DOUBT if not sign and not nominal else ""


#: With what words begin whose 'with' names another substance: 'reactive with an amine'.
_MEETING = (
    "react",
    "bind",
    "compat",
    "incompat",
    "miscib",
    "immiscib",
    "mix",
    "blend",
    "interact",
    "conjugat",
    "complex",
    "coordinat",
    "associat",
    "cross",
    "cur",
)


def _right_behind_unread(reader: Reader, before: Clause, clause: Clause) -> str:
    """Why a clause may not count that no sign and no conjunction parts from one that was not read."""
    if clause.closing and clause.denied and reader.lattice.has(clause.i, "relative"):
        return ""
    known = before.reason != "" or (reader.lattice.has(before.i, "unchk") and before.content != "joined") or _names_a_thing(reader, before)
    if _names_a_thing(reader, before) and _says_of_it(reader, before, clause):
        return ""
    if clause.content == "formula":
        return _DOUBT  # 'hydrogenation of CO2'
    if any(m.j > before.j for m in reader.lattice.of(before.i, "unchk")):
        return _DOUBT
    if reader.lattice.lower(clause.i) == "with" and reader.lattice.lower(before.j - 1).startswith(_MEETING):
        return _DOUBT
    leads = reader.lattice.has(clause.i, "open", "open_weak", "relative", "negation", "purpose") and not reader.lattice.has(
        clause.i, "necessity"
    )
    known = known or (reader.lattice.has(clause.i, "relative") and _complete(reader, before))
    return "" if known and leads and not (before.suggested and clause.parts) else _DOUBT


#: Kinds that the name of a thing does not hold.
_NO_NAME = (
    *tuple(kind for kind in NOT_IN_NAMES if kind not in ("stable", "verbprop", "prop", "quote")),
    "num",
    "request",
    "negation_after",
)


def _names_a_thing(reader: Reader, before: Clause) -> bool:
    """Whether an unread clause at the beginning of a sentence can only be the name of a thing: 'Ferroelectric nematics', 'The additive needed'.

    A first word that may be a verb is none: 'Shun molecules', of which what follows is not asked for.
    """
    lattice, i = reader.lattice, before.i
    if before.content in ("purpose", "adverbial") or any(lattice.has(k, *_NO_NAME) for k in range(i, before.j)):
        return False
    if i and not reader.sign(i - 1):
        return _determined(reader, i)
    if before.j - i == 1 or lattice.has(i, "grp", "elem", "cmpd", "fam", "role", "vague", "unchk", "plain"):
        return True
    return adjective(lattice, i)


def _determined(reader: Reader, i: int) -> bool:
    """Whether an article stands before piece ``i``, and nothing but a sign before that."""
    lattice = reader.lattice
    return lattice.lower(i - 1) in ("a", "an", "the", "our", "my", "this", "these") and (
        i == 1 or reader.sign(i - 2) or lattice.has(i - 2, "request")
    )


def _says_of_it(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether a clause with a verb says something of the thing that is named before it: 'the additive needed | melts below 250 K'."""
    if before.i != 1 or not _determined(reader, before.i) or clause.subject:
        return False
    if reader.lattice.has(clause.i, "verbprop"):
        return True
    told = clause.content in ("limit", "level", "objective") or clause.denied or reader.lattice.has(clause.i + 1, "open")
    return reader.lattice.has(clause.i, "necessity") and told


def _complete(reader: Reader, before: Clause) -> bool:
    """Whether unread words end with a number, its unit or a known word, so that 'that ...' behind them speaks of the thing designed."""
    lattice = reader.lattice
    denies = any(lattice.has(k, "negation", "negation_after") for k in range(before.i, before.j))
    ends = any(m.j == before.j and m.kind in ("num", "unit", "unchk") for k in range(before.i, before.j) for m in lattice.at[k])
    return ends and not denies


def _names_property(reader: Reader, clause: Clause) -> bool:
    return any(m.kind in ("prop", "verbprop", "scale", "liquid") for k in range(clause.i, clause.j) for m in reader.lattice.at[k])


def _measured(reader: Reader, before: Clause) -> bool:
    """Whether words that were not read say how much of something there is, and deny nothing: 'a fire point of 300 °C'."""
    inside = range(before.i, before.j)
    return any(reader.lattice.has(k, "num") for k in inside) and not any(
        reader.lattice.has(k, "between", "negation", "negation_after", "condition", "exception", "permission") for k in inside
    )


def _counted_apart(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a number and a sign set the clause apart from words before it that deny nothing."""
    denies = any(reader.lattice.has(k, "negation", "negation_after") for k in range(before.i, before.j))
    return clause.content == "count" and bool(sign) and not denies


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
    """Whether what follows a demand for parts, and was not read, stands for it: 'contains quinoline, and we want it gone'."""
    end = clauses[n].j
    for after in clauses[n + 1 :]:
        if after.role == "filler":
            continue
        if after.role != "unread":
            return False
        if not _reason(reader, after) and any(reader.lattice.lower(k) in _ANAPHORA for k in range(end, min(after.j, end + 6))):
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


def _under_label(reader: Reader, clause: Clause) -> bool:
    """Whether the clause stands in a list under a heading that denies: 'No-gos: nitro, wibble, an ester'."""
    if not (clause.parts or clause.content == "vague"):
        return False
    k = clause.i - 1
    while k >= 0 and not (reader.sign(k) and reader.lattice.lower(k) in STOPS):
        if reader.lattice.lower(k) == ":" and any(reader.lattice.has(m, "negation", "negation_after") for m in range(max(0, k - 5), k)):
            return True
        k -= 1
    return False


#: Words that give a reason, which changes nothing.
_REASONS = ("because", "since", "due", "owing", "thanks")


def _reason(reader: Reader, clause: Clause) -> bool:
    """Whether an unread clause gives a reason: 'because they hydrolyse'."""
    return reader.lattice.lower(clause.i) in _REASONS and not any(
        reader.lattice.has(k, "condition", "exception") for k in range(clause.i, clause.j)
    )


def _doubt_from_right(reader: Reader, clause: Clause, after: Clause) -> str:
    sign = signs(reader, clause.j, after.i)
    joined = _between(reader, clause.j, after.i)
    if sign == "." or after.role in ("head", "adjunct"):
        return ""
    if _excepted(reader, clause, after, sign):
        return _EXCEPTION
    if "or" in joined and after.content != "name" and after.role in ("read", "unread"):
        return _ALTERNATIVE
    if goes_on(reader, clause, after, sign):
        return _TOGETHER
    if _dissolved_elsewhere(reader, clause, after, sign, joined):
        return "only the solubility in water is predicted"
    if after.content == "count" and counted_together(reader, clause, after, sign):
        return _TOGETHER
    if after.role == "read":
        return _before_read(reader, clause, after, sign, joined)
    if after.role != "unread" or (_reason(reader, after) and not clause.listed):
        return ""
    return _before_unread(reader, clause, after, sign, joined) or _stuck_to_unread(reader, clause, after, sign, joined)


def _excludes_all(reader: Reader, clause: Clause) -> bool:
    """Whether a clause ends with an exclusion that may hold for what it hangs on: '(an ester) with a phenol is not acceptable'."""
    lattice = reader.lattice
    if any(lattice.has(k, "negation") for k in range(clause.i, clause.start)):
        return False  # 'an ether with no hydroxyl is wanted'
    apart = lattice.lower(clause.i) in ("where", "in", "so", "such", "whose")
    copula = any(
        lattice.lower(k) in ("is", "are", "must", "should", "shall", "has", "have", "ought") for k in range(clause.i + 1, clause.j)
    )
    return clause.closing and clause.denied and copula and not apart and lattice.has(clause.i, "open", "relative", "open_weak")


def _dissolved_elsewhere(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> bool:
    """Whether a solubility is one in something else than water: 'solubility above 10 g/L | in ethanol'."""
    dissolves = any(s.name == "aqueous_solubility" for s in clause.statements)
    lattice = reader.lattice
    watery = any(lattice.lower(k) in ("water", "aqueous", "buffer", "pbs", "saline") for k in range(clause.i, after.j))
    return dissolves and not sign and not joined and lattice.lower(after.i) in ("in", "into") and not watery


def _before_read(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was read."""
    if clause.parts and not clause.denied and not sign and not joined and _excludes_all(reader, after):
        return "what is said at the end may hold for it too"  # 'an ester with a phenol is not acceptable'
    named = [m.j for m in reader.lattice.of(after.start, "grp", "elem", "prop")]
    apart = reader.lattice.lower(max(named, default=after.start + 1) - 1).endswith("s") and not reader.lattice.lower(clause.j - 1).endswith(
        "s"
    )
    apart = apart or any(
        reader.lattice.lower(k) in ("is", "was") for k in range(after.start, after.j)
    )  # 'an ester, chlorine is prohibited'
    if clause.listed and after.closing and after.denied and sign == "," and not apart:
        return "what is said at the end may hold for it too"
    counted = clause.content == "count" and any(s.limit is not None and s.limit.operator == ">=" for s in clause.statements)
    if after.closing and after.denied and not counted and joined and not sign and not clause.closing and not clause.opened:
        return "what is said at the end may hold for it too"
    return (
        "it may be said of what is excluded"
        if clause.denied
        and not clause.adjectival
        and clause.parts
        and not sign
        and not joined
        and after.parts
        and not after.denied
        and after.opened
        and not reader.lattice.text(after.i, after.j).lower().startswith(_INSTEAD)
        else ""
    )


def _before_unread(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was not read: it is an item of the same list, or hangs on what that one says."""
    if any(reader.lattice.lower(k) in ("-", "to") for k in range(clause.j, after.i)):
        return _DOUBT  # 'TPSA 60 - about 90': a range of which one end is understood
    if clause.listed and joined:
        return _DOUBT
    if clause.listed and not clause.denied and any(reader.lattice.has(k, *_TURNING) for k in range(after.i, after.j)):
        return _DOUBT
    if clause.content in ("kept", "varied") and not sign and not joined:
        return _DOUBT  # 'without changing the core it is hopeless'
    if reader.lattice.lower(after.i) == "nor":
        return _DOUBT
    bare = reader.lattice.has(after.i, "grp", "elem") and reader.lattice.lower(after.i - 1) not in ("a", "an")
    if clause.content == "count" and joined and not sign and bare:
        return _TOGETHER  # 'at most 4 N | and O atoms'
    starts_anew = ("open", "relative", "prop", "num", "negation", "unchk", "adjective_up", "adjective_down", "adjective_good", "purpose")
    if clause.content == "vague" and clause.bare and joined and not sign and not reader.lattice.has(after.i, *starts_anew):
        return _DOUBT
    if clause.plural and not reader.lattice.has(
        after.i, "open", "prop", "num", "unchk", "cmp", "negation", "adjective_up", "adjective_down", "adjective_good"
    ):
        return _DOUBT
    if clause.listed and reader.lattice.has(after.i, "negation") and after.j - after.i <= 2:
        return _DOUBT
    limiting = reader.lattice.has(after.i, "condition", "exception") and not reader.lattice.has(after.i, "purpose")
    limiting = limiting and not ((sign or joined) and reader.lattice.has(after.i, "scarcely"))
    limiting = limiting or reader.lattice.has(after.i, "exception")
    if limiting and sign != ".":
        return _EXCEPTION
    if clause.content == "elements" and (joined or sign == ",") and any(reader.lattice.has(k, "elem") for k in range(after.i, after.j)):
        return _DOUBT
    if clause.content == "similarity" and not sign and any(reader.lattice.has(k, "similarity", "num") for k in range(after.i, after.j)):
        return _DOUBT
    return ""


def _stuck_to_unread(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was not read and that follows it without a sign, or in brackets."""
    bracketed = any(reader.lattice.lower(k) == "(" for k in range(clause.j, after.i))
    if bracketed and clause.content in ("similarity", "limit"):
        return _DOUBT
    verb = reader.lattice.has(after.i, "necessity", "permission")
    verb = verb or (clause.bare and clause.content == "motif" and after.content in ("", "joined"))
    if not sign and not joined and verb and not _whole(reader, after) and reader.lattice.lower(after.j) != "?":
        return _DOUBT  # 'an ester | would please nobody'
    inexact = any(s.limit is not None and s.limit.operator in ("bare", "~", "==") and s.limit.low != 0 for s in clause.statements)
    if (
        not sign
        and not joined
        and (
            (inexact and not _whole(reader, after) and not _tells(reader, after) and not _use_of_parts(reader, clause, after))
            or reader.lattice.lower(after.i) == "to"
        )
    ):
        return _DOUBT
    if joined and not sign and after.closing and not clause.opened:
        return "what is said at the end may hold for it too"
    placed = after.content == "adverbial" and any(reader.lattice.has(k, "grp", "elem") for k in range(after.i, after.j))
    if clause.content == "count" and placed and not sign and not joined:
        return _DOUBT  # 'at most two amines | on a benzene ring'
    if (
        not sign
        and not joined
        and after.content == "purpose"
        and clause.content in ("vague", "level")
        and reader.lattice.lower(clause.j - 1).endswith("stable")
    ):
        return _DOUBT
    if not sign and not joined and after.content == "adverbial" and clause.content in ("vague", "level", "similarity", "objective"):
        return _DOUBT
    here = after.content == "adverbial" and clause.closing and reader.lattice.lower(after.i + 1) in ("this", "our", "the", "my", "these")
    here = here or (after.content == "adverbial" and _of_the_whole(reader, after)) or _one_of_many(reader, clause, after)
    if not sign and not joined and (clause.denied and clause.parts) and not here and after.content != "purpose":
        return _DOUBT
    plural = clause.parts and not clause.denied and clause.content == "motif" and reader.lattice.lower(clause.j - 1).endswith("s")
    names = any(reader.lattice.has(k, "grp", "elem") for k in range(after.i, after.j))
    names = names and not (clause.opened and any(reader.lattice.has(k, "num") for k in range(after.i, after.j)))
    if plural and (joined or sign) and (names or after.closing) and not reader.lattice.has(after.i, "open", "negation", "open_weak"):
        return _DOUBT
    if plural and not sign and not joined and after.content != "purpose" and not _whole(reader, after):
        return _DOUBT
    return ""


def _one_of_many(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether a verb in the singular follows a noun in the plural, and so speaks of the thing designed: 'free of rings | that degrades'."""
    noun, verb = reader.lattice.lower(clause.j - 1), reader.lattice.lower(after.i + 1)
    plural = noun.endswith("s") and not noun.endswith("ss")
    singular = (verb.endswith("s") and not verb.endswith("ss")) or verb in ("is", "has", "does")
    return plural and singular and reader.lattice.lower(after.i) in ("that", "which")


def _use_of_parts(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether unread words say what counted parts are for: 'one carboxylic acid for conjugation', not 'two esters for every amide'."""
    lattice = reader.lattice
    shared = lattice.lower(after.i + 1) in ("every", "each", "one") or any(
        lattice.has(k, "num", "grp", "elem", "negation") for k in range(after.i, after.j)
    )
    return clause.content == "count" and after.content == "purpose" and lattice.lower(after.i) == "for" and not shared


def _tells(reader: Reader, after: Clause) -> bool:
    """Whether unread words say with a verb of their own what else the thing does: 'that mixes with lubricants', not 'which is a maximum'."""
    lattice = reader.lattice
    auxiliary = lattice.has(after.i + 1, "skip", "necessity", "permission", "link", "negation")
    return lattice.has(after.i, "relative") and lattice.lower(after.i) in ("that", "which", "who") and not auxiliary


def _of_the_whole(reader: Reader, after: Clause) -> bool:
    """Whether unread words say of what all this is said, and of no part of it: 'in the proton-conducting monomer', 'as accelerators'."""
    lattice = reader.lattice
    named = any(m.j == after.j for k in range(after.i, after.j) for m in lattice.of(k, "fam", "role"))
    return named and (lattice.lower(after.i) == "as" or lattice.lower(after.i + 1) in ("this", "our", "the", "my", "these"))


def _whole(reader: Reader, clause: Clause) -> bool:
    """Whether an unread clause was read by itself, speaks of a property, and begins as a clause of its own: 'that survives 180 °C (unread)'."""
    own = reader.lattice.has(clause.i, "relative", "open", "open_weak", "verbprop", "prop")
    return bool(clause.suggested) and clause.content in ("limit", "level", "objective", "vague") and own
