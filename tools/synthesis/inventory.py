"""The user's own building blocks: a file of structures with names, identifiers, registry numbers and prices, as far as they are known.

Any file that :mod:`tools.files` reads will do. Price, currency, size and unit of packages are found under the headings that vendors use
(:mod:`tools.synthesis.packs`). A block whose structure can be used is kept, whatever its price says; nothing is guessed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from rdkit import Chem, rdBase

from core.candidate import Pack, Stock
from core.errors import StructureError, UsageError
from core.model import Model
from tools.files.headings import CAS, NAMES, first_of, identifier_column
from tools.files.records import Entry, StructureFile, StructureTable, smiles_of
from tools.structures.standardise import StandardStructure
from tools.synthesis.blocks import Block, BlockLibrary, building_blocks, flat_smiles, shipped
from tools.synthesis.packs import Package, PackColumns

Mode = Literal["extend", "replace"]

#: More rows than this are refused: every block is held in memory and tried at every place of every reaction.
MAX_ROWS = 50_000
#: Longest SMILES of a block, in characters.
MAX_SMILES = 500


class Row(Model):
    """One block of an inventory, with all its packages."""

    line: int = Field(ge=1, description="Line in the file; the heading is line 1.")
    smiles: str = Field(description="Canonical SMILES of the parent structure.")
    name: str = Field(description="Its name; its id, CAS number or SMILES where none is given.")
    stock: Stock = Field(description="What the file says of it.")


class Fault(Model):
    """A line that cannot be used."""

    line: int = Field(ge=1, description="Line in the file.")
    reason: str = Field(description="Why it was left out.")


class Inventory(Model):
    """A user's block list as it was read: the content that a run records."""

    source: str = Field(description="Name of the file.")
    sha256: str = Field(description="SHA-256 of the file's bytes.")
    mode: Mode = Field(description="'extend': the shipped blocks remain; 'replace': only these blocks are used.")
    rows: list[Row] = Field(description="Usable lines, in the order of the file; one for a structure.")
    faults: list[Fault] = Field(default_factory=list, description="Lines left out, in the order of the file.")
    notes: list[str] = Field(default_factory=list, description="What was taken as not known, merged or passed over, with its line.")


def read_inventory(path: Path, mode: Mode = "extend") -> Inventory:
    """Read a block list.

    Raises NotFoundError if there is no such file, UsageError if it cannot be read, has no column of structures, is too long or has no
    usable line.
    """
    table = StructureFile(path).table(MAX_ROWS)
    columns = _Columns(table)
    rows: dict[str, _Given] = {}
    faults: list[Fault] = []
    notes = [*table.notes, *columns.notes]
    for entry in table.entries:
        made = _given(entry, columns, notes)
        known = rows.get(made.key) if isinstance(made, _Given) else None
        if isinstance(made, str):
            faults.append(Fault(line=entry.record.line, reason=made))
        elif known is None:
            rows[made.key] = made
        elif known.whole == made.whole:
            notes += known.add(made)
        else:
            faults.append(Fault(line=made.line, reason=f"the same structure as line {known.line} but for counter-ions or stereochemistry"))
    if not rows:
        why = f"; line {faults[0].line}: {faults[0].reason}" if faults else ""
        raise UsageError(f"{path}: no line of it can be used{why}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Inventory(source=path.name, sha256=digest, mode=mode, rows=[g.row() for g in rows.values()], faults=faults, notes=notes)


class _Columns:
    """What each column of a list is for."""

    def __init__(self, table: StructureTable) -> None:
        others = ["" if h == table.structure else h for h in table.headings]
        cas, name = first_of(others, CAS), first_of(others, NAMES)
        identifier = identifier_column(["" if i == cas else h for i, h in enumerate(others)])
        self.cas, self.name, self.id = (others[i] if i is not None else "" for i in (cas, name, identifier))
        self.packs = PackColumns(others)
        self.notes = self.packs.learn(entry.cells for entry in table.entries)
        used = {table.structure, self.cas, self.name, self.id, *self.packs.used}
        ignored = [h for h in table.headings if h and h not in used]
        if ignored:
            self.notes.append(f"columns that are not used: {'; '.join(ignored[:20])}")


class _Given:
    """A block with the packages that the lines of one structure give."""

    def __init__(self, line: int, structure: StandardStructure, names: tuple[str, str, str], packages: list[Package]) -> None:
        self.line, self.whole, self.smiles = line, structure.whole, structure.smiles
        self.key = flat_smiles(Chem.MolFromSmiles(structure.smiles))
        self.name, self.id, self.cas = names
        self.packages = packages

    def add(self, other: _Given) -> list[str]:
        """Take the packages of another line of the same structure; what is to be said of it."""
        self.name, self.cas = self.name or other.name, self.cas or other.cas
        same = f"line {other.line}: the same structure as line {self.line}"
        if not any(p.price is not None for p in other.packages):
            return [f"{same}, without a price"]
        currency = next((p.currency for p in self.packages if p.price is not None), "")
        fitting = [p for p in other.packages if p.price is not None and (not currency or p.currency == currency)]
        own = other.id if other.id != self.id else ""
        self.packages += [replace(p, id=own) for p in fitting]
        if not fitting:
            return [f"{same}, its price in another currency is not used"]
        return [f"{same}, its package is offered beside" + (f" (id {own})" if own else "")]

    def row(self) -> Row:
        """The block as it is stored: the first package that has a price, and all of them where there are several."""
        priced = [p for p in self.packages if p.price is not None]
        sized = sorted((p for p in priced if p.known), key=lambda p: (p.price or 0.0, p.amount or 0.0, p.unit, p.id))
        first = (priced or self.packages)[0]
        packs = [Pack(id=p.id, price=p.price or 0.0, amount=p.amount or 0.0, unit=p.unit) for p in dict.fromkeys(sized)]
        stock = Stock(
            id=self.id,
            cas=self.cas,
            price=first.price,
            currency=first.currency,
            amount=first.amount,
            unit=first.unit,
            packs=packs if len(packs) > 1 else [],
        )
        return Row(line=self.line, smiles=self.smiles, name=self.name or self.id or self.cas or self.smiles, stock=stock)


def _given(entry: Entry, columns: _Columns, notes: list[str]) -> _Given | str:
    """The line as a block, or why it cannot be used."""
    from tools.safety.guard import structure_verdict
    from tools.structures.standardise import standardise

    line = entry.record.line
    if entry.record.fault:
        return "no SMILES" if entry.record.fault == "no structure in this row" else entry.record.fault
    try:
        text = smiles_of(entry.record)
        if len(text) > MAX_SMILES:
            return f"the SMILES is longer than {MAX_SMILES} characters"
        with rdBase.BlockLogs():
            structure = standardise(text, "molecule")
    except (StructureError, ValueError) as error:
        return f"the structure cannot be used: {error}"
    verdict = structure_verdict(structure.whole, "molecule")
    if verdict.verdict == "block":
        return f"the safety guard blocks it: {', '.join(h.id for h in verdict.rules if h.verdict == 'block')}"
    packages, said = columns.packs.read(entry.cells)
    cas = entry.cells.get(columns.cas, "").strip()
    if cas and not _is_cas(cas):
        said, cas = [*said, f"{cas!r} is no CAS number"], ""
    notes += [f"line {line}: {text}" for text in said]
    name = entry.cells.get(columns.name, "").strip() or (entry.record.name if entry.record.form == "block" else "")
    return _Given(line, structure, (name, entry.cells.get(columns.id, "").strip(), cas), packages)


def _is_cas(text: str) -> bool:
    """Whether a text is a CAS number: its last digit is the sum of the others, each times its place from the right, modulo 10."""
    if not re.fullmatch(r"\d{2,7}-\d\d-\d", text):
        return False
    *digits, check = (int(c) for c in text if c.isdigit())
    return sum(place * digit for place, digit in enumerate(reversed(digits), 1)) % 10 == check


@lru_cache(maxsize=4)
def _library(content: str) -> BlockLibrary:
    inventory = Inventory.model_validate_json(content)
    own = {}
    for row in inventory.rows:
        mol = Chem.MolFromSmiles(row.smiles)
        given = shipped().find(mol)
        own[flat_smiles(mol)] = Block(row.name, Chem.MolToSmiles(mol), given.functional_class if given else "", mol, row.stock)
    if inventory.mode == "replace":
        return BlockLibrary(own.values(), inventory.source, replaces=True)
    return BlockLibrary(
        [*own.values(), *(b for b in building_blocks() if flat_smiles(b.mol) not in own)], f"shipped and {inventory.source}"
    )


def library_of(inventory: Inventory | None) -> BlockLibrary:
    """The block library that a run with this inventory uses; the shipped one without. The same content gives the same object."""
    return shipped() if inventory is None else _library(inventory.model_dump_json(exclude={"faults", "notes"}))
