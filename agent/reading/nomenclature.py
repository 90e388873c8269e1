"""Names of compounds and groups that no table holds, read by their parts: 'tetraarylsilane', 'aminoketone', 'tetraacrylate', 'bicyclohexane'."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from agent.reading.chains import mark_chains
from agent.reading.phrases import words_of
from agent.reading.registered import GROUPS, group_words

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice, Mention

#: (registered group, how many; 0: one at least), for each part of a name.
Parts = tuple[tuple[str, int], ...]
#: The length of a chain, as it is written.
#: Fewest letters of the head of a name: shorter ones are ends of other words.
_LEAST = 4
#: Most words of the head of a name: 'sulfonic acid', 'phosphine oxide'.
_WORDS = 2


@lru_cache(maxsize=4096)
def parts_of_name(name: str) -> Parts:
    """What a lower-case ``name`` says by its parts; empty where a part is not known, or where a table holds the name."""
    words = group_words()
    if name in words or len(name.split()[0]) < _LEAST + 2:
        return ()
    counted = _multiplied(name)
    return counted or _headed(name, 4)


def _multiplied(name: str) -> Parts:
    """'tetraacrylate', 'disulfonic acid', 'bicyclohexane': so many of one group."""
    table, words = words_of("nomenclature.toml"), group_words()
    for kind in ("multiples", "assemblies"):
        for prefix, number in table[kind].items():
            rest = name.removeprefix(prefix)
            group = words.get(rest, "") if rest != name and len(rest) >= _LEAST else ""
            ring = bool(group) and GROUPS[group].kind == "ring system"
            if not group or any(word in group for word in table["prefixes"]["uncounted"]) or (kind == "assemblies" and not ring):
                continue
            if prefix in ("di", "tri", "tetra", "penta", "hexa") and any(word in group for word in table["prefixes"]["chained"]):
                continue  # 'trisiloxane'
            if rest.startswith((*table["bearing"], *table["prefixes"]["bare"], "chloro", "bromo", "fluoro", "iodo")):
                own = any(rest.startswith(b) and borne == group for b, borne in table["bearing"].items())  # 'trinitro compound'
                return ((group, 0),) if rest != group and not own else ((group, int(number)),)  # 'dichloroacetamide'
            return ((group, int(number)),)
    return ()


def _headed(name: str, most: int) -> Parts:
    """'tetraarylsilane': the head of the name, with what stands before it, of at most ``most`` parts."""
    table, words = words_of("nomenclature.toml"), group_words()
    if most == 0:
        return ()
    for prefix in sorted((*table["prefixes"]["bare"], *table["bearing"], *table["multiples"]), key=len, reverse=True):
        rest = name.removeprefix(prefix).lstrip()
        if rest == name or len(rest) < _LEAST:
            continue
        head = ((words[rest], 0),) if rest in words else _headed(rest, most - 1)
        if not head:
            continue
        closed = any(part in head[-1][0] for part in table["prefixes"]["closed"])
        borne = table["bearing"].get(prefix, "")
        if prefix in table["multiples"]:
            first = next((b for b in sorted(table["bearing"], key=len, reverse=True) if rest.startswith(b)), "")
            if first and head[0][0] == table["bearing"][first]:
                return ((head[0][0], int(table["multiples"][prefix])), *_without_benzene(head[1:]))  # 'dimethoxybenzene'
            return head if _bare(rest) and rest not in table["prefixes"]["bare"] else ()
        return ((borne, 0), *_without_benzene(head)) if borne and not closed else head
    return ()


def _without_benzene(head: Parts) -> Parts:
    """The parts without a benzene ring, which what hangs on it stands for: of 'dimethoxybenzene' the methoxy groups are asked for."""
    return tuple((name, number) for name, number in head if name not in ("benzene ring", "phenyl", "aromatic ring"))


def _bare(name: str) -> bool:
    """Whether a name begins with carbon alone, so that a multiple before it counts that: 'tri|arylphosphine', not 'tri|silane'."""
    return name.startswith(tuple(words_of("nomenclature.toml")["prefixes"]["bare"]))


def _polymeric(mention: Mention) -> bool:
    """Whether a mention names a polymer."""
    return (mention.kind == "fam" and mention.value.candidate_class == "polymer") or (mention.kind == "role" and mention.value == "polymer")


#: Groups of monomers that a polymer made of them has no longer.
_SPENT = frozenset(["styrene", "vinyl", "acrylate", "methacrylate", "acrylamide", "norbornene", "isocyanate", "alkene"])


#: What the first word of a name of two may be by itself: 'trialkylphosphine oxide'.
_WITHIN_A_NAME = ("grp", "substituent", "adjectival", "compounded")


def mark_names(lattice: Lattice) -> None:
    """Mark names that are read by their parts. Before :meth:`Lattice.finish`."""
    from agent.reading.mentions import Mention

    pieces = lattice.pieces
    mark_chains(lattice)
    polymer = any(_polymeric(m) for at in lattice.at for m in at)
    for n, piece in enumerate(pieces):
        known = [m for m in lattice.at[n] if m.kind != "neutral"]
        if (
            not piece.text.isalpha()
            or piece.text.isupper()
            or len(piece.text) < _LEAST + 2
            or any(m.kind not in _WITHIN_A_NAME or m.j > n + 1 for m in known)
        ):
            continue
        for more in range(_WORDS - 1, 0 if known else -1, -1):
            words = [p.lower for p in pieces[n : n + 1 + more]]
            if len(words) <= more or not all(w.isalpha() for w in words):
                continue
            parts = parts_of_name(" ".join(words))
            if parts and polymer and any(name in _SPENT for name, _ in parts):
                break
            if known and not any(name.startswith(f"{m.value} ") for m in known if m.kind == "grp" for name, _ in parts):
                break  # 'adamantyl methacrylate' is both
            if parts:
                j = n + 1 + more
                if len(parts) == 1 and parts[0][1]:
                    lattice.at[n].append(Mention(n, j, "pair", f"count:group:{parts[0][0]} == {parts[0][1]}"))
                else:
                    lattice.at[n].append(Mention(n, j, "derived", parts))
                break
