"""Reads a question without a language model: structures, properties and rule sets by the tables of the goal reader, and what is wanted of them.

A question that is not understood asks for nothing: what it leaves unread is said with the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from rdkit import Chem

from agent.reading.mentions import Lattice, Mention, Piece, scan
from agent.reading.normalise import normalise
from core import data
from core.errors import GoalError
from tools.catalogue.catalogue import Catalogue

#: What stands before a question on a candidate's page.
ABOUT = re.compile(r"\AAbout the candidate (?P<smiles>\S+) of run (?P<run>\S+?): ")
_RUN = re.compile(r"\brun\s+(?P<id>[0-9a-f]{6,32})\b", re.IGNORECASE)
_LATEST = re.compile(
    r"\b(?:last|latest|newest|most recent|previous|recent)\s+(?:design\s+)?run\b|\bthe run\b|\bthe report\b", re.IGNORECASE
)
_RANKS = re.compile(r"\b(?:candidates?|ranks?|numbers?|no\.?|structures?|hits?)\s*#?\s*(?P<first>\d{1,3})\b(?P<more>(?:\s*(?:,|and|or|above|below|over|versus|vs\.?|before|ahead of|with|to|than|better than|worse than|higher than|lower than|candidate|rank|#)+\s*#?\d{1,3}\b)*)", re.IGNORECASE)  # fmt: skip
#: Kinds of mentions of the goal reader that mean something in a question, the more certain first.
_KINDS = ("smiles", "cmpd", "rule", "prop", "verbprop", "scale", "grp", "elem", "unchk")
#: Words that name a counter-ion, which a SMILES of a salt shows already.
_SALT = frozenset(
    ["sodium", "potassium", "lithium", "calcium", "ammonium", "hydrochloride", "chloride", "bromide", "sulfate", "salt", "hydrate"]
)
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Named:
    """A structure and how the question calls it."""

    said: str
    smiles: str


@dataclass(frozen=True)
class Question:
    """What a question asks.

    Attributes:
        structures: what it is about, in its order.
        properties: names of properties; rule_sets: of rule sets; groups: groups and elements to be counted, each as it is called and as the
            tool that counts takes it.
        kinds: words of ``words.toml`` that say what kind of answer is wanted: 'safety', 'route', 'best', ...
        unit: the unit that the answer shall have, as written in :mod:`core.units`; '' for that of the property.
        run: id of a run, or 'latest'; '' where none is spoken of. ranks: candidates of it by their rank.
        unavailable: (words, why they cannot be answered); unread: words that mean nothing here.
        fault: why it could not be read at all.
    """

    structures: tuple[Named, ...] = ()
    properties: tuple[str, ...] = ()
    rule_sets: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    kinds: frozenset[str] = frozenset()
    unit: str = ""
    run: str = ""
    ranks: tuple[int, ...] = ()
    candidate: str = ""
    unavailable: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    fault: str = ""

    @property
    def asks(self) -> bool:
        """Whether it says what it wants to know, beside what it wants to know it of."""
        return bool(self.properties or self.rule_sets or self.groups or self.unavailable or self.kinds & _ASKING)

    def follows(self, before: Question) -> Question:
        """This question with what it takes over from the one ``before``: its structures, or what was asked of them."""
        made = self
        if made.kinds & _OF_RUNS or (made.unread and not made.structures):
            return made
        if not made.structures and not made.ranks and not made.run:
            made = replace(made, structures=before.structures, run=before.run, ranks=before.ranks, candidate=before.candidate)
        elif made.ranks and not made.run:
            made = replace(made, run=before.run)
        if not made.asks:
            made = replace(
                made,
                properties=before.properties,
                rule_sets=before.rule_sets,
                groups=before.groups,
                kinds=made.kinds | before.kinds,
                unit=made.unit or before.unit,
            )
        return made


_OF_RUNS = frozenset(["list_runs", "design"])
_ASKING = frozenset(
    ["safety", "toxicity", "identity", "similar", "route", "about", "list_runs", "report", "best", "rejected", "evaluated", "requirements", "design", "why", "rank"]
)  # fmt: skip


def read_question(text: str, *, catalogue: Catalogue) -> Question:
    """What ``text`` asks; a question with a ``fault`` for a structure that cannot be read or a text that is too long."""
    about = ABOUT.match(text)
    bare = text[about.end() :] if about else text
    start = Question()
    if about:
        start = Question(structures=(Named("this candidate", about["smiles"]),), run=about["run"], candidate=about["smiles"])
    try:
        unit, plain = _unit(_RUN.sub("run", normalise(bare)), catalogue)
        lattice = scan(plain, catalogue=catalogue)
    except GoalError as error:
        return replace(start, fault=str(error))
    found = _Reading(lattice, catalogue)
    found.read()
    named = tuple(dict.fromkeys(found.structures))
    both = bool(about) and bool(named) and bool({"similar", "compare"} & set(found.kinds))
    if both:
        named = (*start.structures, *named)
    run = _run(bare) or ("" if named else start.run)
    ranks = _ranks(bare) if run or not named else ()
    if ranks and not run:
        run = "latest"
    return Question(
        structures=named or (() if ranks else start.structures),
        properties=tuple(dict.fromkeys(found.properties)),
        rule_sets=tuple(dict.fromkeys(found.rule_sets)),
        groups=tuple(dict.fromkeys(found.groups)),
        kinds=frozenset(found.kinds),
        unit=unit,
        run=run,
        ranks=ranks,
        candidate="" if named or ranks else start.candidate,
        unavailable=tuple(found.unavailable),
        unread=()
        if ranks or _run(bare)
        else tuple(w for w in found.unread if not (w.lower() in _SALT and any("." in s.smiles for s in named))),
    )


@dataclass
class _Reading:
    """What is found in one lattice, piece by piece."""

    lattice: Lattice
    catalogue: Catalogue
    structures: list[Named] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    rule_sets: list[str] = field(default_factory=list)
    groups: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    unavailable: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Go through the pieces; at each the longest thing that is known there counts."""
        pieces, n = self.lattice.pieces, 0
        hay = self.lattice.plain.lower().replace("-", " ").replace("\u00a0", " ")
        counting = any(phrase in f" {hay} " for phrase in (" how many ", " number of ", " contain", " have a", " has a", " have any"))
        while n < len(pieces):
            own_end, own = _own(hay, pieces, n)
            mention = self._mention(n, counting)
            end = mention.j if mention else n
            if own and own_end >= end:
                self._take_own(own)
                n = own_end
            elif mention is not None:
                self._take(mention)
                n = end
            else:
                self._leave(n)
                n += 1

    def _mention(self, n: int, counting: bool) -> Mention | None:
        found = [m for m in self.lattice.at[n] if m.kind in _KINDS]
        if counting and any(m.kind == "grp" for m in found):
            found = [m for m in found if m.kind != "cmpd"]
        elif not counting:
            found = [m for m in found if m.kind not in ("grp", "elem")]
        return max(found, key=lambda m: (m.j, -_KINDS.index(m.kind)), default=None)

    def _take(self, mention: Mention) -> None:
        said = self.lattice.text(mention.i, mention.j)
        value = mention.value
        if mention.kind == "smiles":
            self.structures.append(Named(said, value))
        elif mention.kind == "cmpd" and not (said.lower() == "water" and self.lattice.lower(mention.i - 1) == "in"):
            self.structures.append(Named(said, value[1]))
        elif mention.kind == "rule":
            self.rule_sets.append(value)
        elif mention.kind == "prop":
            self._property(value)
        elif mention.kind == "verbprop":
            self._property(getattr(value, "stands_for", value))
        elif mention.kind == "scale":
            self._property(value[0])
            self.kinds.append("most" if value[1] > 0 else "least")
        elif mention.kind == "grp":
            self.groups.append((said, value))
        elif mention.kind == "elem" and value == "H":
            self.kinds.append("identity")  # hydrogen atoms are not written out: the formula counts them
        elif mention.kind == "elem":
            self.groups.append((f"{said} atoms", f"[#{Chem.GetPeriodicTable().GetAtomicNumber(value)}]"))
        elif mention.kind == "unchk":
            self.unavailable.append((said, str(value)))

    def _property(self, name: str) -> None:
        if name in self.catalogue:
            self.properties.append(name)

    def _take_own(self, meanings: tuple[tuple[str, str], ...]) -> None:
        for kind, value in meanings:
            if kind == "properties":
                self._property(value)
            elif kind == "together":
                self._property("qed")
                self.rule_sets.append("lipinski")
            elif kind == "kinds":
                self.kinds.append(value)

    def _leave(self, n: int) -> None:
        piece = self.lattice.pieces[n]
        if len(piece.text) > 2 and _WORD.match(piece.text) and piece.lower.removesuffix("'s") not in _words()[1]:
            self.unread.append(piece.text)


def _own(hay: str, pieces: list[Piece], n: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The longest phrase of ``words.toml`` that begins at piece ``n``: its end, and what it means."""
    phrases, _ = _words()
    for j in range(min(n + 6, len(pieces)), n, -1):
        meanings = phrases.get(" ".join(hay[pieces[n].start : pieces[j - 1].end].split()))
        if meanings:
            return j, meanings
    return n, ()


@lru_cache(maxsize=1)
def _words() -> tuple[Mapping[str, tuple[tuple[str, str], ...]], frozenset[str]]:
    """(phrase to its meanings, words that mean nothing)."""
    table: dict[str, Any] = data.table("agent.roles.assistant", "words.toml")
    phrases: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind in ("properties", "together", "kinds"):
        for name, words in table[kind].items():
            for word in words:
                phrases[word] = (*phrases.get(word, ()), (kind, name))
    return phrases, frozenset(table["filler"]["words"])


def _run(text: str) -> str:
    named = _RUN.search(text)
    if named:
        return named["id"].lower()
    return "latest" if _LATEST.search(text) else ""


def _ranks(text: str) -> tuple[int, ...]:
    found = _RANKS.search(text)
    if found is None:
        return ()
    return tuple(dict.fromkeys(int(n) for n in re.findall(r"\d+", found["first"] + found["more"])))[:4]


def _unit(text: str, catalogue: Catalogue) -> tuple[str, str]:
    """The unit behind 'in' at the end of a question or before a comma ('in kelvin', 'in mg/L?'), '' if none; and the text without it."""
    for found in re.finditer(r"\bin (?P<unit>(?:degrees )?[^\s,?!]+(?: [^\s,?!]+)?)(?=[\s,?!.]|\Z)", text):
        words = found["unit"].rstrip(".").split()
        for wanted in (" ".join(words), words[0]):
            unit = catalogue.units.parse(wanted)
            if unit and (len(wanted) > 1 or wanted in "KFC"):
                end = found.start("unit") + found["unit"].index(wanted) + len(wanted)
                return unit, f"{text[: found.start()].rstrip(' ,')}{text[end:]}"
    return "", text
