"""What ships of the training sets so that a known structure is called known: hashed keys, and values where the licence lets them be shown."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit import rdBase

from core.errors import NotFoundError, StructureError
from core.spec import CandidateClass
from tools.predictors.known.index import ABOUT, FORMAT
from tools.predictors.known.keys import hashed_key
from tools.predictors.model import Z90
from tools.predictors.specs import PREDICTORS, PredictorSpec, predictor_spec
from tools.predictors.training.data import TrainingTable, read_table
from tools.predictors.weights import digest, npz_bytes
from tools.structures.standardise import standardise

SETS = Path(__file__).resolve().parents[1] / "known" / "sets"
#: Where sets say how far the measurements of a substance lie apart: lowest and highest value, or a standard deviation.
_LOW, _HIGH, _SD, _COUNT, _REFERENCE = "_min", "_max", "sd", "n_measurements", "reference"
#: Fewest pairs of measurements from which a spread is taken.
LEAST_PAIRS = 20
#: Half-width of a central 95 % interval of the normal distribution, in standard deviations.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class _Rows:
    """The rows of a set beside what the trainer reads: ``extra`` is the row of the file, parallel to the table."""

    table: TrainingTable
    extra: list[dict[str, str]]
    keys: list[int]


def build_known(folder: Path, out: Path = SETS, progress: Callable[[str], None] = print, *, only: Sequence[str] = ()) -> dict[str, Any]:
    """Write the sets of all predictors from the data ``folder`` (``NAME/NAME.csv`` or ``NAME.csv``) to ``out``; returns what ``sets.json`` says.

    ``only``: names of the predictors to do; what ``out`` says of the others stays. Equal data give equal bytes. Raises SpecError for an unknown name,
    NotFoundError for a missing file, UsageError for one that cannot be used.
    """
    out.mkdir(parents=True, exist_ok=True)
    before: dict[str, Any] = json.loads((out / ABOUT).read_text(encoding="utf-8"))["sets"] if only and (out / ABOUT).is_file() else {}
    about: dict[str, Any] = {}
    for name in only:
        predictor_spec(name)
    for name, spec in PREDICTORS.items():
        if only and name not in only:
            about.update({name: before[name]} if name in before else {})
            continue
        path = data_file(folder, spec.data)
        rows = _read(path, spec)
        solvents = sorted(set(rows.table.solvents)) if spec.solvent else []
        arrays, sigma, spread = _arrays(rows, spec, solvents)
        content = npz_bytes(arrays)
        (out / f"{name}.npz").write_bytes(content)
        about[name] = {
            "source": f"{spec.source}, {spec.licence}",
            **({"beside": _beside(spec, rows.table)} if rows.table.others else {}),
            "shown": spec.show_values,
            "structures": len(set(rows.keys)),
            "sigma": sigma,
            "spread": spread,
            "solvents": solvents,
            "data_sha256": digest(path.read_bytes()),
            "sha256": digest(content),
        }
        progress(f"{name}: {about[name]['structures']} structures, {len(content)} bytes; {spread or 'keys alone'}")
    text = json.dumps({"format": FORMAT, "sets": about}, indent=1, ensure_ascii=False) + "\n"
    (out / ABOUT).write_text(text, encoding="utf-8")
    return about


def _beside(spec: PredictorSpec, table: TrainingTable) -> str:
    """The further sets of a table with their licences."""
    return "; ".join(f"{source}, {licence}" for name, source, licence in spec.beside if name in table.others)


def data_file(folder: Path, name: str) -> Path:
    """``folder/name/name.csv`` or ``folder/name.csv``. NotFoundError where neither is there."""
    for path in (folder / name / f"{name}.csv", folder / f"{name}.csv"):
        if path.is_file():
            return path
    raise NotFoundError(f"no {name}.csv in {folder} or in {folder / name}")


def _by_line(path: Path) -> dict[int, dict[str, str]]:
    """The rows of a file by the number of their line."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        found: dict[int, dict[str, str]] = {}
        for row in reader:
            found[reader.line_num] = row
        return found


def _read(path: Path, spec: PredictorSpec) -> _Rows:
    table, by_line = read_table(path, spec), _by_line(path)
    candidate_class: CandidateClass = "polymer" if spec.kind == "polymer" else "molecule"
    keys: list[int] = []
    seen: dict[str, int] = {}
    with rdBase.BlockLogs():
        for smiles in table.smiles:
            if smiles not in seen:
                try:
                    structure = standardise(smiles, candidate_class)
                    seen[smiles] = hashed_key(structure.key, structure.smiles, candidate_class)
                except StructureError:
                    seen[smiles] = -1
            keys.append(seen[smiles])
    return _Rows(table, [{} if origin else by_line[line] for origin, line in zip(table.origins, table.lines, strict=True)], keys)


def measurements_of(path: Path, table: TrainingTable) -> list[int]:
    """How many measurements each row of the ``table`` of ``path`` is from, at least 1 each; 1 where the file does not say, empty for no rows."""
    by_line = _by_line(path)
    return [1 if origin else int(float(by_line[line].get(_COUNT) or 1)) for origin, line in zip(table.origins, table.lines, strict=True)]


def _arrays(rows: _Rows, spec: PredictorSpec, solvents: Sequence[str]) -> tuple[dict[str, NDArray[Any]], float | None, str]:
    """The columns of the file, one standard deviation of a measurement in the unit of ``spec``, and where that comes from."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, key in enumerate(rows.keys):
        if key >= 0:
            groups[key, solvents.index(rows.table.solvents[i]) if solvents else 0].append(i)
    ordered = sorted(groups)
    if not spec.show_values:
        return {"keys": np.array(sorted({key for key, _ in ordered}), dtype=np.uint64)}, None, ""
    y, beside = rows.table.y.copy(), np.array([bool(origin) for origin in rows.table.origins])
    y[beside] = np.nan  # of a set beside the first the keys alone
    parts = [_one(groups[place], rows, spec) if not beside[groups[place]].any() else (1, 0.0) for place in ordered]
    arrays: dict[str, NDArray[Any]] = {
        "keys": np.array([key for key, _ in ordered], dtype=np.uint64),
        "values": np.array([round(float(np.median(y[groups[place]])), spec.decimals) for place in ordered], dtype=np.float32),
        "count": np.array([min(count, 255) for count, _ in parts], dtype=np.uint8),
        "own": np.array([own for _, own in parts], dtype=np.float16),
    }
    if solvents:
        arrays["solvent"] = np.array([solvent for _, solvent in ordered], dtype=np.uint16)
    sigma, spread = _spread([groups[place] for place in ordered if not beside[groups[place]].any()], rows, spec)
    return arrays, sigma, spread


def _one(members: Sequence[int], rows: _Rows, spec: PredictorSpec) -> tuple[int, float]:
    """Number of measurements of one substance, and half of their range in the unit of ``spec`` (or what the set says of it)."""
    extra = [rows.extra[i] for i in members]
    count = sum(int(float(e.get(_COUNT) or 1)) for e in extra)
    values = [float(v) for i, e in zip(members, extra, strict=True) for v in (rows.table.y[i], *_ends(e, spec))]
    told = max((float(e.get(_SD) or 0.0) for e in extra), default=0.0)
    return count, round(max((max(values) - min(values)) / 2, told), spec.decimals)


def _ends(row: dict[str, str], spec: PredictorSpec) -> list[float]:
    return [float(row[spec.target + end]) + spec.offset for end in (_LOW, _HIGH) if row.get(spec.target + end)]


def _spread(groups: Sequence[Sequence[int]], rows: _Rows, spec: PredictorSpec) -> tuple[float | None, str]:
    """One standard deviation of a measurement from how far two of one substance lie apart, with its provenance; None where there are too few.

    The 90 % point of the differences over 1.645 and the square root of 2, since errors are heavy-tailed and what counts is the 90 % interval;
    for a set without repeated measurements the published reproducibility (95 %) over 1.96 and the square root of 2.
    """
    differences = _differences(groups, rows, spec)
    if len(differences) >= LEAST_PAIRS:
        q90 = float(np.quantile(differences, 0.9))
        text = f"{len(differences)} pairs of measurements of one substance in this set; 90 % of them agree within {q90:.2g} {spec.unit}"
        return round(q90 / Z90 / 2**0.5, spec.decimals + 1), text
    if spec.reproducibility is None:
        return None, "unknown: the set has no repeated measurements"
    return round(spec.reproducibility / Z95 / 2**0.5, spec.decimals + 1), spec.reproducibility_source


def _differences(groups: Sequence[Sequence[int]], rows: _Rows, spec: PredictorSpec) -> list[float]:
    """Absolute differences of two measurements of one substance: between rows of different references, or as the set tells them."""
    found: list[float] = []
    for members in groups:
        for a, b in combinations(members, 2):
            if rows.extra[a].get(_REFERENCE, str(a)) != rows.extra[b].get(_REFERENCE, str(b)):
                found.append(abs(float(rows.table.y[a] - rows.table.y[b])))
        for i in members:
            if int(float(rows.extra[i].get(_COUNT) or 1)) != 2:
                continue
            ends = _ends(rows.extra[i], spec)
            if len(ends) == 2:
                found.append(ends[1] - ends[0])
            elif rows.extra[i].get(_SD):
                found.append(2 * float(rows.extra[i][_SD]))
    return found
