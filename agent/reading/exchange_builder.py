"""What is stated by words that put one part in the place of another."""

from __future__ import annotations

from rdkit import Chem

from agent.reading.grammar import Node
from agent.reading.mentions import Lattice, Mention
from agent.reading.part_builders import each
from agent.reading.registered import GROUPS
from agent.reading.stance import Built, Stance


def exchanged(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'the nitro group is replaced by a nitrile': the second is asked for, and the first is not to be there unless the second holds it."""
    parts = sorted(node.nodes("Traded"), key=lambda part: part.i)
    verb, by = node.first("edit_replace"), node.first("edit_by")
    if verb is not None and by is not None and lattice.lower(verb.i).startswith("substitut") and lattice.lower(by.i) == "for":
        return None  # 'substitute A for B' wants A, and is said the other way round as well
    if len(parts) != 2 or stance.soft or any(part.mentions("blame") for part in parts):
        return None
    gone, wanted = parts[::-1] if node.mentions("instead_of") else parts
    asked = each([wanted], denied=False, catalogue=lattice.catalogue)
    mention = gone.mentions("grp", "elem")[0]
    denied = each([gone], denied=True, catalogue=lattice.catalogue)
    if not isinstance(asked, list) or not isinstance(denied, list):
        return None
    rings = mention.kind == "grp" and GROUPS[mention.value].kind == "ring system" and not node.mentions("instead_of")
    kept = (
        rings or _held(mention, wanted.mentions("grp", "elem")[0]) or _some(gone, mention, lattice, whole=bool(node.mentions("instead_of")))
    )
    return asked if kept else [*asked, *denied]


def _held(gone: Mention, wanted: Mention) -> bool:
    """Whether the second part may hold the first: 'an ester is replaced by a lactone'."""
    smarts = f"[{_atom(gone)}]" if gone.kind == "elem" else GROUPS[gone.value].smarts
    example = (
        Chem.MolFromSmiles(f"C{wanted.value}" if wanted.value in ("F", "Cl", "Br", "I") else "C")
        if wanted.kind == "elem"
        else Chem.MolFromSmiles(GROUPS[wanted.value].example)
    )
    query = Chem.MolFromSmarts(smarts)
    return example is None or query is None or bool(example.HasSubstructMatch(query))


def _atom(mention: Mention) -> str:
    """The atom of an element as SMARTS, aromatic or not."""
    return f"#{Chem.GetPeriodicTable().GetAtomicNumber(str(mention.value))}"


def _some(gone: Node, mention: Mention, lattice: Lattice, *, whole: bool) -> bool:
    """Whether others of the first part may stay: 'one of the chlorines', 'an ester is replaced'; ``whole``: not where the article says nothing ('rather than an ester')."""
    words = {lattice.lower(k) for k in range(gone.i - 1, gone.j)} | {lattice.lower(gone.i - 2)}
    return bool(words & ({"one", "some", "another"} if whole else {"one", "some", "another", "a", "an"})) or mention.value in (
        "C",
        "H",
        "N",
        "O",
    )
