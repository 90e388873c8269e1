"""A team's own named, dated lists of substances: what is kept of each, whether a structure stands on one, and the property that goals ask by.

A list is read from a file once (``tools/safety/own_list_file.py``) and kept as JSON in the home folder. Structures are compared by skeleton (the first block of the InChIKey), as
a whole and by each of their organic pieces, or by the pattern that the list gives for a group of substances. A polymer is compared with the repeat units that a list gives, however
they are framed, and by the patterns, in units joined to a short chain; what it is made from is not looked at. What a list names otherwise is not decided, and said to be so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import ConfigDict, Field
from rdkit import Chem, rdBase

from core.errors import ConfigurationError, MolwrightError, StructureError
from core.model import Model, content_hash
from tools.calculators.collection import Calculators
from tools.calculators.descriptors import DescriptorFunction, Descriptors
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property
from tools.structures.polymer_key import polymer_key
from tools.structures.repeat_units import joined_units
from tools.structures.standardise import inchikey

#: What goals may say for "none of the list", before a name of it: with and without an article.
_LEADS = (
    "not on", "not in", "not listed in", "not listed on", "not listed under", "not named in", "not covered by", "not subject to", "not an", "not a", "absent from",
    "is not on", "is not in", "is not listed in", "is not listed on", "is not an", "is not a", "must not be on", "must not be listed in", "must not be listed on",
    "must not be an", "must not be a", "should not be on", "should not be an", "should not be a", "may not be on", "no entry of", "no entries of", "without entries of", "without an entry of", "outside",
)  # fmt: skip
#: (name, time of the last change in ns, size in bytes) of each kept list.
Stamp = tuple[tuple[str, int, int], ...]


class OwnEntry(Model):
    """One entry of a list. ``skeletons``: first blocks of InChIKeys; ``undecided``: what of it structure does not decide here, '' for nothing."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="As the list names it.")
    line: int = Field(description="Where it stands in the file, from 1.")
    skeletons: tuple[str, ...] = Field(default=(), description="First blocks of the InChIKeys of its members.")
    polymers: tuple[str, ...] = Field(default=(), description="Keys of the repeat units among its members.")
    smarts: str = Field(default="", description="The pattern of a group of substances; '' for none.")
    undecided: str = Field(default="", description="What of it is not decided here, in words; '' for nothing.")

    @property
    def decided(self) -> bool:
        """Whether any structure can be found to fall under it."""
        return bool(self.skeletons or self.polymers or self.smarts)


class OwnList(Model):
    """A named, dated list of substances that a team brought."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="What reports and goals call it.")
    issued: date = Field(description="The date of the edition.")
    source: str = Field(description="Where the list stands, as the team says.")
    words: tuple[str, ...] = Field(default=(), description="Further words that goals use for it, lower case.")
    file: str = Field(default="", description="The name of the file that it was read from.")
    entries: tuple[OwnEntry, ...] = Field(description="The entries, in the order of the file.")

    @property
    def id(self) -> str:
        """The name of its property: 'REACH candidate list' is on_reach_candidate_list."""
        return own_list_id(self.name)

    @property
    def edition(self) -> str:
        """Name and date: never one without the other in a report."""
        return f"{self.name} ({self.issued.isoformat()})"

    @cached_property
    def version(self) -> str:
        """Changes with anything of it."""
        told = self.model_dump(mode="json")
        for entry in told["entries"]:
            if not entry["polymers"]:
                del entry["polymers"]  # as lists were written before there were any
        return str(content_hash(told))[:12]

    @property
    def decided(self) -> int:
        """How many entries structure decides, at least in part."""
        return sum(entry.decided for entry in self.entries)

    @property
    def undecided(self) -> tuple[OwnEntry, ...]:
        """The entries that structure does not decide here, or only in part."""
        return tuple(entry for entry in self.entries if entry.undecided)

    @cached_property
    def _by_skeleton(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for block in entry.skeletons:
                found.setdefault(block, []).append(number)
        return found

    @cached_property
    def _by_unit(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for key in entry.polymers:
                found.setdefault(key, []).append(number)
        return found

    @cached_property
    def _patterns(self) -> list[tuple[int, Chem.Mol]]:
        return [(n, Chem.MolFromSmarts(entry.smarts)) for n, entry in enumerate(self.entries) if entry.smarts]

    def found(self, mol: Chem.Mol) -> list[str]:
        """Names of the entries under which a sanitised molecule or repeat unit falls, in the order of the list; [] for none."""
        with rdBase.BlockLogs():
            if is_repeat_unit(mol):
                hits, whole = set(self._by_unit.get(unit_key(Chem.MolToSmiles(mol)), ())), joined_units(mol)
            else:
                hits, whole = {n for block in skeletons(mol) for n in self._by_skeleton.get(block, ())}, mol
            hits |= {n for n, pattern in self._patterns if pattern is not None and whole.HasSubstructMatch(pattern)}
        return [self.entries[n].name for n in sorted(hits)]

    def told(self, mol: Chem.Mol) -> tuple[bool, str]:
        """Whether a sanitised molecule or repeat unit falls under the list, and that in words which claim no more than the list says."""
        if names := self.found(mol):
            return True, f"listed in {self.edition}: {', '.join(names)}"
        entries, part = len(self.entries), len(self.undecided)
        open_ = (
            f"; {part} of its {entries} entries {'is' if part == 1 else 'are'} not decided by structure here, or only in part"
            if part
            else ""
        )
        if is_repeat_unit(mol):
            told = sum(bool(entry.polymers or entry.smarts) for entry in self.entries)
            open_ = f"; of its {entries} entries {told} can say anything of a polymer (repeat units and patterns){open_}; what it is made from, and residues of it, are not looked at"
        return False, f"not among the entries of {self.edition} that structure decides{open_}; other law may apply"


def own_list_id(name: str) -> str:
    """The property of the list that is called so; '' is never given."""
    return "on_" + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def is_repeat_unit(mol: Chem.Mol) -> bool:
    """Whether a molecule has attachment points '*', as a repeat unit does."""
    return any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms())


def unit_key(smiles: str) -> str:
    """The key of the polymer with this repeat unit, without stereo, as skeletons are; '' for what is no repeat unit."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return ""
    Chem.RemoveStereochemistry(mol)
    try:
        return polymer_key(Chem.MolToSmiles(mol))
    except StructureError:
        return ""


def skeletons(mol: Chem.Mol) -> set[str]:
    """First blocks of the InChIKeys of a sanitised molecule as a whole and of each organic piece of it; {} where InChI refuses it.

    Salts of an acid or a base have the skeleton of that; so have stereoisomers and isotopes.
    """
    pieces = Chem.GetMolFrags(mol, asMols=True)
    parts = [mol, *(p for p in pieces if len(pieces) > 1 and p.GetNumHeavyAtoms() > 1 and any(a.GetAtomicNum() == 6 for a in p.GetAtoms()))]
    return {key.split("-")[0] for part in parts if (key := inchikey(part))}


@dataclass(frozen=True, eq=False)
class OwnLists(Descriptors):
    """The calculator of the properties of a team's lists: how many entries a structure falls under."""

    lists: tuple[OwnList, ...] = ()
    name: str = "own lists"

    def version(self, name: str) -> str:
        """That of the list."""
        return next(one.version for one in self.lists if one.id == name)

    def function(self, definition: Property) -> DescriptorFunction:
        """Counts the entries of the list under which a molecule falls, without a unit; 0 for none."""
        one = next(one for one in self.lists if one.id == definition.name)
        return lambda mol: float(len(one.found(mol)))


def absence_words(name: str, words: Sequence[str]) -> tuple[str, ...]:
    """Phrases, lower case, that ask for none of a list: 'not on the reach candidate list', 'not an svhc', 'svhc-free'."""
    called = [word.lower() for word in (name, *words)]
    phrases = [f"{lead} {word}" for word in called for lead in _LEADS] + [f"{lead} the {word}" for word in called for lead in _LEADS]
    phrases += [
        phrase
        for word in called
        for phrase in (f"{word}-free", f"{word} free", f"free of {word}", f"free of {word}s", f"no {word}", f"no {word}s")
    ]
    return tuple(dict.fromkeys(phrases))


def definition_of(one: OwnList) -> Property:
    """The property that goals ask by."""
    return Property(
        name=one.id,
        label=f"Entries of {one.edition}",
        synonyms=tuple(dict.fromkeys((f"{one.name.lower()} entries", one.name.lower(), *one.words))),
        unit="",
        kind="computed",
        low=0,
        high=len(one.entries),
        typical_low=0,
        typical_high=1,
        integer=True,
        method="own list",
        method_detail=f"skeletons and patterns of {one.edition}",
        source=one.source,
        description=f"Number of entries of {one.edition}, a list that your team brought, under which the structure falls.",
        classes=("molecule", "polymer"),
        better=-1,
        absence_words=absence_words(one.name, one.words),
        microseconds=300,
    )


# kept in a folder -----------------------------------------------------------------------------------------------------


def stamp_of(folder: Path) -> Stamp:
    """What changes when a list of ``folder`` is added, removed or replaced; empty for a folder that does not exist."""
    try:
        files = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
        found = [(name, (folder / name).stat()) for name in files]
    except OSError:
        return ()
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in found)


def read_folder(folder: Path, catalogue: Catalogue, only: Collection[str] | None = None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The lists of ``folder`` (those called as in ``only``, if given) as JSON, and what is wrong with the others, by the name of their file.

    A folder that does not exist holds none.
    """
    texts: list[str] = []
    problems: dict[str, str] = {}
    for name, _, _ in stamp_of(folder):
        try:
            text = (folder / name).read_text(encoding="utf-8")
            one = OwnList.model_validate_json(text)
            if only is not None and one.name not in only:
                continue
            catalogue = catalogue.with_properties(definition_of(one))
        except (OSError, ValueError, MolwrightError) as error:
            problems[name.removesuffix(".json")] = str(error)[:300] or type(error).__name__
            continue
        texts.append(text)
    return tuple(texts), problems


@lru_cache(maxsize=32)
def with_own_lists(base: Calculators, texts: tuple[str, ...]) -> Calculators:
    """``base`` and the lists whose JSON is ``texts``; ``base`` itself without any. ConfigurationError where a name is taken or a text is no list."""
    if not texts:
        return base
    try:
        lists = tuple(OwnList.model_validate(json.loads(text)) for text in texts)
    except ValueError as error:
        raise ConfigurationError(f"an own list cannot be read: {error}") from error
    added = OwnLists(tuple(map(definition_of, lists)), lists=lists)
    whole = base.with_calculator(added)
    return Calculators(whole.catalogue, whole.members, (with_own_lists, (base, texts)))


def own_lists(calculators: Calculators) -> tuple[OwnList, ...]:
    """The lists that a team brought, in the order of their names; () for none."""
    return next((member.lists for member in calculators if isinstance(member, OwnLists)), ())
