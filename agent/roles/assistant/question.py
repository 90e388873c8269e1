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

from agent.reading.lexicon import lexicon
from agent.reading.mentions import Lattice, Mention, Piece, scan
from agent.reading.normalise import normalise
from agent.roles.assistant.beside import ranks_of, run_of, unit_of, without_run
from agent.roles.assistant.labels import Placed, settled
from agent.roles.assistant.misspelt import mended, vocabulary
from agent.roles.assistant.named import Spoken, misspelt_name, spoken_in
from core import data
from core.errors import GoalError
from tools.catalogue.catalogue import Catalogue

#: What stands before a question on a candidate's page.
ABOUT = re.compile(r"\AAbout the candidate (?P<smiles>\S+) of run (?P<run>\S+?): ")
#: Kinds of mentions of the goal reader that mean something in a question, the more certain first.
_KINDS = ("smiles", "rule", "prop", "verbprop", "scale", "grp", "elem", "unchk")
#: Of these a name of the same length gives way: 'density' is no compound here.
_STRONGER = ("smiles", "rule", "prop", "verbprop", "scale")
#: Words that name a companion, which a SMILES of a salt shows already.
_SALT = frozenset(
    ["sodium", "potassium", "lithium", "calcium", "ammonium", "hydrochloride", "hcl", "chloride", "bromide", "sulfate", "salt", "hydrate"]
)
#: The structure that could not be read, at the end of what is said of it.
_BROKEN = re.compile(r"'(?P<smiles>[^']+)'\Z")
#: What Lipinski's rules are about.
_OF_LIPINSKI = ("molecular_weight", "logp", "hbd", "hba")
#: Structures that cannot be read and are left out of one question.
_MOST_BROKEN = 6
#: What stands before a medium.
_IN = frozenset(["in", "into", "solvent", "dissolved", "boiling", "hot", "cold", "warm"])
#: Rule sets whose alerts are what is asked for.
_ALERTS = {"pains filter": "pains_alerts", "brenk filter": "brenk_alerts"}
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Named:
    """A structure and how the question calls it. ``assumed``: what its name does not say; '' for nothing."""

    said: str
    smiles: str
    assumed: str = ""


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
        unknown: sentences on what is asked and nothing here knows: doses, prices, cures.
        notes: what has to be said of how it was read: structures that are left out, words that were taken as misspelt.
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
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
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
    """What ``text`` asks; a question with a ``fault`` for a structure that cannot be read where there is no other, or a text that is too long."""
    about = ABOUT.match(text)
    bare = text[about.end() :] if about else text
    start = Question()
    if about:
        start = Question(structures=(Named("this candidate", about["smiles"]),), run=about["run"], candidate=about["smiles"])
    try:
        unit, plain = unit_of(without_run(normalise(bare)), catalogue)
        lattice, faults = _scanned(plain, catalogue)
    except GoalError as error:
        return replace(start, fault=str(error))
    found = _read(lattice, catalogue)
    spelt, better = _mended(lattice.plain, found, catalogue)
    found, notes = (better, [*faults, *spelt]) if better else (found, faults)
    structures, dropped = settled(found.placed, lattice.plain)
    named = tuple(dict.fromkeys(Named(s.said, s.smiles, s.assumed) for s in structures))
    if faults and not named and not about:
        return replace(start, fault=faults[0])
    both = bool(about) and bool(named) and bool({"similar", "compare"} & set(found.kinds))
    if both:
        named = (*start.structures, *named)
    run = run_of(bare) or ("" if named else start.run)
    ranks = ranks_of(bare) if run or not named else ()
    if ranks and not run:
        run = "latest"
    kinds = found.asked_kinds()
    return Question(
        structures=named or (() if ranks else start.structures),
        properties=found.asked_properties(),
        rule_sets=tuple(dict.fromkeys(found.rule_sets)),
        groups=tuple(dict.fromkeys(found.groups)),
        kinds=kinds,
        unit=unit,
        run=run,
        ranks=ranks,
        candidate="" if named or ranks else start.candidate,
        unavailable=tuple(found.unavailable),
        unread=()
        if ranks or run_of(bare)
        else tuple(w for w in found.unread if not (w.lower() in _SALT and any("." in s.smiles for s in named))),
        unknown=tuple(dict.fromkeys(found.unknown)),
        notes=(*notes, *dropped),
    )


def _scanned(plain: str, catalogue: Catalogue) -> tuple[Lattice, list[str]]:
    """The lattice of a question without the structures in it that cannot be read, and why they cannot. Raises GoalError."""
    faults: list[str] = []
    for _ in range(_MOST_BROKEN):
        try:
            return scan(plain, catalogue=catalogue), faults
        except GoalError as error:
            broken = _BROKEN.search(str(error))
            if broken is None or broken["smiles"] not in plain:
                raise
            faults.append(str(error))
            plain = plain.replace(broken["smiles"], "it")
    return scan(plain, catalogue=catalogue), faults


def _read(lattice: Lattice, catalogue: Catalogue) -> _Reading:
    found = _Reading(lattice, catalogue, spoken_in(lattice.plain))
    found.read()
    return found


def _mended(plain: str, found: _Reading, catalogue: Catalogue) -> tuple[list[str], _Reading | None]:
    """What was taken as misspelt, and the reading without it; None where that asks for nothing more."""
    known, meanings = vocabulary(catalogue, tuple(_words()[0])), lexicon(catalogue).meanings
    unread = [w for w in dict.fromkeys(found.unread) if w.lower() not in meanings and w.lower() not in _words()[2]]
    changes = {word: better for word in unread if (better := mended(word, known))}
    if all(p.medium for p in found.placed):
        changes |= {word: name for word in unread if word not in changes and (name := misspelt_name(word))}
    if not changes:
        return [], None
    text = re.sub("|".join(rf"\b{re.escape(w)}\b" for w in changes), lambda m: changes[m[0]], plain)
    try:
        again = _read(scan(text, catalogue=catalogue), catalogue)
    except GoalError:
        return [], None
    if (again.wanted(), len(again.placed)) <= (found.wanted(), len(found.placed)) or again.wanted() < found.wanted():
        return [], None
    used = {w: b for w, b in changes.items() if b not in again.unread}
    return [f"Read {', '.join(f'{w!r} as {b!r}' for w, b in used.items())}"], again


@dataclass
class _Reading:
    """What is found in one lattice, piece by piece."""

    lattice: Lattice
    catalogue: Catalogue
    names: list[Spoken]
    placed: list[Placed] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    by_size: list[str] = field(default_factory=list)
    rule_sets: list[str] = field(default_factory=list)
    groups: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    unavailable: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Go through the pieces; at each the longest thing that is known there counts."""
        pieces, n = self.lattice.pieces, 0
        hay = self.lattice.plain.lower().replace("-", " ").replace("\u00a0", " ").replace("'s", "  ")
        counting = any(phrase in f" {hay} " for phrase in (" how many ", " number of ", " contain", " have a", " has a", " have any"))
        spoken = {s.start: s for s in self.names}
        while n < len(pieces):
            own_end, own = _own(hay, pieces, n)
            mention = self._mention(n, counting)
            end = mention.j if mention else n
            name = spoken.get(pieces[n].start)
            name_end = next((k + 1 for k in range(n, len(pieces)) if pieces[k].end >= name.end), n) if name else n
            group = self._is_group(name, mention, counting)
            if name and name_end > own_end and not group and (name_end > end or (mention is not None and mention.kind not in _STRONGER)):
                self._take_name(name, n)
                n = name_end
            elif own and own_end >= end:
                self._take_own(own)
                n = own_end
            elif mention is not None:
                self._take(mention)
                n = end
            else:
                self._leave(n)
                n += 1

    def wanted(self) -> int:
        """How much the question asks for, to tell one reading from another."""
        return len({*self.properties, *self.rule_sets, *(k for k in self.kinds if k in _ASKING)})

    def asked_properties(self) -> tuple[str, ...]:
        """The properties that are asked for. A word of size alone ('large') asks for one only where nothing else does; absorption from the gut is none of light."""
        names = dict.fromkeys(self.properties or ([] if self.rule_sets else self.by_size))
        if "gi_absorption" in names:
            names.pop("absorption_maximum", None)
        return tuple(names)

    def asked_kinds(self) -> frozenset[str]:
        """The kinds of answer that are wanted. Words that may mean safety mean it where nothing else is asked for; ease of making is a score where it is asked so."""
        kinds = set(self.kinds)
        if "details" in kinds and "lipinski" in self.rule_sets:
            self.properties += [p for p in _OF_LIPINSKI if p not in self.properties]
        if "maybe_safety" in kinds and not (self.properties or self.rule_sets):
            kinds.add("safety")
        if "sa_score" in self.properties:
            kinds.discard("route")
        return frozenset(kinds - {"maybe_safety", "details"})

    def _is_group(self, name: Spoken | None, mention: Mention | None, counting: bool) -> bool:
        """Whether a name stands for a group that is counted in another structure."""
        if name is None or not counting or not name.counted or mention is None or mention.kind != "grp":
            return False
        return len(self.names) > 1 or any(m.kind == "smiles" for here in self.lattice.at for m in here)

    def _mention(self, n: int, counting: bool) -> Mention | None:
        found = [m for m in self.lattice.at[n] if m.kind in _KINDS]
        if not counting:
            found = [m for m in found if m.kind not in ("grp", "elem")]
        return max(found, key=lambda m: (m.j, -_KINDS.index(m.kind)), default=None)

    def _take(self, mention: Mention) -> None:
        said = self.lattice.text(mention.i, mention.j)
        value = mention.value
        if mention.kind == "smiles":
            piece = self.lattice.pieces[mention.i]
            self.placed.append(Placed(piece.start, self.lattice.pieces[mention.j - 1].end, said, value, written=True))
        elif mention.kind == "rule":
            alerts = _ALERTS.get(value)
            self._property(alerts) if alerts else self.rule_sets.append(value)
        elif mention.kind == "prop":
            self._property(value)
        elif mention.kind == "verbprop":
            self._property(getattr(value, "stands_for", value))
        elif mention.kind == "scale":
            self.by_size.append(value[0])
            self.kinds.append("most" if value[1] > 0 else "least")
        elif mention.kind == "grp":
            self.groups.append((said, value))
        elif mention.kind == "elem" and value == "H":
            self.kinds.append("identity")  # hydrogen atoms are not written out: the formula counts them
        elif mention.kind == "elem":
            self.groups.append((f"{said} atoms", f"[#{Chem.GetPeriodicTable().GetAtomicNumber(value)}]"))
        elif mention.kind == "unchk":
            self.unavailable.append((said, str(value)))

    def _take_name(self, name: Spoken, n: int) -> None:
        if name.refused:
            self.unread.append(name.said)
            return
        lower, behind = self.lattice.lower, self.lattice.plain[name.end :]
        if any(m.kind == "grp" for m in self.lattice.at[n]) and lower(n - 1) == "the" and behind.startswith(" of "):
            return  # 'the phenol of paracetamol'
        solvent, stock = name.said.lower() in _words()[3], behind.startswith((" stock", " solution"))
        of_unread = n > 1 and lower(n - 1) in _IN and self.unread[-1:] == [self.lattice.pieces[n - 2].text]  # 'logP of ibuprofn in water'
        medium, stock = solvent and (lower(n - 1) in _IN or stock), stock or of_unread
        self.placed.append(
            Placed(
                name.start,
                name.end,
                name.said,
                name.smiles,
                name.assumed,
                written="*" in name.said,
                possessive=name.possessive,
                medium=medium,
                stock=solvent and stock,
            )
        )

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
            elif kind == "unknown":
                self.unknown.append(value)

    def _leave(self, n: int) -> None:
        piece = self.lattice.pieces[n]
        if len(piece.text) > 2 and _WORD.match(piece.text) and piece.lower.removesuffix("'s") not in _words()[1]:
            self.unread.append(piece.text)


def _own(hay: str, pieces: list[Piece], n: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The longest phrase of ``words.toml`` that begins at piece ``n``: its end, and what it means."""
    phrases = _words()[0]
    for j in range(min(n + 8, len(pieces)), n, -1):
        meanings = phrases.get(" ".join(hay[pieces[n].start : pieces[j - 1].end].split()))
        if meanings:
            return j, meanings
    return n, ()


@lru_cache(maxsize=1)
def _words() -> tuple[Mapping[str, tuple[tuple[str, str], ...]], frozenset[str], frozenset[str], frozenset[str]]:
    """(phrase to its meanings, words that mean nothing, words that are no misspelling of what is asked for, solvents)."""
    table: dict[str, Any] = data.table("agent.roles.assistant", "words.toml")
    phrases: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind in ("properties", "together", "kinds"):
        for name, words in table[kind].items():
            for word in words:
                phrases[word] = (*phrases.get(word, ()), (kind, name))
    for topic in table["unknown"].values():
        for word in topic["words"]:
            phrases[word] = (*phrases.get(word, ()), ("unknown", topic["says"]))
    filler, not_misspelt, solvents = (frozenset[str](table[kind]["words"]) for kind in ("filler", "not_misspelt", "solvents"))
    return phrases, filler, not_misspelt, solvents
