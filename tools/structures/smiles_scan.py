"""A look at the characters of a SMILES: where is it wrong, and which character is which atom.

RDKit says *that* a SMILES is wrong; a person needs to know *where*. This scan knows the lexical rules of the OpenSMILES
grammar (brackets, branches, ring closures, bonds) and no chemistry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BARE = re.compile(r"Cl|Br|[BCNOPSFIbcnops*]")
_BRACKET = re.compile(
    r"\[(\d{0,3})([A-Z][a-z]?|[a-z]{1,2}|\*)(@{0,2}(?:TH[12]|AL[12]|SP[1-3]|TB\d{1,2}|OH\d{1,2})?)(H\d*)?([+-]\d*|\++|-+)?(:\d+)?\]"
)
_BONDS = frozenset("-=#$:/\\~")
_DATIVE = frozenset({"->", "<-"})


@dataclass(frozen=True)
class Fault:
    """What is wrong and where: a sentence and a 0-based character position."""

    message: str
    position: int


class _Scan:
    """State of one pass over a SMILES."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.atoms: list[int] = []
        self.branches: list[int] = []
        self.rings: dict[int, tuple[int, int]] = {}
        self.closures = 0
        self.bond: int | None = None
        self.previous = ""

    def atom(self, position: int, length: int) -> int:
        self.atoms.append(position)
        self.bond = None
        self.previous = "atom"
        return position + length

    def ring(self, position: int) -> int | Fault:
        if self.text[position] == "%":
            match = re.compile(r"%(\d\d)|%\((\d{1,5})\)").match(self.text, position)
            if match is None:
                return Fault("'%' must be followed by a ring number of two digits", position)
            number, length = int(match[1] or match[2]), len(match[0])
        else:
            number, length = int(self.text[position]), 1
        if self.previous not in ("atom", "ring"):
            return Fault("a ring closure without an atom before it", position)
        opened = self.rings.pop(number, None)
        if opened is None:
            self.rings[number] = (position, len(self.atoms))
        elif opened[1] == len(self.atoms):
            return Fault("a ring closure that bonds an atom to itself", position)
        else:
            self.closures += 1
        self.bond = None
        self.previous = "ring"
        return position + length

    def step(self, position: int) -> int | Fault:
        """Position after the token at ``position``, or what is wrong with it."""
        character = self.text[position]
        if character == "[":
            match = _BRACKET.match(self.text, position)
            if match is None:
                closed = "]" in self.text[position:]
                return Fault("a bracket atom that cannot be read" if closed else "a '[' that is never closed", position)
            return self.atom(position, len(match[0]))
        if character in "0123456789%":
            return self.ring(position)
        bare = _BARE.match(self.text, position)
        if bare is not None:
            return self.atom(position, len(bare[0]))
        dative = self.text[position : position + 2] in _DATIVE
        if character in _BONDS or dative:
            if self.bond is not None:
                return Fault("two bonds in a row", position)
            if self.previous in ("", "dot"):
                return Fault("a bond without an atom before it", position)
            self.bond = position
            return position + 1 + dative
        return self._punctuation(character, position)

    def _punctuation(self, character: str, position: int) -> int | Fault:
        if self.bond is not None and character in "().":
            return Fault("a bond that leads nowhere", self.bond)
        if character == "(":
            if self.previous in ("", "dot", "open"):
                return Fault("a branch without an atom before it", position)
            self.branches.append(position)
            self.previous = "open"
            return position + 1
        if character == ")":
            if not self.branches:
                return Fault("a ')' without its '('", position)
            if self.previous == "open":
                return Fault("an empty branch", position)
            self.branches.pop()
            self.previous = "atom"
            return position + 1
        if character == ".":
            if self.previous not in ("atom", "ring"):
                return Fault("a '.' without an atom before it", position)
            self.previous = "dot"
            return position + 1
        return Fault(f"{character!r} begins no atom of a SMILES", position)


def scan(smiles: str) -> tuple[list[int], int, Fault | None]:
    """The characters of ``smiles`` as (0-based start of each atom in atom order, number of ring closures, first fault or None)."""
    state = _Scan(smiles)
    position = 0
    while position < len(smiles):
        result = state.step(position)
        if isinstance(result, Fault):
            return state.atoms, state.closures, result
        position = result
    if state.branches:
        return state.atoms, state.closures, Fault("a '(' that is never closed", state.branches[-1])
    if state.rings:
        number, (where, _) = min(state.rings.items(), key=lambda item: item[1])
        return state.atoms, state.closures, Fault(f"ring closure {number} is never closed", where)
    if state.bond is not None:
        return state.atoms, state.closures, Fault("a bond that leads nowhere", state.bond)
    if state.previous == "dot":
        return state.atoms, state.closures, Fault("a '.' without an atom after it", len(smiles) - 1)
    return state.atoms, state.closures, None
