"""Reading a chemist's measurements: every row is used, or listed with its line number and the reason; what looks odd is said."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.errors import NotFoundError, StructureError, UsageError
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.specs import FeatureKind
from tools.structures.polymer_key import polymer_key

#: Fewer substances than this give no model.
LEAST = 20
#: Below this a model is built, with a warning.
FEW = 100
#: An element that fewer substances than this contain is not one the model may be asked about.
ELEMENT_SUPPORT = 3
_STRUCTURE_COLUMNS = ("smiles", "psmiles", "canonical_smiles", "structure")


@dataclass(frozen=True)
class BadRow:
    """A row that was not used: its line in the file (the header is line 1) and why."""

    line: int
    reason: str


@dataclass
class Measurements:
    """One entry a substance; all sequences are parallel.

    ``y`` is in the model's scale: the measured number, or its decimal logarithm. A substance measured several times has the median.
    ``lines`` are the lines of its first measurement.
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

    def __len__(self) -> int:
        return len(self.smiles)


@dataclass(frozen=True)
class _Row:
    line: int
    item: Prepared
    key: str
    value: float


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]], bool]:
    """(column names, rows with their line numbers, whether a comma may be a decimal point). Comma, semicolon or tab separated."""
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path} cannot be read as text in UTF-8: {error}") from None
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    rows = [(reader.line_num, {k: (v or "") for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}) for row in reader]
    return list(reader.fieldnames or []), rows, delimiter != ","


def _columns(path: Path, names: list[str], smiles: str, target: str) -> tuple[str, str]:
    """The columns of structure and value. Raises UsageError naming the columns there are."""
    there = f"{path.name} has the columns: {', '.join(names) or 'none'}"
    structure = smiles or next((n for n in names if n.strip().lower() in _STRUCTURE_COLUMNS), "")
    if structure not in names:
        raise UsageError(
            f"no column {structure!r} with structures; name it with --smiles. {there}"
            if structure
            else f"which column holds the structures? Name it with --smiles. {there}"
        )
    rest = [n for n in names if n != structure]
    value = target or (rest[0] if len(rest) == 1 else "")
    if value not in names:
        raise UsageError(
            f"no column {value!r} with measured values; name it with --target. {there}"
            if value
            else f"which column holds the measured values? Name it with --target. {there}"
        )
    return structure, value


def _number(text: str, decimal_comma: bool, unit: str, log: bool) -> float | str:
    """The measured number (its logarithm for ``log``), or why it is none."""
    written = text.strip()
    if not written:
        return "no measured value"
    if decimal_comma and re.fullmatch(r"[+-]?\d+,\d+([eE][+-]?\d+)?", written):
        written = written.replace(",", ".")
    try:
        value = float(written)
    except ValueError:
        if re.match(r"^[<>~≈≤≥]", written):
            return f"the value {written!r} is a limit or an estimate, not a measurement"
        return f"the value {written[:40]!r} is not a number"
    if not math.isfinite(value):
        return f"the value {written!r} is not finite"
    if log and value <= 0:
        return f"the value {value:g} has no logarithm"
    if unit == "K" and value < 0:
        return f"{value:g} K is below absolute zero"
    if unit == "°C" and value < -273.15:
        return f"{value:g} °C is below absolute zero"
    return math.log10(value) if log else value


def _read(
    row: dict[str, str], columns: tuple[str, str], kind: FeatureKind, decimal_comma: bool, unit: str, log: bool
) -> tuple[Prepared, str, float] | str:
    structure = row.get(columns[0], "").strip()
    if not structure:
        return "no structure"
    value = _number(row.get(columns[1], ""), decimal_comma, unit, log)
    if isinstance(value, str):
        return value
    item = prepare(structure, kind, "polymer" if kind == "polymer" else "molecule")
    if isinstance(item, str):
        return item
    try:
        return item, polymer_key(structure) if kind == "polymer" else item.smiles, value
    except StructureError as error:
        return str(error)


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
    """The measurements of ``path``: a table with a header, separated by commas, semicolons or tabs.

    ``smiles`` and ``target`` name the columns (found by themselves where only one can be meant). ``kind`` None: polymers where at least
    half of the structures have two '*'. ``log``: learn the decimal logarithm. ``to_train`` False: three substances are enough and rare
    elements stay, for measuring a model that exists. Raises NotFoundError for a missing file and UsageError for a missing column or
    fewer than 20 usable substances; the message then lists the first bad rows.
    """
    names, rows, decimal_comma = _rows(path)
    columns = _columns(path, names, smiles, target)
    if kind is None:
        written = [row.get(columns[0], "") for _, row in rows]
        kind = "polymer" if sum(w.count("*") == 2 for w in written) * 2 > sum(bool(w.strip()) for w in written) else "molecule"
    good: list[_Row] = []
    bad: list[BadRow] = []
    for line, row in rows:
        outcome = _read(row, columns, kind, decimal_comma, unit, log)
        if isinstance(outcome, str):
            bad.append(BadRow(line, outcome))
        else:
            good.append(_Row(line, *outcome))
    good = _without_rare_elements(good, bad) if to_train else good
    least = LEAST if to_train else 3
    table = _merged(kind, log, good, bad, len(rows))
    if len(table) < least:
        shown = "; ".join(f"line {b.line}: {b.reason}" for b in bad[:5])
        raise UsageError(
            f"{path.name}: {len(table)} usable substances of {len(rows)} rows; at least {least} are needed"
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
