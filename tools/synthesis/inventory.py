"""The user's own building blocks: a CSV file with SMILES and, if known, names, ids and prices.

Columns (any order, any case): ``smiles`` is needed; ``name``, ``id``, ``price``, ``currency``, ``amount`` and ``unit`` may be there. A price is
that of one package of ``amount`` ``unit`` (mg, g, kg, mmol or mol). Without an amount it is the price of one package of unknown size.
What cannot be used is listed with its line and the reason and left out; nothing is guessed.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from rdkit import Chem, rdBase

from core.candidate import Stock
from core.errors import NotFoundError, StructureError, UsageError
from core.model import Model
from tools.synthesis.blocks import Block, BlockLibrary, building_blocks, flat_smiles, shipped

Mode = Literal["extend", "replace"]

#: More rows than this are refused: every block is held in memory and tried at every place of every reaction.
MAX_ROWS = 50_000
#: Mass units in g and amounts of substance in mol.
MASS_UNITS = {"mg": 1e-3, "g": 1.0, "kg": 1e3}
MOLE_UNITS = {"mmol": 1e-3, "mol": 1.0}
_ALIASES = {
    "title": "name",
    "compound": "name",
    "catalog": "id",
    "catalogue": "id",
    "cas": "id",
    "structure": "smiles",
    "quantity": "amount",
}
_KNOWN = ("smiles", "name", "id", "price", "currency", "amount", "unit")


class Row(Model):
    """One usable line of an inventory."""

    line: int = Field(ge=1, description="Line in the file; the heading is line 1.")
    smiles: str = Field(description="Canonical SMILES of the parent structure.")
    name: str = Field(description="Its name; its id or SMILES where none is given.")
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


def read_inventory(path: Path, mode: Mode = "extend") -> Inventory:
    """Read a block list; ``path`` may end in .gz.

    Raises NotFoundError if there is no such file, UsageError if it cannot be read as CSV with a 'smiles' column, is too long or has no
    usable line.
    """
    raw, content = read_bytes(path)
    reader = csv.DictReader(io.StringIO(content), dialect=_dialect(content))
    columns = {name: _column(name) for name in reader.fieldnames or ()}
    if "smiles" not in columns.values():
        given = ", ".join(columns) or "nothing"
        raise UsageError(f"{path}: the first line must name a column 'smiles' (found: {given})")
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for record in reader:
        line = reader.line_num
        if line > MAX_ROWS + 1:
            raise UsageError(f"{path}: more than {MAX_ROWS} lines; keep the blocks that are worth using")
        values = {columns[k]: (v or "").strip() for k, v in record.items() if k is not None and isinstance(v, str)}
        made = _row(line, values)
        if isinstance(made, str):
            faults.append(Fault(line=line, reason=made))
            continue
        key = flat_smiles(Chem.MolFromSmiles(made.smiles))
        if key in seen:
            faults.append(Fault(line=line, reason=f"the same structure as line {seen[key]}"))
            continue
        seen[key] = line
        rows.append(made)
    if not rows:
        why = f"; line {faults[0].line}: {faults[0].reason}" if faults else ""
        raise UsageError(f"{path}: no line of it can be used{why}")
    return Inventory(source=path.name, sha256=hashlib.sha256(raw).hexdigest(), mode=mode, rows=rows, faults=faults)


def read_bytes(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and its text (UTF-8, unpacked if it ends in .gz). NotFoundError or UsageError where that fails."""
    try:
        raw = path.read_bytes()
        plain = gzip.decompress(raw) if path.suffix == ".gz" else raw
        return raw, plain.decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {path}") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _dialect(content: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever the first line has most of."""
    first = content.split("\n", 1)[0]
    best = max((",", ";", "\t"), key=first.count)

    class Found(csv.excel):
        delimiter = best

    return Found


def _column(name: str) -> str:
    plain = (name or "").strip().lower().replace("-", "_").replace(" ", "_")
    return plain if plain in _KNOWN else _ALIASES.get(plain, f"?{plain}")


def _row(line: int, values: dict[str, str]) -> Row | str:
    """The line as a row, or why it cannot be used."""
    from tools.safety.guard import screen_structure
    from tools.structures.standardise import standardise

    text = values.get("smiles", "")
    if not text:
        return "no SMILES"
    if len(text) > 500:
        return "the SMILES is longer than 500 characters"
    try:
        with rdBase.BlockLogs():
            structure = standardise(text, "molecule")
    except StructureError as error:
        return f"the structure cannot be used: {error}"
    stock = _stock(values)
    if isinstance(stock, str):
        return stock
    verdict = screen_structure(structure.whole, "molecule")
    if verdict.verdict == "block":
        return f"the safety guard blocks it: {', '.join(h.id for h in verdict.rules if h.verdict == 'block')}"
    return Row(line=line, smiles=structure.smiles, name=values.get("name") or values.get("id") or structure.smiles, stock=stock)


def _stock(values: dict[str, str]) -> Stock | str:
    """What the line says of the package, or why that cannot be used."""
    try:
        price = float(values["price"].replace("\u00a0", "").replace(" ", "")) if values.get("price") else None
        amount = float(values["amount"]) if values.get("amount") else None
    except ValueError:
        return f"price or amount is not a number: {values.get('price', '')!r}, {values.get('amount', '')!r}"
    unit, currency = values.get("unit", ""), values.get("currency", "").upper()
    if price is not None and not 0 <= price < 1e12:
        return f"the price {price:g} is not possible"
    if amount is not None and not 0 < amount < 1e12:
        return f"the amount {amount:g} is not possible"
    if amount is not None and unit.lower() not in {**MASS_UNITS, **MOLE_UNITS}:
        return f"unit {unit!r} of the amount is not one of {', '.join([*MASS_UNITS, *MOLE_UNITS])}"
    if price is not None and not currency:
        return "a price without a currency"
    return Stock(id=values.get("id", ""), price=price, currency=currency, amount=amount, unit=unit.lower() if amount is not None else "")


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
    return shipped() if inventory is None else _library(inventory.model_dump_json(exclude={"faults"}))
