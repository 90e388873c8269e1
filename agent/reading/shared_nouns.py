"""Words that share the noun of a group behind a conjunction: 'primary or secondary amines', 'the methyl or ethyl ester'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reading.lexicon import lexicon

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: Groups that are named by the alkyl group before them.
_NAMED_BY_ALKYLS = frozenset(
    ["ester", "ether", "ketone", "amine", "sulfide", "acetate", "acrylate", "methacrylate", "phthalate", "benzoate", "carbonate", "amide"]
)


def mark_shared(lattice: Lattice) -> None:
    """Words that share the noun of a group behind a conjunction: the 'primary' of 'primary or secondary amines'."""
    from agent.reading.mentions import Mention

    meanings = lexicon(lattice.catalogue).meanings
    pieces = lattice.pieces
    nouns: dict[int, list[str]] = {}
    for n in range(len(pieces) - 3, -1, -1):
        _mark_counted(lattice, n)
        alkyl = "substituent" in meanings.get(pieces[n].lower, {}) and pieces[n].lower.endswith("yl")
        if pieces[n + 1].lower not in ("or", "and", ",", "/", "nor") or ("grp" in meanings.get(pieces[n].lower, {}) and not alkyl):
            continue
        behind = [[p.lower for p in pieces[m.i + 1 : m.j]] for m in lattice.at[n + 2] if m.kind == "grp"] + [nouns.get(n + 2, [])]
        for noun in filter(None, behind):
            name = meanings.get(" ".join((pieces[n].lower, *noun)), {}).get("grp")
            if alkyl and noun[-1].rstrip("s") in _NAMED_BY_ALKYLS:
                lattice.at[n] = [m for m in lattice.at[n] if m.kind != "grp"]  # 'not the methyl or ethyl ester'
            elif alkyl:
                continue
            if name is not None:
                lattice.at[n].append(Mention(n, n + 1, "shared", name))
                nouns[n] = noun
                break


def _mark_counted(lattice: Lattice, n: int) -> None:
    """A counted degree before another counted group names a group with its noun: the 'primary' of 'one primary and one secondary amine'."""
    from agent.reading.mentions import Mention

    pieces, meanings = lattice.pieces, lexicon(lattice.catalogue).meanings
    if not n or n + 3 >= len(pieces) or pieces[n + 1].lower not in ("and", ",", "plus", "&"):
        return
    kinds = {m.kind for m in lattice.at[n]}, {m.kind for m in lattice.at[n - 1]}
    if (
        "grp" in kinds[0]
        or "num" not in kinds[1]
        or pieces[n].lower not in ("primary", "secondary", "tertiary", "terminal", "internal", "aromatic", "aliphatic")
    ):
        return
    for number in [m for m in lattice.at[n + 2] if m.kind == "num"]:
        for group in [m for m in lattice.at[number.j] if m.kind == "grp"] if number.j < len(pieces) else []:
            noun = " ".join(p.lower for p in pieces[group.i + 1 : group.j])
            forms = (noun, noun.removesuffix("s"), f"{noun}s")
            name = next((found for form in forms if (found := meanings.get(f"{pieces[n].lower} {form}", {}).get("grp"))), None)
            if noun and name is not None:
                lattice.at[n].append(Mention(n, n + 1, "grp", name))
                return
