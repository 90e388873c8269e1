"""Reading a chemist's measurements: every row is used, or listed with its line number and the reason; what looks odd is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.errors import StructureError, UsageError
from tools.files.headings import place_of
from tools.files.records import Entry, StructureFile, StructureTable, smiles_of
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.specs import FeatureKind
from tools.predictors.user_models.values import ValueColumn, says_no_value
from tools.structures.polymer_key import polymer_key

#: More rows than this are refused: all are held in memory.
MOST_ROWS = 1_000_000
#: Fewer substances than this give no model.
LEAST = 20
#: Below this a model is built, with a warning.
FEW = 100
#: An element that fewer substances than this contain is not one the model may be asked about.
ELEMENT_SUPPORT = 3


@dataclass(frozen=True)
class BadRow:
    """A row that was not used: its line in the file (the header is line 1) and why."""

    line: int
    reason: str


@dataclass
class Measurements:
    """One entry a substance; all sequences are parallel.

    ``y`` is in the model's scale: the measured number, or its decimal logarithm. A substance measured several times has the median.
    ``lines`` are the lines of its first measurement. ``qualified``: line and reading of each value that is a range, an estimate or has a
    spread.
    """

    kind: FeatureKind
    log: bool
    smiles: list[str]
    keys: list[str]
    mols: list[Chem.Mol]
    lines: list[int]
    y: NDArray[np.float64]
    rows_read: int
    rows_used: int
    bad: list[BadRow]
    warnings: list[str] = field(default_factory=list)
    qualified: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.smiles)


@dataclass(frozen=True)
class _Row:
    line: int
    item: Prepared
    key: str
    value: float


def _columns(path: Path, table: StructureTable, target: str) -> str:
    """The column of the values. Raises UsageError naming the columns there are."""
    there = f"{path.name} has the columns: {', '.join(table.headings) or 'none'}"
    if target:
        place = place_of(table.headings, target)
        if place is None:
            raise UsageError(f"no column {target!r} with measured values; name it with --target. {there}")
        return table.headings[place]
    others = [h for h in table.headings if h != table.structure]
    rest = others if len(others) == 1 else [h for h in others if not says_no_value(h)]
    if len(rest) != 1:
        raise UsageError(f"which column holds the measured values? Name it with --target. {there}")
    return rest[0]


def _structure(entry: Entry) -> str:
    """The structure of a row as SMILES. Raises ValueError with the reason."""
    if entry.record.fault == "no structure in this row":
        raise ValueError("no structure")
    return smiles_of(entry.record)


def _read(entry: Entry, values: ValueColumn, kind: FeatureKind) -> _Row | str:
    """One row, or why it cannot be used."""
    try:
        structure = _structure(entry)
    except ValueError as error:
        return str(error)
    value = values.read(entry)
    if isinstance(value, str):
        return value
    item = prepare(structure, kind, "polymer" if kind == "polymer" else "molecule")
    if isinstance(item, str):
        return item
    try:
        return _Row(entry.record.line, item, polymer_key(structure) if kind == "polymer" else item.smiles, value)
    except StructureError as error:
        return str(error)


def _kind(entries: Sequence[Entry]) -> FeatureKind:
    """Polymers where more than half of the structures have two '*'."""
    written = [e.record.text for e in entries if e.record.form == "smiles" and e.record.text]
    return "polymer" if sum(w.count("*") == 2 for w in written) * 2 > len(written) else "molecule"


def read_measurements(
    path: Path,
    *,
    smiles: str = "",
    target: str = "",
    unit: str = "",
    log: bool = False,
    kind: FeatureKind | None = None,
    to_train: bool = True,
) -> Measurements:
    """The measurements of ``path``, any file that :mod:`tools.files` reads with more than structures in it.

    ``smiles`` and ``target`` name the columns (found by themselves where only one can be meant). ``kind`` None: polymers where more than
    half of the structures have two '*'. ``log``: learn the decimal logarithm. ``to_train`` False: three substances are enough and rare
    elements stay, for measuring a model that exists. Raises NotFoundError for a missing file and UsageError for a missing column or
    fewer than 20 usable substances; the message then lists the first bad rows.
    """
    found = StructureFile(path, smiles).table(MOST_ROWS)
    values = ValueColumn(found, _columns(path, found, target), unit, log)
    kind = kind or _kind(found.entries)
    good: list[_Row] = []
    bad: list[BadRow] = []
    for entry in found.entries:
        outcome = _read(entry, values, kind)
        if isinstance(outcome, str):
            bad.append(BadRow(entry.record.line, outcome))
        else:
            good.append(outcome)
    good = _without_rare_elements(good, bad) if to_train else good
    least = LEAST if to_train else 3
    table = _merged(kind, log, good, bad, len(found.entries))
    table.warnings += [*found.notes, *values.notes()]
    table.qualified = values.qualified
    if len(table) < least:
        shown = "; ".join(f"line {b.line}: {b.reason}" for b in bad[:5])
        raise UsageError(
            f"{path.name}: {len(table)} usable substances of {len(found.entries)} rows; at least {least} are needed"
            + (f" ({shown})" if shown else "")
        )
    if to_train:
        table.warnings += _warnings(table, good, unit)
    return table


def _without_rare_elements(good: list[_Row], bad: list[BadRow]) -> list[_Row]:
    counts: dict[str, int] = {}
    for row in good:
        for symbol in row.item.elements:
            counts[symbol] = counts.get(symbol, 0) + 1
    rare = {symbol for symbol, n in counts.items() if n < ELEMENT_SUPPORT}
    for row in good:
        if row.item.elements & rare:
            bad.append(BadRow(row.line, f"too few measurements of substances with {', '.join(sorted(row.item.elements & rare))}"))
    bad.sort(key=lambda b: b.line)
    return [row for row in good if not row.item.elements & rare]


def _merged(kind: FeatureKind, log: bool, good: list[_Row], bad: list[BadRow], rows_read: int) -> Measurements:
    by_key: dict[str, list[_Row]] = {}
    for row in good:
        by_key.setdefault(row.key, []).append(row)
    first = [rows[0] for rows in by_key.values()]
    return Measurements(
        kind=kind,
        log=log,
        smiles=[row.item.smiles for row in first],
        keys=[row.key for row in first],
        mols=[row.item.mol for row in first],
        lines=[row.line for row in first],
        y=np.array([float(np.median([r.value for r in rows])) for rows in by_key.values()]),
        rows_read=rows_read,
        rows_used=len(good),
        bad=bad,
    )


def _warnings(table: Measurements, good: list[_Row], unit: str) -> list[str]:
    """What a chemist should look at before trusting a model of these data."""
    found = []
    if len(table) < FEW:
        found.append(f"only {len(table)} substances: the intervals rest on few cases; {FEW} or more are advised")
    found += _disagreeing(table, good)
    plain = 10.0**table.y if table.log else table.y
    found += _odd_values(table, plain, unit)
    return found


def _disagreeing(table: Measurements, good: list[_Row]) -> list[str]:
    spread = float(np.std(table.y))
    by_key: dict[str, list[_Row]] = {}
    for row in good:
        by_key.setdefault(row.key, []).append(row)
    repeated = [rows for rows in by_key.values() if len(rows) > 1]
    far = [rows for rows in repeated if max(r.value for r in rows) - min(r.value for r in rows) > 0.5 * spread]
    if not far:
        return []
    shown = "; ".join("lines " + " and ".join(str(r.line) for r in rows[:4]) for rows in far[:5])
    return [
        f"{len(far)} of {len(repeated)} substances measured more than once disagree by more than half of the spread of all values: {shown}"
    ]


def _odd_values(table: Measurements, plain: NDArray[np.float64], unit: str) -> list[str]:
    found = []
    if float(np.std(table.y)) == 0:
        return ["all measured values are the same: there is nothing to learn"]
    positive = plain[plain > 0]
    if len(positive) == len(plain):
        decades = np.sort(np.log10(plain))
        gaps = np.diff(decades)
        widest = int(np.argmax(gaps))
        share = (widest + 1) / len(plain)
        if gaps[widest] > 2.0 and 0.03 < share < 0.97:
            found.append(
                f"the values fall into two groups a factor of {10 ** gaps[widest]:.0f} apart ({widest + 1} of {len(plain)} are at most "
                f"{10 ** decades[widest]:.3g}): are the units mixed?"
            )
        if not table.log and decades[-1] - decades[0] > 3:
            found.append("the values span more than three decades: --log is advised")
    if unit == "°C" and float(np.min(plain)) > 200 and float(np.max(plain)) < 800 and float(np.median(plain)) > 273:
        found.append("no value is below 200 °C: are these kelvin?")
    if unit == "K" and float(np.median(plain)) < 150:
        found.append(f"half of the values are below {np.median(plain):.0f} K: are these °C?")
    middle = float(np.median(table.y))
    mad = 1.4826 * float(np.median(np.abs(table.y - middle)))
    if mad > 0:
        far = np.flatnonzero(np.abs(table.y - middle) > 8 * mad)
        if 0 < len(far) <= 0.05 * len(table):
            found.append(
                "values far from all others, please check: " + ", ".join(f"line {table.lines[i]} ({plain[i]:.4g})" for i in far[:8])
            )
    return found
