"""The family of a polymer that its chain names ('polymer electrolyte matrix, polyether backbone'), or its monomer ('a silicone with a Tg below -100 °C')."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.lexicon import families
from agent.reading.said_of import signs
from agent.reading.uses import polymer_of

#: Nouns for the chain of a polymer.
_CHAINS = frozenset(["backbone", "main chain", "chain", "skeleton", "main-chain", "chemistry", "type"])


def chains_named(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, with one that says only what chain a polymer of no named family has as its family."""
    heads = [c for c in clauses if c.role == "head"]
    polymer = any(c.candidate_class in ("polymer", "either") for c in heads)
    if not polymer or any(family.name and family.name != "polymer" for c in clauses for family, _ in c.families):
        return clauses
    found = list(clauses)
    for n, clause in enumerate(clauses):
        if clause.role != "unread" or clause.reason or clause.content:
            continue
        for m in reader.lattice.of(clause.i, "fam"):
            apart = n > 0 and signs(reader, clauses[n - 1].j, clause.i) == "," and (clause.j >= reader.end or reader.sign(clause.j))
            named = m.value.candidate_class == "polymer" and m.value.name and reader.lattice.text(m.j, clause.j).lower() in _CHAINS
            if apart and named:
                found[n] = replace(clause, role="adjunct", families=((m.value, reader.lattice.text(m.i, m.j)),))
                return found
    return found


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
