"""What an unread clause, or the noun of the thing designed, says by its words alone: a use, a process, a mass, the whole thing."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_words import DESCRIBING, TURNING
from agent.reading.own_denials import is_not_so
from agent.reading.registered import GROUPS


def no_thing(reader: Reader, before: Clause) -> bool:
    """Whether a clause denies a thing, so that what follows may say which: 'nothing ionic | with barium', not 'halogen-free | with an ester'."""
    return any(reader.lattice.lower(k) in ("no", "nothing", "none", "never", "without", "not") for k in range(before.i, before.start + 1))


#: How something is made or handled: what stands behind it is no part of the thing.
_PROCESSES = frozenset(
    [
        "processed",
        "processable",
        "processible",
        "prepared",
        "synthesised",
        "synthesized",
        "manufactured",
        "produced",
        "cast",
        "castable",
        "coated",
        "coatable",
        "printed",
        "printable",
        "spun",
        "purified",
        "recrystallised",
        "recrystallized",
        "isolated",
        "formulated",
        "dyed",
        "dyeable",
        "washed",
        "cleaned",
        "extracted",
        "deposited",
        "handled",
        "stored",
        "shipped",
        "dissolved",
        "dispersed",
        "dispersible",
        "emulsified",
        "sprayed",
        "sprayable",
        "extruded",
        "moulded",
        "molded",
        "processing",
        "manufacture",
        "preparation",
        "workup",
        "purification",
        "catalysed",
        "catalyzed",
        "annealed",
        "tested",
    ]
)

#: Verbs of what the thing gives off, and does not contain: 'releases | no amine'.
_GIVING_OFF = frozenset(
    f"{verb}{end}"
    for verb in (
        "releas",
        "liberat",
        "evolv",
        "generat",
        "produc",
        "leav",
        "giv",
        "emitt",
        "emit",
        "shedd",
        "shed",
        "form",
        "outgass",
        "eliminat",
        "cleav",
        "leach",
        "yield",
        "split",
    )
    for end in ("e", "es", "s", "ing", "ed")
)
#: With what the medium or the aid of a process is said.
_USING = frozenset(["without", "with", "w", "using", "avoiding", "by", "from", "in"])


def of_a_process(reader: Reader, before: Clause, clause: Clause, sign: str) -> bool:
    """Whether a part is named right behind how the thing is made or handled, or what it gives off: 'processed without chlorinated solvents', 'releases no amine'."""
    last = next((reader.lattice.lower(k) for k in range(before.j - 1, before.i - 1, -1)), "")
    named = clause.parts or clause.content in ("denied_kind", "vague")
    if sign or before.role != "unread" or not named:
        return False
    given_off = last in _GIVING_OFF and reader.lattice.lower(clause.i) in ("no", "neither", "only", "not")
    return given_off or (last in _PROCESSES and reader.lattice.lower(clause.i) in _USING)


def whole_named(reader: Reader, before: Clause) -> bool:
    """Whether a group names the whole thing, so that 'of 14 to 17 carbon atoms' behind it counts all of them: 'an ambery ketone', not 'a macrocycle'."""
    grouped = before.role == "head" and all(s.kind == "motif" for s in before.statements)
    rings = any(
        GROUPS[s.name].kind == "ring system" or "ring" in s.name or "cycle" in s.name or "chain" in s.name
        for s in before.statements
        if s.name in GROUPS
    )
    return grouped and not rings and not reader.lattice.has(before.j - 1, "groups")


def begins_with_not(reader: Reader, before: Clause) -> bool:
    """Whether the clause before denies with 'not' as well: 'that is not a neonicotinoid, not a pyrethroid'."""
    return any(reader.lattice.lower(k) == "not" for k in range(before.i, before.start + 1)) and not before.closing


#: Words of what else may have a mass per mole.
_OTHER_MASSES = (
    "weight",
    "mass",
    "mw",
    "mn",
    "equiv",
    "eew",
    "ahew",
    "chain",
    "link",
    "block",
    "polymer",
    "oligomer",
    "segment",
    "spacer",
    "arm",
    "peg",
    "entangle",
    "per",
    "average",
    "number",
    "fragment",
    "residue",
    "counter",
    "salt",
    "cut",
    "soft",
    "hard",
    "polyol",
)


def of_the_molecule(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether a mass per mole behind a sign can only be that of the whole thing: 'ashless, not over 1000 g/mol'."""
    lattice = reader.lattice
    molar = all(s.name == "molecular_weight" and s.limit is not None and s.limit.unit for s in clause.statements)
    inside = range(before.i, before.j)
    other = any(lattice.lower(k).startswith(_OTHER_MASSES) for k in inside) or any(
        lattice.has(k, *TURNING, "condition", "num") for k in inside
    )
    return molar and not other


def measured(reader: Reader, before: Clause) -> bool:
    """Whether words that were not read say how much of something there is, and deny nothing: 'a fire point of 300 °C'."""
    inside = range(before.i, before.j)
    return any(reader.lattice.has(k, "num") for k in inside) and not any(
        reader.lattice.has(k, "between", "negation", "negation_after", "condition", "exception", "permission") for k in inside
    )


def of_use(reader: Reader, before: Clause) -> bool:
    """Whether an unread clause holds nothing but words of use: 'tasteless', 'wash-fast'."""
    lattice, k = reader.lattice, before.i
    while k < before.j:
        known = [m.j for m in lattice.of(k, "neutral", "unchk", "plain", "skip")]
        if not known and not lattice.hyphen(k):
            return False
        k = max(known, default=k + 1)
    return True


#: Kinds of mentions of words that are no verb in the imperative and no other word that could open a list of what is excluded.
_NO_VERB = (
    "neutral",
    "plain",
    "intersective",
    "vague",
    "role",
    "fam",
    "unchk",
    "prop",
    "adjective_up",
    "adjective_down",
    "adjective_good",
    "structural",
    "rule",
    "num",
)


#: Last parts of words with a hyphen that make an adjective of the part before it.
_MADE_SO = (
    "able",
    "ible",
    "like",
    "type",
    "style",
    "stable",
    "resistant",
    "soluble",
    "sensitive",
    "selective",
    "responsive",
    "reactive",
    "compatible",
    "friendly",
)


def qualifies(reader: Reader, k: int) -> bool:
    """Whether the part named at piece ``k`` stands in an adjective with a hyphen: 'alcohol-processable', 'TEMPO-like'."""
    lattice = reader.lattice
    return any(lattice.hyphen(m.j) and lattice.lower(m.j + 1).endswith(_MADE_SO) for m in lattice.of(k, "grp", "derived", "elem", "cmpd"))


def describes(reader: Reader, before: Clause, sign: str) -> bool:
    """Whether unread words, with a comma or semicolon behind them, can only describe the thing: 'C2 symmetric', 'air-stable', not 'shun wibblates'."""
    lattice, i = reader.lattice, before.i
    inside = range(i, before.j)
    if sign == "," and lattice.lower(before.j) != ":" and is_not_so(reader, before) and (i == 0 or reader.sign(i - 1)):
        return True
    if (
        sign != ","
        or lattice.lower(before.j) == ":"
        or any(
            lattice.has(k, *TURNING, "condition", "necessity", "edit_remove", "but", "blame")
            or (lattice.has(k, "grp", "derived", "elem", "cmpd") and not qualifies(reader, k))
            for k in inside
        )
    ):
        return False
    word, text = lattice.lower(i), lattice.pieces[i].text
    if word in ("with", "having", "featuring", "w") or (
        word in ("that", "which") and lattice.lower(i + 1) in ("is", "has", "can", "are", "have")
    ):
        return True  # 'with R-configuration'
    if not (i == 0 or reader.sign(i - 1) or lattice.lower(i - 1) in ("a", "an")):
        return False
    hyphened = lattice.hyphen(i + 1) and i + 2 < before.j
    led = (
        hyphened
        or any(c.isdigit() for c in text)
        or (text[0].isupper() and len(text) < 5 and i > 0)
        or word.endswith(DESCRIBING)
        or lattice.has(i, *_NO_VERB)
    )
    last = lattice.lower(before.j - 1)
    named = (
        before.j - i > 1
        and not last.endswith("s")
        and any(m.j == before.j for k in inside for m in lattice.of(k, "groups", "role") if k > i)
    )
    return (led or named) and word not in ("un", "non", "anti", "de")


def in_brackets(reader: Reader, before: Clause) -> bool:
    """Whether unread words stand in brackets of their own, and turn nothing: '(mussel glue)'."""
    lattice, inside = reader.lattice, range(before.i, before.j)
    closed = lattice.lower(before.i - 1) == "(" and lattice.lower(before.j) == ")"
    return closed and not any(lattice.has(k, *TURNING, "condition", "grp", "elem", "num", "necessity") for k in inside)


#: Words of how something is measured: the gas around it, the method.
_MEASURED_SO = frozenset(
    [
        "under", "in", "by", "from", "via", "as", "a", "an", "the", "of", "measured", "determined", "dry", "inert", "pure", "nitrogen", "argon", "helium", "air", "vacuum", "n2", "ar",
        "atmosphere", "gas", "blanket", "flow", "stream", "dsc", "tga", "dma", "tma", "hplc", "calorimetry", "thermogravimetry", "scan", "run", "first", "second", "heating",
    ]
)  # fmt: skip


def measured_so(reader: Reader, after: Clause) -> bool:
    """Whether unread words say only how a value is measured: 'under nitrogen', 'by DSC'."""
    return after.content == "adverbial" and all(reader.lattice.lower(k) in _MEASURED_SO for k in range(after.i, after.j))


def excludes_parts(reader: Reader, before: Clause) -> bool:
    """Whether a clause excludes parts, read or not: 'no azides', 'no gorgeous azides'."""
    unread = before.role == "unread" and before.understood and any(reader.lattice.has(k, "negation") for k in range(before.i, before.start))
    return before.parts and ((before.role == "read" and before.denied) or unread)


def borne_by_a_part(reader: Reader, before: Clause, clause: Clause) -> bool:
    """Whether 'with' behind unread words that name a part says what that part has: 'phosphinic acid P(O)OH | with two carbons'."""
    led = reader.lattice.lower(clause.i) in ("with", "having") and before.role == "unread" and before.content != "head"
    return led and any(reader.lattice.has(k, "grp") for k in range(before.i, before.j))
