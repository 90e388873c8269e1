"""The values of many structures as CSV and SDF: one row a record, the chosen properties as columns, what could not be read with its reason."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdDepictor

from core.candidate import Candidate, PropertyValue
from core.sheet import SheetWriter
from tools.calculators.measured_spread import spread_of
from tools.catalogue.catalogue import Catalogue

_FIXED = ("line", "name", "smiles", "key", "safety", "rules", "notes", "fault")


@dataclass(frozen=True)
class ValueRow:
    """What is known of one record of a file.

    Attributes:
        line: where it stands in the file, from 1.
        name: what it is called there.
        smiles: the structure that was judged; empty where none could be read.
        key: its InChIKey or polymer key.
        safety: the guard's verdict.
        rules: the safety rules that fired.
        notes: what standardisation changed.
        fault: why it could not be read; empty where it was.
        values: for each property value, sigma (of an estimate such as logP that of measured values about it), method and mark (what the marks mean: :data:`core.candidate.MARKS`), as JSON values.
    """

    line: int
    name: str
    smiles: str = ""
    key: str = ""
    safety: str = ""
    rules: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fault: str = ""
    values: dict[str, list[Any]] = field(default_factory=dict)

    def value(self, name: str) -> float | str | None:
        """The value of a property in its registered unit; None where it could not be had."""
        found: float | str | None = self.values[name][0] if name in self.values else None
        return found

    def shown(self, name: str) -> str:
        """The value of a property as people read it, with its mark: '252 ± 31 †'; 'unknown'."""
        if name not in self.values:
            return "unknown"
        value, sigma, method, mark = self.values[name]
        return f"{PropertyValue(value=value, sigma=sigma, method=method, method_version='').shown}{mark}"


def row_of(candidate: Candidate, line: int, name: str) -> ValueRow:
    """The row of a structure that was judged."""
    safety = candidate.safety
    return ValueRow(
        line,
        name,
        candidate.smiles,
        candidate.key,
        safety.verdict if safety else "",
        [hit.id for hit in safety.rules] if safety else [],
        list(candidate.notes),
        values={n: [v.value, _sigma(n, v), v.method, v.mark] for n, v in candidate.properties.items()},
    )


def _sigma(name: str, value: PropertyValue) -> float | None:
    """One standard deviation of a value; of a computed one that is an estimate of what is measured that of measured values about it."""
    spread = spread_of(name, value)
    return value.sigma if spread is None else round(spread.rms, 2)


def values_csv(rows: Iterable[ValueRow], names: Sequence[str], *, catalogue: Catalogue) -> str:
    """The rows as CSV: each property with its unit in the heading, one standard deviation and a mark beside it."""
    text = io.StringIO()
    writer = SheetWriter(text)
    writer.row([*_FIXED, *(cell for n in names for cell in (_heading(n, catalogue), f"{n}_sigma", f"{n}_mark"))])
    for row in rows:
        fixed = [row.line, row.name, row.smiles, row.key, row.safety, " ".join(row.rules), "; ".join(row.notes), row.fault]
        cells: list[Any] = []
        for n in names:
            value, sigma, _, mark = row.values.get(n, [None, None, "", ""])
            cells += ["" if value is None else value, "" if sigma is None else sigma, mark.strip()]
        writer.row([*fixed, *cells])
    return text.getvalue()


def values_sdf(rows: Iterable[ValueRow], names: Sequence[str], *, catalogue: Catalogue) -> str:
    """The rows that could be read as SDF with 2D coordinates and the chosen properties as data fields."""
    blocks = []
    for row in rows:
        with rdBase.BlockLogs():
            mol = Chem.MolFromSmiles(row.smiles) if row.smiles else None
        if mol is None:
            continue
        rdDepictor.Compute2DCoords(mol)
        mol.SetProp("_Name", row.name.replace("\n", " ")[:80] or row.key)
        cells: dict[str, Any] = {"line": row.line, "smiles": row.smiles, "key": row.key, "safety": " ".join([row.safety, *row.rules])}
        cells |= {_heading(n, catalogue): row.value(n) for n in names}
        fields = [f">  <{name}>\n{' '.join(str(value).split())}\n" for name, value in cells.items() if value not in ("", None)]
        blocks.append(Chem.MolToMolBlock(mol) + "\n".join(fields) + "\n$$$$\n")
    return "".join(blocks)


def _heading(name: str, catalogue: Catalogue) -> str:
    unit = catalogue[name].unit if name in catalogue else ""
    return f"{name} ({unit})" if unit else name
