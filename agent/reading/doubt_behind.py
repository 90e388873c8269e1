"""Why a clause that was read may not count before what stands behind it."""

from __future__ import annotations

from agent.reading.aims import aims_at
from agent.reading.asides import told_behind_a_bracket
from agent.reading.chains import of_a_length
from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.count_builders import PARTS_OF_IT
from agent.reading.doubt_kinds import measured_so, qualifies
from agent.reading.doubt_words import (
    ALTERNATIVE,
    DOUBT,
    EXCEPTION,
    INSTEAD,
    TOGETHER,
    TURNING,
    between,
    excepted,
    excludes_all,
    gives_reason,
    tells_effect,
    tells_why,
    twice_denied,
)
from agent.reading.head_groups import stands_in
from agent.reading.lexicon import key_of, lexicon
from agent.reading.locants import located
from agent.reading.own_denials import as_possible, denies_its_own
from agent.reading.said_of import counted_together, goes_on, signs

#: Why an item of a list does not count of which the end may be said of all.
AT_THE_END = "what is said at the end may hold for it too"


def doubt_from_right(reader: Reader, clause: Clause, after: Clause) -> str:
    sign = signs(reader, clause.j, after.i)
    joined = between(reader, clause.j, after.i)
    if sign != "." and "or" in joined and after.role == "head" and clause.parts and not clause.denied:
        return ALTERNATIVE  # 'an ester, or failing that an amide'
    if sign == "." or after.role in ("head", "adjunct"):
        return ""
    if not sign and after.role == "unread" and reader.lattice.lower(after.i) in ("to", "for") and stands_in(reader.lattice, clause.j):
        return ""  # 'a fluorine-free alternative | to bistriflimide'
    if excepted(reader, clause, after, sign):
        return EXCEPTION
    if "or" in joined and after.content != "name" and after.role in ("read", "unread"):
        return ALTERNATIVE
    if goes_on(reader, clause, after, sign):
        return TOGETHER
    if _dissolved_elsewhere(reader, clause, after, sign, joined):
        return "only the solubility in water is predicted"
    if after.content == "count" and counted_together(reader, clause, after, sign):
        return TOGETHER
    if (
        clause.content == "count"
        and not sign
        and not joined
        and not {reader.lattice.lower(clause.j), reader.lattice.lower(clause.j - 1)}.isdisjoint(("both", "each"))
    ):
        return DOUBT  # 'whose two nitrogens | both carry mesityl'
    if clause.parts and not clause.denied and told_behind_a_bracket(reader.lattice, clause.j):
        return DOUBT  # 'a phenol (pKa 9, no good) | is out'
    if clause.listed and after.role == "unread" and after.reason == AT_THE_END and sign == ",":
        return AT_THE_END
    if after.role == "read":
        return _before_read(reader, clause, after, sign, joined)
    if (
        after.role == "unread"
        and not sign
        and clause.content == "motif"
        and not clause.denied
        and not clause.closing
        and located(reader.lattice, after)
    ):
        return ""
    if after.role == "unread" and clause.content == "kept_group" and after.i == clause.j and reader.lattice.lower(after.i) != "for":
        return DOUBT  # 'the ester stays | at zero'
    if after.role == "unread" and not sign and not clause.denied and _wants_more(reader, clause, after):
        return DOUBT
    if after.role == "unread" and not sign and (_chain_of_a_length(reader, clause, after) or (clause.parts and twice_denied(after))):
        return DOUBT
    if after.role != "unread" or (gives_reason(reader, after) and not clause.listed):
        return ""
    if clause.content in ("limit", "level", "count") and tells_effect(reader, after):
        return ""
    return _before_unread(reader, clause, after, sign, joined) or _stuck_to_unread(reader, clause, after, sign, joined)


def _chain_of_a_length(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether what follows says how long a chain is that was read as a long one: 'an alkyl chain | of fewer than 6 carbons'."""
    chained = any(s.kind in ("motif", "count") and s.name == "long alkyl chain" for s in clause.statements)
    return chained and of_a_length(reader.lattice, after.i, after.j)


#: Verbs of wanting, behind which 'to' says what is wanted of what stands before them.
_WANTING = frozenset(["want", "wants", "wanted", "need", "needs", "needed", "like", "wish", "wished", "hope", "after", "have", "has"])


def _wants_more(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether what is wanted of a part is said behind the clause, and was not read: 'esters are what we want | to get away from'."""
    return (
        after.i == clause.j
        and clause.closing
        and reader.lattice.lower(clause.j - 1) in _WANTING
        and after.content != "adverbial"
        and reader.lattice.lower(after.i) != "for"
    )


def _dissolved_elsewhere(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> bool:
    """Whether a solubility is one in something else than water: 'solubility above 10 g/L | in ethanol'."""
    dissolves = any(s.name == "aqueous_solubility" for s in clause.statements)
    lattice = reader.lattice
    watery = any(lattice.lower(k) in ("water", "aqueous", "buffer", "pbs", "saline") for k in range(clause.i, after.j))
    bracketed = sign == "," and lattice.lower(clause.j) == "(" and after.i == clause.j + 1
    inside = lattice.lower(after.i) in ("in", "into") or (bracketed and lattice.has(after.i, "in_solvent"))
    return dissolves and (not sign or bracketed) and not joined and inside and not watery


def _before_read(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was read."""
    if after.content == "solvent" and not sign and not joined and reader.lattice.lower(clause.j - 1).endswith("stable"):
        return DOUBT  # 'shelf-stable | in DMSO'
    if clause.parts and not clause.denied and not sign and not joined and excludes_all(reader, after):
        return AT_THE_END  # 'an ester with a phenol is not acceptable'
    named = [m.j for m in reader.lattice.of(after.start, "grp", "elem", "prop")]
    apart = reader.lattice.lower(max(named, default=after.start + 1) - 1).endswith("s") and not reader.lattice.lower(clause.j - 1).endswith(
        "s"
    )
    apart = apart or any(
        reader.lattice.lower(k) in ("is", "was", "must", "should") for k in range(after.start, after.j)
    )  # 'an ester, chlorine is prohibited'
    noun = reader.lattice.has(clause.j - 1, "groups")  # 'phthalimide core, thiols and free sulfur not welcome'
    apart = apart and not (len(after.statements) > 1 and not clause.opened and not noun)  # 'azo, azoxy and peroxides are excluded'
    pair = len(after.statements) == 2 and any(reader.lattice.lower(k) == "both" for k in range(after.start, after.j))
    apart = apart or pair  # 'acyl taurate head, sulfate ester and PEG both prohibited'
    elements = bool(after.statements) and all(s.kind == "count" and s.what == "element" for s in after.statements)
    apart = apart or (elements and _one_noun(reader, clause))  # 'imidazoline, C17 alkyl chain, sulphur none'
    apart = apart or reader.lattice.has(after.i, "negation")  # 'a ketone, no nitro groups are acceptable'
    if clause.listed and after.closing and after.denied and sign == "," and not apart:
        return AT_THE_END
    counted = clause.content == "count" and any(s.limit is not None and s.limit.operator == ">=" for s in clause.statements)
    windowed = clause.content == "limit" and all(s.limit is not None and s.limit.operator == "between" for s in clause.statements)
    plural = any(reader.lattice.lower(k) in ("are", "were", "both", "all", "neither") for k in range(clause.j, after.j))
    told = (windowed and not plural) or (
        clause.content in ("limit", "level") and _has_verb(reader, clause)
    )  # 'log S must be above -2 and phenols are unacceptable'
    if after.closing and after.denied and not counted and not told and joined and not sign and not clause.closing and not clause.opened:
        return AT_THE_END
    if (
        after.closing
        and after.denied
        and joined
        and not sign
        and clause.content == "motif"
        and not clause.denied
        and _only_commas(reader, clause)
    ):
        return AT_THE_END  # 'with an amide, azo, azoxy | and peroxides are excluded'
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
        and not reader.lattice.text(after.i, after.j).lower().startswith(INSTEAD)
        else ""
    )


def _one_noun(reader: Reader, clause: Clause) -> bool:
    """Whether a clause ends with the name of a group in the singular that has a plural, so that it is no item of a list of what is not wanted."""
    word = reader.lattice.lower(clause.j - 1)
    named = [m for k in range(clause.start, clause.j) for m in reader.lattice.of(k, "grp") if m.j == clause.j]
    if word.endswith("s") or not (named or reader.lattice.has(clause.j - 1, "groups")):
        return False
    several = key_of(f"{reader.lattice.text(named[0].i, named[0].j)}s") if named else ""
    return not named or "grp" in lexicon(reader.lattice.catalogue).meanings.get(several, {})


def _only_commas(reader: Reader, clause: Clause) -> bool:
    """Whether a list goes on with commas alone, so that 'and' behind it may bring its last item."""
    inside = range(clause.start, clause.j)
    return any(reader.lattice.lower(k) == "," for k in inside) and not any(reader.lattice.has(k, "and", "or") for k in inside)


def _before_unread(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was not read: it is an item of the same list, or hangs on what that one says."""
    ranged = clause.content != "motif" or reader.lattice.has(after.i, "num", "cmp")
    if ranged and any(
        reader.lattice.lower(k) in ("-", "to") and not reader.lattice.has(k + 1, "request") for k in range(clause.j, after.i)
    ):
        return DOUBT  # 'TPSA 60 - about 90': a range of which one end is understood
    if clause.listed and joined:
        return DOUBT
    turned = (
        clause.listed
        and not clause.denied
        and any(
            reader.lattice.has(k, *TURNING) and not reader.lattice.has(k, "cmp")
            for k in range(after.i, after.j)
            if not as_possible(reader, k)
        )
    )
    if turned and not denies_its_own(reader, clause, after, sign):
        return DOUBT
    if clause.content in ("kept", "varied") and not sign and not joined:
        return DOUBT  # 'without changing the core it is hopeless'
    if reader.lattice.lower(after.i) == "nor":
        return DOUBT
    bare = reader.lattice.has(after.i, "grp", "elem") and reader.lattice.lower(after.i - 1) not in ("a", "an")
    if clause.content == "count" and joined and not sign and bare:
        return TOGETHER  # 'at most 4 N | and O atoms'
    starts_anew = ("open", "relative", "prop", "num", "negation", "unchk", "adjective_up", "adjective_down", "adjective_good", "purpose")
    if clause.content == "vague" and clause.bare and joined and not sign and not reader.lattice.has(after.i, *starts_anew):
        return DOUBT
    if (
        clause.plural
        and not reader.continued(clause.j)
        and not reader.lattice.has(
            after.i, "open", "prop", "num", "unchk", "cmp", "negation", "adjective_up", "adjective_down", "adjective_good"
        )
    ):
        return DOUBT
    if clause.listed and reader.lattice.has(after.i, "negation") and after.j - after.i <= 2:
        return DOUBT
    limiting = reader.lattice.has(after.i, "condition", "exception") and not reader.lattice.has(after.i, "purpose")
    limiting = limiting and not ((sign or joined) and reader.lattice.has(after.i, "scarcely"))
    limiting = limiting or reader.lattice.has(after.i, "exception")
    if limiting and sign != ".":
        return EXCEPTION
    if clause.content == "elements" and (joined or sign == ",") and _names_elements(reader, after):
        return DOUBT
    if clause.content == "similarity" and not sign and any(reader.lattice.has(k, "similarity", "num") for k in range(after.i, after.j)):
        return DOUBT
    return ""


def reason_in_brackets(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether a wish in brackets right behind what is excluded only gives the reason: 'avoid ureas | (poor solubility)', 'an alkyl amine | (not aromatic)'."""
    lattice = reader.lattice
    bracketed = lattice.lower(clause.i - 1) == "(" and before.j == clause.i - 1 and lattice.lower(clause.j) == ")"
    named = before.parts or (before.role == "unread" and any(lattice.has(k, "grp", "elem") for k in range(before.i, before.j)))
    return bracketed and named and clause.content in ("objective", "vague")


#: Verbs that say something of what stands before them, where no subject does.
WITHOUT_SUBJECT = frozenset(["must", "should", "shall", "can", "could", "may", "might", "will", "would", "ought", "needs", "need", "has", "have", "is", "are", "was", "were", "goes", "go"])  # fmt: skip


#: Verbs behind a property that say something of it.
_PREDICATES = frozenset(["is", "are", "was", "were", "does", "do", "matters", "remains", "plays", "seems", "looks", "counts"])


def _stuck_to_unread(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> str:
    """Why a clause may not count before one that was not read and that follows it without a sign, or in brackets."""
    loose = not sign and not joined
    if clause.content in ("limit", "count") and not (clause.opened or clause.subject or joined) and _predicated(reader, clause, after):
        return DOUBT  # 'logP (max 5) | is irrelevant'
    bracketed = any(reader.lattice.lower(k) == "(" for k in range(clause.j, after.i))
    if bracketed and (
        clause.content == "similarity"
        or (clause.content == "limit" and not tells_why(reader, after))
        or (clause.content == "vague" and any(reader.lattice.has(k, "num") for k in range(after.i, after.j)))
    ):
        return DOUBT
    verb = reader.lattice.has(after.i, "necessity", "permission")
    verb = verb or (clause.bare and clause.content == "motif" and after.content in ("", "joined") and not _has_more(reader, after))
    if loose and verb and not _whole(reader, after) and reader.lattice.lower(after.j) != "?":
        return DOUBT  # 'an ester | would please nobody'
    if (
        loose
        and clause.parts
        and not clause.closing
        and {reader.lattice.lower(k) for k in range(clause.j - 2, clause.j + 1)} & {"is", "are"}
    ):
        return DOUBT  # 'a diazo is just | as bad'
    inexact = any(s.limit is not None and s.limit.operator in ("bare", "~", "==") and s.limit.low != 0 for s in clause.statements)
    unsaid = (
        loose
        and inexact
        and not (
            _whole(reader, after)
            or _tells(reader, after)
            or _use_of_parts(reader, clause, after)
            or aims_at(reader, clause, after)
            or measured_so(reader, after)
        )
    )
    if unsaid or (loose and reader.lattice.lower(after.i) == "to" and not aims_at(reader, clause, after)):
        return DOUBT
    if joined and not sign and after.closing and not clause.opened:
        return AT_THE_END
    elements = clause.content == "count" and any(s.what == "element" for s in clause.statements)
    if elements and loose and _in_a_part(reader, clause, after):
        return DOUBT  # '12 to 14 carbons | in the tail'
    placed = after.content == "adverbial" and any(reader.lattice.has(k, "grp", "elem") for k in range(after.i, after.j))
    if clause.content == "count" and placed and loose:
        return DOUBT  # 'at most two amines | on a benzene ring'
    stable = clause.content in ("vague", "level") and reader.lattice.lower(clause.j - 1).endswith("stable")
    if loose and stable and after.content == "purpose":
        return DOUBT
    if loose and after.content == "adverbial" and clause.content in ("vague", "level", "similarity", "objective"):
        heated = reader.lattice.lower(after.i) == "during"  # 'stable at 150 °C | during post-apply bake'
        return "" if clause.content == "level" and (heated or measured_so(reader, after)) else DOUBT
    here = after.content == "adverbial" and clause.closing and reader.lattice.lower(after.i + 1) in ("this", "our", "the", "my", "these")
    here = here or (after.content == "adverbial" and of_the_whole(reader, after)) or _one_of_many(reader, clause, after)
    if loose and (clause.denied and clause.parts) and not here and after.content != "purpose":
        return DOUBT
    return DOUBT if _plural_beside(reader, clause, after, sign, joined) else ""


def _plural_beside(reader: Reader, clause: Clause, after: Clause, sign: str, joined: set[str]) -> bool:
    """Whether a plural that is asked for may be an item of a list that goes on in the unread words behind it, or the subject of them."""
    loose = not sign and not joined
    plural = clause.parts and not clause.denied and clause.content == "motif" and reader.lattice.lower(clause.j - 1).endswith("s")
    names = any(
        (reader.lattice.has(k, "grp") and not qualifies(reader, k)) or _names_elements(reader, after) for k in range(after.i, after.j)
    )
    names = names and not (clause.opened and any(reader.lattice.has(k, "num") for k in range(after.i, after.j)))
    if plural and (joined or sign) and (names or after.closing) and not reader.lattice.has(after.i, "open", "negation", "open_weak"):
        return True
    return plural and loose and after.content != "purpose" and not _whole(reader, after)


def _has_more(reader: Reader, after: Clause) -> bool:
    """Whether unread words say only what else the part before them has: 'a diphenylamine core | with branched alkyl groups'."""
    lattice = reader.lattice
    turned = any(lattice.has(k, *TURNING, "condition", "soft", "soft_after", "necessity", "relative") for k in range(after.i, after.j))
    return lattice.lower(after.i) in ("with", "bearing", "carrying", "having") and not turned


def _in_a_part(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether unread words say of which part the atoms are counted, and the whole may have more than the number allows."""
    part = after.content == "adverbial" and any(reader.lattice.lower(k).removesuffix("s") in PARTS_OF_IT for k in range(after.i, after.j))
    return part and any(s.limit is not None and s.limit.operator not in (">", ">=") for s in clause.statements)


def _predicated(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether a verb behind the clause says something of its property; not 'melting point above 180 °C, | does not release nonylphenol'."""
    verbs = [reader.lattice.lower(k) for k in range(clause.j, min(after.i + 1, reader.end))]
    if reader.lattice.lower(clause.j) == "," and reader.lattice.lower(after.i - 1) in (",", "does", "do") and not _dismisses(reader, after):
        verbs = [v for v in verbs if v not in ("does", "do")]
    return any(v in _PREDICATES for v in verbs)


def _dismisses(reader: Reader, after: Clause) -> bool:
    """Whether unread words say that something does not matter."""
    return any(
        reader.lattice.lower(k) in ("matter", "count", "apply", "concern", "play", "bother", "interest", "need", "have")
        for k in range(after.i, after.j)
    )


def _names_elements(reader: Reader, after: Clause) -> bool:
    """Whether words name an element; the C of '200 °C' is none."""
    lattice, inside = reader.lattice, range(after.i, after.j)
    units = {k for n in inside for m in lattice.of(n, "unit") for k in range(m.i, m.j)}
    return any(lattice.has(k, "elem") and k not in units for k in inside)


def _one_of_many(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether a verb in the singular follows a noun in the plural, and so speaks of the thing designed: 'free of rings | that degrades'."""
    noun, verb = reader.lattice.lower(clause.j - 1), reader.lattice.lower(after.i + 1)
    plural = noun.endswith("s") and not noun.endswith("ss")
    singular = (verb.endswith("s") and not verb.endswith("ss")) or verb in ("is", "has", "does")
    return plural and singular and reader.lattice.lower(after.i) in ("that", "which")


def _has_verb(reader: Reader, clause: Clause) -> bool:
    """Whether a clause has a verb of its own, so that one behind it does not belong to it."""
    return any(reader.lattice.lower(k) in ("must", "should", "shall", "has", "needs", "ought", "is") for k in range(clause.i, clause.j))


def _use_of_parts(reader: Reader, clause: Clause, after: Clause) -> bool:
    """Whether unread words say what counted parts are for: 'one carboxylic acid for conjugation', not 'two esters for every amide'."""
    lattice = reader.lattice
    shared = lattice.lower(after.i + 1) in ("every", "each", "one") or any(
        lattice.has(k, "num", "grp", "elem", "negation") for k in range(after.i, after.j)
    )
    return (
        clause.content == "count" and after.content in ("purpose", "adverbial") and lattice.lower(after.i) in ("for", "as") and not shared
    )


def _tells(reader: Reader, after: Clause) -> bool:
    """Whether unread words say with a verb of their own what else the thing does: 'that mixes with lubricants', not 'which is a maximum'."""
    lattice = reader.lattice
    auxiliary = lattice.has(after.i + 1, "skip", "necessity", "permission", "link", "negation")
    return lattice.has(after.i, "relative") and lattice.lower(after.i) in ("that", "which", "who") and not auxiliary


def of_the_whole(reader: Reader, after: Clause) -> bool:
    """Whether unread words say of what all this is said, and of no part of it: 'in the proton-conducting monomer', 'as accelerators'."""
    lattice = reader.lattice
    named = any(m.j == after.j for k in range(after.i, after.j) for m in lattice.of(k, "fam", "role"))
    return named and (lattice.lower(after.i) == "as" or lattice.lower(after.i + 1) in ("this", "our", "the", "my", "these"))


def _whole(reader: Reader, clause: Clause) -> bool:
    """Whether an unread clause was read by itself, speaks of a property, and begins as a clause of its own: 'that survives 180 °C (unread)'."""
    own = reader.lattice.has(clause.i, "relative", "open", "open_weak", "verbprop", "prop")
    return bool(clause.suggested) and clause.content in ("limit", "level", "objective", "vague") and own
