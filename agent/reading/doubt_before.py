"""Why a clause that was read may not count after what stands before it."""

from __future__ import annotations

from agent.reading.boundaries import STARTERS
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_kinds import (
    begins_with_not,
    borne_by_a_part,
    describes,
    excludes_parts,
    in_brackets,
    measured,
    no_thing,
    of_a_process,
    of_the_molecule,
    of_use,
    whole_named,
)
from agent.reading.doubt_words import (
    ALTERNATIVE,
    DOUBT,
    EXCEPTION,
    INSTEAD,
    TOGETHER,
    between,
    denies_before,
    excepted,
    excludes_all,
    forbids,
    opened_by,
    tells_effect,
)
from agent.reading.headings import PREPOSITIONS, introduces
from agent.reading.right_behind import compares, right_behind_unread
from agent.reading.said_of import articled, counted_together, goes_on, offered, signs

#: Parts of a structure that a number behind them may count the atoms of.
_PART_NOUNS = frozenset(
    [
        form
        for noun in ("chain", "tail", "spacer", "linker", "bridge", "arm", "ring", "backbone", "core", "group", "substituent", "residue", "unit", "segment", "length")
        for form in (noun, f"{noun}s")
    ]
)  # fmt: skip


def doubt_from_left(reader: Reader, before: Clause, clause: Clause, *, carried: bool = False) -> str:
    """Why ``clause`` may not count behind ``before``; '' if it may. ``carried``: it goes on with what is asked for before it."""
    sign = signs(reader, before.j, clause.i)
    joined = between(reader, before.j, clause.i)
    if _hangs_on_it(reader, before, clause, sign, joined):
        return DOUBT
    if before.role == "head" or (before.role == "unread" and before.content == "head"):
        return _behind_head(reader, before, clause, sign, joined)
    if (
        before.denied
        and not clause.denied
        and sign in ("", ",")
        and not {"anything", "everything"}.isdisjoint(reader.lattice.lower(k) for k in range(clause.i - 1, clause.start + 1))
    ):
        return DOUBT  # 'exclude aldehydes and | anything with more than two rings'
    if before.role in ("read", "unread") and excepted(reader, before, clause, sign):
        return EXCEPTION
    if "or" in joined | opened_by(reader, clause) and sign != "." and before.role in ("read", "unread") and before.content != "name":
        return ALTERNATIVE
    if (
        before.role == "read"
        and before.denied
        and (not before.adjectival or no_thing(reader, before))
        and not sign
        and not joined
        and clause.parts
        and not clause.denied
        and clause.opened
        and not reader.lattice.text(clause.i, clause.j).lower().startswith(INSTEAD)
    ):
        return "it may say something of what is excluded"
    if (clause.plural and not carried) or (not joined and _contrasted(reader, before, clause, sign)):
        return DOUBT
    if clause.listed and joined and not sign and not carried:
        return DOUBT  # 'avoid a logP above 5 and | esters'
    hung = before.role in ("read", "unread") and before.parts and not before.denied and not sign and not joined
    if hung and excludes_all(reader, clause):
        return "it may say something of what is asked for"
    if _not_needed(reader, before, clause):
        return "it is not said whether it is excluded or only not needed"  # 'an amide is a must, an ester not'
    if counted_together(reader, before, clause, sign) or goes_on(reader, before, clause, sign):
        return TOGETHER
    both = clause.bare and clause.content == "motif" and articled(reader, clause) and articled(reader, before)
    both = both and not ("but" in joined and not sign)  # 'is not a phenol but an aniline'
    freed = before.adjectival and reader.lattice.lower(before.j - 1) == "free"  # 'zinc-free, dithiophosphate'
    apart = not joined and reader.lattice.has(clause.j - 1, "groups") and not reader.lattice.lower(clause.j - 1).endswith("s")
    apart = apart and (before.closing or reader.lattice.lower(before.j - 1).endswith("s"))  # 'no sulfates, C12 chain'
    both = both or (
        clause.bare and clause.content == "motif" and not {reader.lattice.lower(clause.i), reader.lattice.lower(clause.i - 1)} & {"a", "an"}
    )
    if (clause.listed or both) and excludes_parts(reader, before) and sign != "." and not freed and not apart:
        return "it may belong to what is excluded before it"
    if before.role != "unread" or sign == "." or introduces(reader, before):
        return ""
    return _behind_unread(reader, before, clause, sign, joined)


def _hangs_on_it(reader: Reader, before: Clause, clause: Clause, sign: str, joined: set[str]) -> bool:
    """Whether ``clause`` says something of a part, a process or a name that stands in ``before``, and asks for nothing by itself."""
    named = before.content == "head" and any(s.kind == "motif" for s in (*before.statements, *before.suggested))
    if named and not sign and not joined and excludes_all(reader, clause):
        return True
    keeps = clause.denied and clause.parts and reader.lattice.lower(clause.i) in ("keep", "keeps")
    if keeps and before.role == "unread" and before.content != "head" and not sign and not joined:
        return True  # 'phenols | keep out oxygen'
    if clause.content == "share" and before.role == "unread" and not sign and not joined:
        return True  # 'taking up | 20 wt% nitrogen', 'for steel | with 0.5 wt% carbon'
    if of_a_process(reader, before, clause, sign) or _made_of(reader, before, clause, sign, joined):
        return True
    if clause.content == "similarity" and before.content == "motif" and not sign and not joined:
        return True  # 'a benzodiazepine bicycle | like diazepam'
    if (
        clause.denied
        and clause.closing
        and clause.parts
        and not sign
        and not joined
        and reader.lattice.lower(clause.i) in ("of", "from")
        and reader.lattice.lower(clause.i + 1) != "which"
    ):
        return True  # 'amide | of a phenol not allowed'
    typed = clause.content == "derivative" and reader.lattice.lower(clause.start) in ("of", "on")
    if typed and not (before.role == "head" or before.content == "head"):
        return True  # 'no Michael acceptor | of the maleimide type'
    atoms = any((s.kind == "count" and s.what == "element") or s.name == "heavy_atoms" for s in clause.statements)
    of_part = reader.lattice.lower(clause.i) == "of" and any(s.kind == "motif" or "ring" in s.name for s in before.statements)
    of_part = of_part and not whole_named(reader, before)
    of_part = of_part or borne_by_a_part(reader, before, clause)
    # 'an alkyl chain | of 12 carbons', 'a macrocycle | of 15 atoms'
    return atoms and not sign and not joined and (of_part or reader.lattice.lower(before.j - 1) in _PART_NOUNS)


#: Groups that are made of two others, and the others: 'an ester of a fatty acid' holds no acid.
_JOINED = frozenset(["ester", "amide", "acid anhydride", "imide", "ether", "urea", "carbamate", "hydrazide", "acetal", "imine"])
_MAKING = ("acid", "alcohol", "amine", "phenol", "aldehyde", "ketone", "aniline", "diol", "glycol", "amino acid")


def _made_of(reader: Reader, before: Clause, clause: Clause, sign: str, joined: set[str]) -> bool:
    """Whether ``clause`` says of what a group before it is made: 'ester | of a fatty acid'."""
    told = reader.lattice.lower(clause.i) == "of" and clause.content == "motif" and not clause.denied and not sign and not joined
    held = [s.name for s in (*before.statements, *before.suggested) if s.kind in ("motif", "count")]
    return told and bool(held) and all(name in _JOINED for name in held) and all(s.name.endswith(_MAKING) for s in clause.statements)


def _not_needed(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether 'not' alone behind a demand may deny the need only: 'an amide is a must, an ester not'."""
    demanded = before.role == "read" and before.closing and not before.denied
    ends = reader.lattice.lower(clause.j - 1) == "not" and reader.lattice.lower(clause.j - 2) != "do"
    return demanded and clause.closing and clause.denied and ends


def _behind_head(reader: Reader, before: Clause, clause: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count right behind the noun of the thing designed."""
    qualified = before.role == "unread" and not sign and clause.content == "limit" and not clause.opened and offered(reader, before)
    bound = (  # 'adsorption | maximum at 450 nm'
        before.role == "unread" and not sign and clause.content == "limit" and not clause.opened and not _names_property(reader, clause)
        and reader.lattice.has(clause.i, "bound_most", "bound_least")
    )  # fmt: skip
    stuck = clause.listed and bool(joined) and not sign  # 'a dye and esters'
    return DOUBT if (before.uncertain and not sign) or qualified or bound or stuck else ""


#: With what unread words begin that are a phrase of their own.
_NOMINAL = ("open", "unchk", "prop", "relative", "adjective_up", "adjective_down", "purpose", "cmp", "adjective_good", "open_weak", "necessity")  # fmt: skip


def _behind_unread(reader: Reader, before: Clause, clause: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count behind one that was not read."""
    if reader.lattice.lower(before.j) == ":" and reader.lattice.lower(before.j - 1) in PREPOSITIONS:
        return DOUBT  # 'incompatible with: an amine'
    if before.content in ("purpose", "adverbial") and not joined and not sign:
        led = max((m.j for m in reader.lattice.of(before.i, "purpose")), default=before.i)  # 'that could be used in'
        if any(
            reader.lattice.has(k, "negation", "negation_after", "subject", "necessity", "permission", "condition")
            and reader.lattice.text(k, k + 2).lower() != "out of"
            for k in range(led, before.j - 1)
        ) or reader.lattice.has(before.j - 1, "negation", "negation_after"):
            return DOUBT  # it holds a verb of its own
        if clause.content == "similarity" and any(reader.lattice.has(k, "num") for k in range(before.i, before.j)):
            return DOUBT  # 'at wibble least 60 % similar to ...'
        return "" if clause.opened or reader.lattice.has(clause.i, *STARTERS) else DOUBT
    nominal = before.reason != "" or reader.lattice.has(before.i, *_NOMINAL)
    if not sign and not joined:
        return right_behind_unread(reader, before, clause)
    if (clause.denied and joined and (clause.closing or clause.opened)) or (forbids(clause) and (joined or sign)):
        return ""
    if clause.denied and clause.adjectival and joined <= {"but", "and"} and compares(reader, before):
        return ""  # 'like sucralose but chlorine-free'
    if clause.content == "elements" and sign and not denies_before(reader, before.i + 1):
        return ""  # 'for Am(III), CHON only'
    closed = _closed(reader, before) or describes(reader, before, sign)
    if (
        clause.content in ("limit", "level")
        and not reader.lattice.has(clause.start, "num")
        and _names_property(reader, clause)
        and measured(reader, before)
    ):
        return ""
    if clause.parts and (
        (clause.subject and before.content not in ("purpose", "adverbial"))
        or (
            clause.bare
            and clause.content != "kept_group"
            and not (closed and (sign or (nominal and before.content not in ("purpose", "adverbial"))))
            and not _counted_apart(reader, before, clause, sign)
        )
        or (not sign and not nominal)
    ):
        return DOUBT
    if clause.bare and clause.content == "limit" and not _names_property(reader, clause) and before.content not in ("purpose", "adverbial"):
        return "" if sign and (of_the_molecule(reader, before, clause) or _solubility(reader, before, clause, sign)) else DOUBT
    return DOUBT if not sign and not nominal else ""


def _contrasted(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether 'not ...' behind what is excluded may spare it: 'avoid the ester, not the amide'; not 'mercury-free, not based on ...'."""
    lattice = reader.lattice
    excluded = before.role == "read" and before.denied and not before.adjectival
    plain = (
        lattice.lower(clause.i) == "not"
        and lattice.lower(before.i) != "not"
        and not begins_with_not(reader, before)
        and clause.content == "motif"
        and clause.start <= clause.i + 1
    )
    return excluded and plain and sign == "," and not any(m.j > clause.i + 1 for m in lattice.of(clause.i, "negation"))


def _names_property(reader: Reader, clause: Clause) -> bool:
    return any(m.kind in ("prop", "verbprop", "scale", "liquid", "solid") for k in range(clause.i, clause.j) for m in reader.lattice.at[k])


def _counted_apart(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a number and a sign set the clause apart from words before it that deny nothing."""
    own = reader.lattice.lower(before.i) in ("no", "zero") and before.j - before.i <= 4 and not reader.lattice.has(before.i, "cmp")
    denies = any(reader.lattice.has(k, "negation", "negation_after") for k in range(before.i + own, before.j))
    return clause.content == "count" and bool(sign) and not denies  # 'no wibble, one pyridine'


def _solubility(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a concentration in water behind a sign can only be a solubility, as the words before it name nothing that is measured: '(REACH), below 0.1 mg/L in water'."""
    lattice = reader.lattice
    dissolved = any(s.name == "aqueous_solubility" for s in clause.statements) and any(
        lattice.lower(k) == "water" for k in range(clause.i, clause.j)
    )
    spoken = before.content in ("motif", "count") or in_brackets(reader, before)
    turned = any(lattice.has(k, "num", "prop", "condition", "exception") for k in range(before.i, before.j))
    return dissolved and sign == "," and spoken and not turned


def _closed(reader: Reader, before: Clause) -> bool:
    """Whether an unread clause says what it says by itself: a purpose, a quantity, a known word; without a negation, and with no group in it."""
    lattice = reader.lattice
    inside = range(before.i, before.j)
    if of_use(reader, before) or in_brackets(reader, before):
        return True
    if before.understood or tells_effect(reader, before) or any(m.j == before.j for m in lattice.of(before.i, "unchk")):
        return True
    if before.content in ("purpose", "adverbial"):
        return not any(lattice.has(k, "negation", "negation_after") for k in inside)
    if any(lattice.has(k, "negation", "negation_after", "grp") for k in inside):
        return False
    return any(lattice.has(k, "num", "unchk") for k in inside) or before.reason != ""
