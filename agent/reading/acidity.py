"""'pKa 2 to 4' without a word for which: that of the acid or of the base that the same goal asks for; unread where it asks for neither, or for both."""

from __future__ import annotations

from dataclasses import replace

from agent.reading.clause import Clause
from agent.reading.clauses import Reader
from agent.reading.statements import Statement

#: Why a pKa is unread of which it is not said whose it is.
UNSAID = "pKa: say whether that of the most acidic or of the most basic site is meant (acidic pKa, basic pKa)"
#: How a pKa is called of which nothing says whose it is.
_PLAIN = frozenset(["pka", "pkas", "pka value", "pka values"])
#: Groups that are acids beside those whose name ends with 'acid', those of them that are both, and groups that are bases beside amines.
_ACIDS = frozenset(
    [
        "phenol",
        "thiol",
        "tetrazole",
        "1,3-diketone",
        "catechol",
        "oxime",
        "imide",
        "resorcinol",
        "sulfonylurea",
        "sulfonimide",
        "acylsulfonamide",
        "carboxylate",
        "hydroxamic acid",
        "barbiturate",
        "hydantoin",
        "thiophenol",
        "naphthol",
    ]
)
_BOTH = ("amino", "imino", "boronic acid", "borinic acid", "peroxy")
_BASES = frozenset(["pyridine", "guanidine", "amidine", "piperazine", "piperidine", "morpholine", "pyrrolidine", "imidazoline", "aniline", "quinoline"])  # fmt: skip


def whose_pka(reader: Reader, clauses: list[Clause]) -> list[Clause]:
    """The clauses, a pKa of which nothing says whose it is as that of the acid or the base that is asked for, or unread."""
    plain = [
        n for n, c in enumerate(clauses) if c.role == "read" and any(s.name == "acidic_pka" for s in c.statements) and _unsaid(reader, c)
    ]
    if not plain:
        return clauses
    kinds = {kind for c in clauses if c.role in ("read", "head") for s in c.statements for kind in _kinds(s)}
    end = next((c.j for c in clauses if c.content == "head"), 0)
    kinds |= {kind for k in range(end) if not reader.lattice.hyphen(k + 1) for kind in _named(reader.lattice.lower(k))}
    found = list(clauses)
    for n in plain:
        clause = clauses[n]
        if len(kinds) != 1:
            found[n] = replace(clause, role="unread", reason=UNSAID, statements=())
            continue
        name, site = ("acidic_pka", "acidic") if kinds == {"acid"} else ("basic_pka", "basic")
        said = f"the pKa is taken as that of the most {site} site, as the goal asks for {'an acid' if site == 'acidic' else 'a base'}"
        statements = tuple(
            replace(s, name=name, assumption=s.assumption or said) if s.name == "acidic_pka" else s for s in clause.statements
        )
        found[n] = replace(clause, statements=statements)
    return found


def _unsaid(reader: Reader, clause: Clause) -> bool:
    """Whether a clause says 'pKa' alone."""
    lattice = reader.lattice
    places = [k for k in range(clause.i, clause.j) if lattice.lower(k) in ("pka", "pkas")]
    longer = any(
        m.kind == "prop" and m.i <= k < m.j and lattice.text(m.i, m.j).lower() not in _PLAIN
        for k in places
        for i in range(max(0, k - 4), k + 1)
        for m in lattice.of(i, "prop")
    )
    return bool(places) and not longer


def _kinds(statement: Statement) -> set[str]:
    """Of what kinds a part that is asked for is: 'acid', 'base'."""
    if statement.kind not in ("motif", "count") or not statement.wanted or statement.what == "element":
        return set()
    if statement.limit is not None and statement.limit.low == 0 and statement.limit.operator in ("==", "bare", "<="):
        return set()
    return {kind for name in statement.name.split(" or ") for kind in _named(name)}


def _named(name: str) -> set[str]:
    if name in ("base", "bases", "superbase", "alkanolamine", "alkanolamines"):
        return {"base"}
    if any(word in name for word in _BOTH) and name.endswith("acid"):
        return {"acid", "base"}
    if "azole" in name and name != "tetrazole":
        return {"acid", "base"}  # by its N-H or by its other nitrogen
    if name.endswith(("acid", "acids")) or name in _ACIDS:
        return {"acid"}
    if name in _BASES or (
        name.endswith(("amine", "amines")) and "nitr" not in name and name not in ("triarylamine", "melamine", "rhodamine")
    ):
        return {"base"}
    return set()
