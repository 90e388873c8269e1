"""Why a clause may not count that no sign and no conjunction parts from one that was not read."""

from __future__ import annotations

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.doubt_words import DOUBT, denies_before
from agent.reading.head_parts import NOT_IN_NAMES, adjective

#: Kinds that the name of a thing does not hold.
_NO_NAME = (
    *tuple(kind for kind in NOT_IN_NAMES if kind not in ("stable", "verbprop", "prop", "quote")),
    "num",
    "request",
    "negation_after",
)

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


def right_behind_unread(reader: Reader, before: Clause, clause: Clause) -> str:
    """Why a clause may not count that no sign and no conjunction parts from one that was not read."""
    if clause.closing and clause.denied and reader.lattice.has(clause.i, "relative"):
        return ""
    if (
        compares(reader, before)
        and clause.opened
        and clause.content in ("limit", "level")
        and reader.lattice.lower(clause.i) in ("with", "having")
    ):
        return ""
    if clause.opened and clause.content in ("limit", "level") and _goes_on_a_name(reader, before):
        return ""
    known = before.reason != "" or (reader.lattice.has(before.i, "unchk") and before.content != "joined") or _names_a_thing(reader, before)
    if _names_a_thing(reader, before) and _says_of_it(reader, before, clause):
        return ""
    if clause.content == "formula":
        return DOUBT  # 'hydrogenation of CO2'
    if any(m.j > before.j for m in reader.lattice.of(before.i, "unchk")):
        return DOUBT
    if reader.lattice.lower(clause.i) == "with" and reader.lattice.lower(before.j - 1).startswith(_MEETING):
        return DOUBT
    leads = reader.lattice.has(clause.i, "open", "open_weak", "relative", "negation", "purpose") and not reader.lattice.has(
        clause.i, "necessity"
    )
    composed = clause.content == "elements" and reader.lattice.has(clause.i, "only") and _complete(reader, before)
    known = known or composed or _appears(reader, before) or (reader.lattice.has(clause.i, "relative") and _complete(reader, before))
    leads = (
        leads
        or composed
        or (_appears(reader, before) and clause.content == "limit" and reader.lattice.has(clause.i, "verbprop", "participle"))
    )
    bearing = (
        before.content == "motif" and before.reason == DOUBT and reader.lattice.lower(clause.i) == "with"
    )  # 'a wibble, isoxazoline | with one CF3'
    bearing = bearing and not denies_before(reader, before.i)
    return "" if known and leads and not (before.suggested and clause.parts and not bearing) else DOUBT


def compares(reader: Reader, before: Clause) -> bool:
    """Whether unread words say only what the thing is to be like, so that what follows bounds it as well: 'like wibbletol | with logP under 1'."""
    lattice = reader.lattice
    inside = range(before.i + 1, before.j)
    strange = any(lattice.has(k, *_NO_NAME, "and", "or") for k in inside)
    return lattice.has(before.i, "similar", "similar_weak") and 0 < len(inside) <= 3 and not strange and not denies_before(reader, before.i)


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


def _goes_on_a_name(reader: Reader, before: Clause) -> bool:
    """Whether one or two unread words go on the name of the thing designed: 'Polyacrylate wibble | with Tg below 0 °C'."""
    lattice, i = reader.lattice, before.i
    named = any(m.j == i for k in range(max(0, i - 4), i) for m in lattice.of(k, "fam", "role"))
    strange = any(lattice.has(k, *_NO_NAME) or lattice.lower(k).endswith(("ing", "ed")) for k in range(i, before.j))
    return named and before.j - i <= 2 and not before.content and not strange


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


#: Nouns for what a substance looks like.
_APPEARANCES = frozenset(
    ["powder", "solid", "liquid", "oil", "crystals", "needles", "flakes", "prisms", "granules", "pellets", "wax", "gum", "paste", "prills"]
)


def _appears(reader: Reader, before: Clause) -> bool:
    """Whether unread words, set apart by signs, say only what the thing looks like: ', white powder | melting at ...'."""
    lattice, i = reader.lattice, before.i
    apart = i == 0 or reader.sign(i - 1) or (lattice.lower(i - 1) in ("a", "an") and reader.sign(i - 2))
    return (
        bool(apart)
        and before.j - i <= 4
        and lattice.lower(before.j - 1) in _APPEARANCES
        and not any(lattice.has(k, *_NO_NAME) for k in range(i, before.j))
    )


def _complete(reader: Reader, before: Clause) -> bool:
    """Whether unread words end with a number, its unit or a known word, so that 'that ...' behind them speaks of the thing designed."""
    lattice = reader.lattice
    denies = any(lattice.has(k, "negation", "negation_after") for k in range(before.i, before.j))
    ends = any(m.j == before.j and m.kind in ("num", "unit", "unchk") for k in range(before.i, before.j) for m in lattice.at[k])
    return ends and not denies
