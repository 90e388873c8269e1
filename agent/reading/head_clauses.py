"""The clauses of the noun phrase at the head of a goal: what each word before the noun, and the noun, becomes."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.head_groups import REPLACED, stands_in
from agent.reading.head_parts import Found, Part, adjective
from agent.reading.lexicon import Family
from agent.reading.list_items import named_by_parts
from agent.reading.mentions import Lattice, Mention
from agent.reading.registered import GROUPS
from agent.reading.statements import Limit, Statement

#: Why a word of use is no requirement.
USE = "what it is used for cannot be computed"


def clauses_of(
    lattice: Lattice, i: int, k: int, parts: list[Part], found: Found, determined: bool, candidates: int | None
) -> list[Clause] | None:
    """The clauses of the noun phrase ``found``, whose words before the noun are ``parts``, read from piece ``i`` with the noun phrase itself from ``k``; None where it names nothing."""
    clauses: list[Clause] = []
    noun = found.noun
    if k > i:
        clauses.append(Clause(i, k, "filler"))
    families: list[tuple[Family, str]] = []
    unknown: list[Part] = []

    def flush() -> None:
        if unknown:
            clauses.append(Clause(unknown[0].i, unknown[-1].j, "unread", reason="not understood"))
            unknown.clear()

    for part in parts:
        if part.sort in ("unknown", "glue"):
            unknown.append(part)
            continue
        flush()
        if part.sort == "read":
            clauses.append(Clause(part.i, part.j, "read", part.statements, content="name", start=part.i))
        elif part.sort == "unchecked":
            clauses.append(Clause(part.i, part.j, "unread", reason=part.reason))
        elif part.sort == "family":
            clauses.append(_adjunct(lattice, part, families))
        else:
            clauses.append(Clause(part.i, part.j, "filler"))
    flush()
    if noun is None:
        last = clauses.pop()
        if last.role != "unread":
            return None
        uncertain = not determined and found.cost[0] > 4 and lattice.lower(last.j - 1).endswith("s")
        clauses.append(
            Clause(
                last.i,
                last.j,
                "unread",
                reason="the thing asked for is not known by this name",
                content="head",
                uncertain=uncertain,
                candidates=candidates,
            )
        )
        return clauses
    head = _head(lattice, noun, parts, families, determined, candidates)
    stands_for = noun.kind == "role" and stands_in(lattice, noun.j)
    clauses.append(replace(head, role="unread", reason=REPLACED) if stands_for else head)
    return clauses


def _adjunct(lattice: Lattice, part: Part, families: list[tuple[Family, str]]) -> Clause:
    """A family before the noun: 'drug-like compounds', 'acrylic polymer resin'."""
    text = lattice.text(part.i, part.j)
    if part.family is not None:
        families.append((part.family, text))
        return Clause(part.i, part.j, "adjunct", families=((part.family, text),))
    return Clause(part.i, part.j, "unread", reason=USE)


def _head(
    lattice: Lattice, noun: Mention, parts: list[Part], families: list[tuple[Family, str]], determined: bool, candidates: int | None
) -> Clause:
    text = lattice.text(noun.i, noun.j)
    statements: list[Statement] = []
    found: list[tuple[Family, str]] = []
    given = ""
    if noun.kind == "fam":
        found = [(noun.value, text)]
        given = noun.value.candidate_class
    elif noun.kind == "role":
        given = str(noun.value)
    elif noun.kind == "pair":
        name, _, number = str(noun.value).removeprefix("count:group:").partition(" == ")
        statements.append(Statement("count", text, name=name, limit=Limit("==", low=float(number))))
    elif noun.kind == "grp":
        statements.append(Statement("motif", text, name=noun.value, smarts=GROUPS[noun.value].smarts))
    elif noun.kind == "derived":
        statements += [replace(s, phrase=text) for s in named_by_parts(noun)]
    elif noun.kind == "cmpd":
        from agent.reading.statements import Ref

        statements.append(Statement("similarity", text, ref=Ref(*noun.value)))
    elif noun.kind == "vague":
        statements.append(Statement("vague", text, vague=noun.value))
        given = noun.value.candidate_class
    first = next((p for p in parts if p.sort in ("unknown", "read", "family", "unchecked")), None)
    plural = text.endswith("s") and not text.endswith("ss")
    uncertain = not determined and first is not None and first.sort == "unknown" and plural and not adjective(lattice, first.i)
    note = "what it is used for cannot be computed; only its class is taken" if noun.kind == "role" and given else ""
    for m in lattice.of(noun.i, "unchk"):
        if m.j == noun.j and noun.kind == "role":
            note = str(m.value)
    for m in lattice.of(noun.i, "vague"):
        if m.j == noun.j and noun.kind in ("role", "fam") and not (noun.kind == "fam" and noun.value.requires):
            statements.append(Statement("vague", text, vague=m.value))
            note = ""
    return Clause(
        noun.i, noun.j, "head", tuple(statements), reason=note, families=tuple(found), candidate_class=given, candidates=candidates, uncertain=uncertain, content="head",
        start=noun.i,
    )  # fmt: skip
