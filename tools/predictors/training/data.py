"""Reading measurements: every row is used or listed with its line number and the reason why it is not."""

from __future__ import annotations

import csv
import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.errors import NotFoundError, StructureError, UsageError
from tools.predictors.features.assemble import Describer, feature_names
from tools.predictors.features.solvent import FILM, GAS, canonical_solvent
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.sites import site_of
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.physics import DERIVED, contradiction
from tools.predictors.weights import digest
from tools.structures.polymer_key import polymer_key

#: The kind of a row whose value was computed.
SIMULATED = "simulated value"
_KINDS = (
    ("no measured value", "no measured value"),
    ("a simulated value", SIMULATED),
    ("no conjugated", "no conjugated chromophore"),
    ("a salt", "salt or mixture"),
    ("missing hydrogens", "missing hydrogens"),
    ("another kind", "another kind of value"),
    ("measured at", "measured under other conditions"),
    ("contradicts", "contradicts physics"),
    ("rows of this structure", "rows of one structure disagree"),
    ("another set", "substance of the first set"),
    ("no acidic", "no such site"),
    ("no basic", "no such site"),
    ("an ion", "ion"),
    ("an inorganic", "no carbon"),
    ("a repeat unit with counter-ions", "repeat unit with counter-ions"),
    ("too few measurements", "element with too few measurements"),
    ("the solvent", "solvent that cannot be read"),
    ("value", "value that is not a number or out of range"),
    ("more heavy atoms", "more heavy atoms than covered"),
)

#: An element needs this many training structures before the model accepts it.
ELEMENT_SUPPORT = 5


@dataclass(frozen=True)
class BadRow:
    """A row that was not used: its line number in the file (the header is line 1), why, and the kind of reason for counting."""

    line: int
    reason: str

    @property
    def kind(self) -> str:
        """The reason without the particulars of the row."""
        for start, kind in _KINDS:
            if self.reason.startswith(start):
                return kind
        return "structure that cannot be read"


@dataclass
class TrainingTable:
    """Measurements ready for training; all sequences are parallel.

    ``keys`` groups rows of one substance: SMILES without stereo for molecules and dyes, the frame-independent key for polymers. ``origins``: the set of
    each row, "" for the first; ``lines`` are those of its file. ``others``: SHA-256 of the further sets that were read, by name.
    """

    smiles: list[str]
    keys: list[str]
    mols: list[Chem.Mol]
    solvents: list[str]
    lines: list[int]
    y: NDArray[np.float64]
    rows_read: int
    bad: list[BadRow]
    origins: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.smiles)


def read_table(path: Path, spec: PredictorSpec) -> TrainingTable:
    """The measurements of ``path`` (CSV with the columns named in ``spec``), and of the sets that lie beside it where ``spec`` names some.

    Raises NotFoundError where the file does not exist and UsageError where a column is missing or fewer than 50 rows can be used.
    """
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    table = TrainingTable([], [], [], [], [], np.zeros(0), 0, [])
    values = _read_file(path, spec, table, "")
    first = set(table.keys)
    for name, _, _ in spec.beside:
        other = next((p for p in (path.parent / f"{name}.csv", path.parent.parent / name / f"{name}.csv") if p.is_file()), None)
        if other is not None:
            values += _read_file(other, spec, table, name, first)
            table.others[name] = digest(other.read_bytes())
    table.y = np.array(values)
    if spec.disagree is not None:
        _drop_disagreeing(table, spec)
    _drop_rare_elements(table)
    if len(table) < 50:
        raise UsageError(f"{path.name}: only {len(table)} usable rows of {table.rows_read}; at least 50 are needed")
    return table


def _read_file(path: Path, spec: PredictorSpec, table: TrainingTable, origin: str, known: AbstractSet[str] = frozenset()) -> list[float]:
    """Add the rows of a file to the table, but for substances that are ``known``; returns their values. Raises UsageError for a missing column."""
    values: list[float] = []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        wanted = [c for c in (spec.structure, spec.target, spec.solvent, *spec.where[:1], *spec.conditions[:1]) if c]
        missing = [c for c in wanted if c not in (reader.fieldnames or [])]
        if missing:
            raise UsageError(f"{path.name} has no column {', '.join(missing)}; it has: {', '.join(reader.fieldnames or [])}")
        for row in reader:
            table.rows_read += 1
            outcome = _read_row(row, spec)
            if isinstance(outcome, str):
                table.bad.append(BadRow(reader.line_num, outcome))
                continue
            item, key, solvent, value = outcome
            if key in known:
                table.bad.append(BadRow(reader.line_num, f"another set has this substance: it is left out of {origin}"))
                continue
            table.smiles.append(item.smiles)
            table.keys.append(key)
            table.mols.append(item.mol)
            table.solvents.append(solvent)
            table.lines.append(reader.line_num)
            table.origins.append(origin)
            values.append(value)
    return values


def _read_row(row: dict[str, str], spec: PredictorSpec) -> tuple[Prepared, str, str, float] | str:
    """(structure, group key, solvent, value in the predictor's unit), or why the row cannot be used."""
    text = (row.get(spec.target) or "").strip()
    if not text:
        return "no measured value"
    if spec.where and (row.get(spec.where[0]) or "").strip() != spec.where[1]:
        return f"another kind of value: {row.get(spec.where[0])}"
    if (elsewhere := _other_conditions(row, spec)) != "":
        return elsewhere
    try:
        number = DERIVED[spec.derived](row) if spec.derived else float(text) * spec.scale
        value = (math.log10(number) if spec.logarithm else number) + spec.offset
    except ValueError:
        return f"value {text!r} is not a number" + (" above 0" if spec.logarithm else "")
    if not math.isfinite(value) or not spec.low <= value <= spec.high:
        return f"value {value:g} {spec.unit} is outside {spec.low:g} to {spec.high:g}"
    if _simulated(row.get("sources") or "", spec):
        return f"a simulated value, not a measured one: {row['sources']}"
    structure = (row.get(spec.structure) or "").strip()
    item = prepare(structure, spec.kind, "polymer" if spec.kind == "polymer" else "molecule")
    if isinstance(item, str):
        return item
    if spec.kind == "molecule" and _lacks_hydrogens(item.mol):
        return "missing hydrogens: an atom has unpaired electrons"
    if spec.needs and not site_of(item.mol, spec.needs):
        return f"no {spec.needs} site"
    for check in spec.checks:
        if fault := contradiction(check, row, item.mol, value):
            return f"contradicts physics: {fault}"
    solvent = ""
    if spec.solvent:
        written = (row.get(spec.solvent) or "").strip()
        found = FILM if written == structure else GAS if written.lower() == GAS else canonical_solvent(written)
        if found is None:
            return f"the solvent {written[:60]!r} cannot be read"
        solvent = found
    try:
        key = (row.get("polymer_key") or polymer_key(structure)) if spec.kind == "polymer" else structure_key(item.mol)
    except StructureError as error:
        return str(error)
    return item, key, solvent, value


def _other_conditions(row: dict[str, str], spec: PredictorSpec) -> str:
    """Why a row was measured under other conditions than those that are meant, or ''. A row that does not say is taken."""
    if not spec.conditions:
        return ""
    column, low, high = spec.conditions
    text = (row.get(column) or "").strip()
    try:
        return "" if not text or low <= float(text) <= high else f"measured at {column} {text}"
    except ValueError:
        return f"measured at {column} {text[:20]!r}, which is no number"


def _drop_disagreeing(table: TrainingTable, spec: PredictorSpec) -> None:
    """Leave out all rows of a structure (in a solvent) whose values lie further apart than the specification allows."""
    assert spec.disagree is not None
    groups: dict[tuple[str, str], list[int]] = {}
    for i, place in enumerate(zip(table.smiles, table.solvents, strict=True)):
        groups.setdefault(place, []).append(i)
    apart: dict[int, str] = {}
    for members in groups.values():
        low, high = float(table.y[members].min()), float(table.y[members].max())
        if high - low > spec.disagree:
            apart.update(dict.fromkeys(members, f"rows of this structure disagree: {low:g} and {high:g} {spec.unit}"))
    _keep(table, apart)


def _keep(table: TrainingTable, dropped: dict[int, str]) -> None:
    """Move the rows ``dropped`` (position and reason) to the bad ones."""
    table.bad.extend(BadRow(table.lines[i], reason) for i, reason in sorted(dropped.items()))
    keep = [i for i in range(len(table)) if i not in dropped]
    table.y = table.y[keep]
    for name in ("smiles", "keys", "mols", "solvents", "lines", "origins"):
        column = getattr(table, name)
        setattr(table, name, [column[i] for i in keep])


def _lacks_hydrogens(mol: Chem.Mol) -> bool:
    """Whether an atom beside nitrogen and oxygen (whose radicals can be bottled) has unpaired electrons: a slip in writing its hydrogens."""
    return any(atom.GetNumRadicalElectrons() and atom.GetAtomicNum() not in (7, 8) for atom in mol.GetAtoms())


def _simulated(sources: str, spec: PredictorSpec) -> bool:
    """Whether at least half of the collections that a value is the median of (``sources``, joined by "|") give a computed one."""
    names = {name.strip() for name in sources.split("|") if name.strip()}
    computed = len(names & spec.simulated)
    return computed > 0 and computed >= len(names) - computed


def structure_key(mol: Chem.Mol) -> str:
    """What makes two measured molecules the same for splitting: the canonical SMILES without stereo."""
    with BlockLogs():
        return str(Chem.MolToSmiles(mol, isomericSmiles=False))


def _elements(mol: Chem.Mol) -> set[str]:
    return {a.GetSymbol() for a in mol.GetAtoms() if a.GetAtomicNum() > 1}


def element_support(table: TrainingTable) -> dict[str, int]:
    """Number of rows in which each element occurs. An element that none has is left out; empty for an empty table."""
    counts: dict[str, int] = {}
    for mol in table.mols:
        for symbol in _elements(mol):
            counts[symbol] = counts.get(symbol, 0) + 1
    return counts


def _drop_rare_elements(table: TrainingTable) -> None:
    rare = {symbol for symbol, n in element_support(table).items() if n < ELEMENT_SUPPORT}
    dropped = {
        i: f"too few measurements with {', '.join(sorted(_elements(mol) & rare))}"
        for i, mol in enumerate(table.mols)
        if _elements(mol) & rare
    }
    _keep(table, dropped)


def describe(table: TrainingTable, spec: PredictorSpec) -> tuple[NDArray[np.float32], list[NDArray[np.uint16]]]:
    """(feature matrix, fingerprints as positions of their bits) of all rows, shape (n, features) and n arrays of shape (bits,).

    Never NaN.
    """
    describer = Describer()
    x = describer.matrix(spec.kind, table.smiles, table.mols, table.solvents if spec.solvent else None)
    assert x.shape[1] == len(feature_names(spec.kind))
    return x, describer.fingerprints(spec.kind, table.smiles, table.mols)
