"""A family that is named apart from the noun of the thing: by the chain of a polymer ('polymer electrolyte matrix, polyether backbone'), by a monomer
('a silicone with a Tg below -100 °C'), by what the thing serves as ('an ester as plasticiser').
"""

from __future__ import annotations

import re
from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.lexicon import families
from agent.reading.mentions import Lattice, Mention
from agent.reading.said_of import signs
from agent.reading.uses import polymer_of

#: Nouns for the chain of a polymer.
_CHAINS = frozenset(
    [
        "backbone",
        "main chain",
        "main-chain",
        "chain",
        "skeleton",
        "chemistry",
        "type",
        "repeat unit",
        "repeat units",
        "relative",
        "relatives",
        "kind",
        "class",
        "family",
        "sort",
    ]
)


def behind_chain(lattice: Lattice, family: Mention) -> int:
    """The piece behind a family of polymers and a noun for its chain right behind it: 'a polyether backbone', 'a polysiloxane-type main chain'."""
    j = family.j
    if family.value.candidate_class != "polymer" or not family.value.name:
        return j
    for _ in range(2):
        k = j + lattice.hyphen(j)
        j = next((end for end in (k + 3, k + 2, k + 1) if end <= len(lattice.pieces) and lattice.text(k, end).lower() in _CHAINS), j)
    return j


#: What leads the chain of the thing named right before it, and its longest such words in pieces.
_OF_CHAIN = re.compile(r"(?:with|having|possessing|on|of|based on|built on|built from|featuring) (?:an? |the |its )", re.IGNORECASE)
_MOST_LEAD = 4


def _led(reader: Reader, before: Clause, family: Mention) -> bool:
    """Whether a family is said right behind the noun of a polymer as its chain: 'a polymer with a polyether backbone', 'a resin of the polyimide type'."""
    polymer = before.role == "head" and before.candidate_class == "polymer"
    between = reader.lattice.plain[reader.lattice.pieces[before.j - 1].end : reader.lattice.pieces[family.i].start].strip()
    return polymer and _OF_CHAIN.fullmatch(f"{between} ") is not None


def chains_named(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with one that says only what chain a polymer of no named family has as its family."""
    heads = [c for c in clauses if c.role == "head"]
    polymer = any(c.candidate_class in ("polymer", "either") for c in heads)
    if not polymer or any(family.name and family.name != "polymer" for c in clauses for family, _ in c.families):
        return clauses
    for n, clause in enumerate(clauses[1:], 1):
        ended = clause.j >= reader.end or reader.sign(clause.j) or reader.lattice.has(clause.j, "and")
        family = _chain(reader, clauses[n - 1], clause) if clause.role == "unread" and not clause.denied and ended else None
        if family is not None:
            named = replace(clause, role="adjunct", reason="", families=((family.value, reader.lattice.text(family.i, family.j)),))
            return [*clauses[:n], named, *clauses[n + 1 :]]
    return clauses


def _chain(reader: Reader, before: Clause, clause: Clause) -> Mention | None:
    """The family of polymers that ``clause`` says with a noun for its chain and no more: behind a comma, or led by a word right behind the noun."""
    lattice = reader.lattice
    for m in (m for k in range(clause.i, min(clause.j, clause.i + _MOST_LEAD)) for m in lattice.of(k, "fam")):
        apart = m.i == clause.i and signs(reader, before.j, clause.i) == "," and not clause.reason and not clause.content
        chain = m.value.candidate_class == "polymer" and m.value.name and lattice.text(m.j, clause.j).lower() in _CHAINS
        if chain and (apart or _led(reader, before, m)):
            return m
    return None


#: Properties that polymers alone have here.
_OF_POLYMERS = frozenset(["glass_transition_temperature"])


def polymers_named(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, the thing designed as a family of polymers where its name is that of what they are made from and a property of polymers is asked for."""
    asked = any(s.name in _OF_POLYMERS for c in clauses if c.role == "read" for s in c.statements)
    if not asked or any(family.name for c in clauses for family, _ in c.families):
        return clauses
    found = list(clauses)
    for n, clause in enumerate(clauses):
        text = reader.lattice.text(clause.i, clause.j)
        name = polymer_of().get(text.lower().removesuffix("s"), "") if clause.content == "head" and not clause.candidate_class else ""
        if name:
            family = next(f for f in families() if f.name == name)
            found[n] = replace(clause, role="head", reason="", statements=(), families=((family, text),), candidate_class="polymer")
    return found


#: What leads a family that the thing is to serve as.
_AS = re.compile(
    r"(?:(?:that |which |to )?(?:can |could |may |will |is to |must |should )?(?:acts?|serves?|functions?|be used|be employed|used|works?|acting|serving) )?as (?:an? |the |our |new )?$",
    re.IGNORECASE,
)
#: What stands before 'as solvent' where that is the medium of something else.
_MEDIUM = frozenset(["in", "with", "using", "such", "same", "known", "only", "just", "as", "not", "no", "than"])


def served_as(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, a molecule of no named family with that which it serves as: 'an ester as solvent for coatings'; not 'measured in toluene as solvent'."""
    lattice = reader.lattice
    heads = [c for c in clauses if c.content == "head" or c.role == "head"]
    if not heads or any(c.candidate_class == "polymer" for c in heads) or any(f.name for c in clauses for f, _ in c.families):
        return clauses
    found = list(clauses)
    for n, clause in enumerate(clauses):
        if n == 0 or clause.role not in ("unread", "purpose") or clause.denied or clause.statements:
            continue
        for m in (m for k in range(clause.i, clause.j) for m in lattice.of(k, "fam")):
            before = lattice.text(clause.i, m.i) + " "
            words = {lattice.lower(k) for k in range(max(0, clause.i - 4), clause.i)}
            led = _AS.fullmatch(before) is not None and not words & _MEDIUM and m.value.name and m.value.candidate_class == "molecule"
            if led and (m.j == clause.j or lattice.lower(m.j) in ("for", "in", "of")):
                family = replace(clause, j=m.j, role="adjunct", reason="", families=((m.value, lattice.text(m.i, m.j)),))
                return [*found[:n], family, *([replace(clause, i=m.j, start=m.j)] if m.j < clause.j else []), *found[n + 1 :]]
    return found
