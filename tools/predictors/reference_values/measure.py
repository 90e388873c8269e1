"""Take the known substances and their neighbours out of the data, train the shipped recipe on the rest, and predict them."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.candidate import PropertyValue
from core.errors import NotFoundError, StructureError, UsageError
from core.spec import CandidateClass, EstimationConditions
from tools.predictors.features.assemble import Describer
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.predict import predict
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.reference_values.table import RESULTS, Known, command, reference_substances, table_hash
from tools.predictors.specs import PredictorSpec, predictor_spec
from tools.predictors.training.calibration import spearman
from tools.predictors.training.data import structure_key
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.fit import train_predictor
from tools.predictors.weights import digest
from tools.structures.polymer_key import polymer_key

#: Training structures more similar than this to a known one are taken out.
LIMIT = 0.8
Progress = Callable[[str], None]


def _class(spec: PredictorSpec) -> CandidateClass:
    return "polymer" if spec.kind == "polymer" else "molecule"


def _prepared(spec: PredictorSpec, entries: tuple[Known, ...]) -> list[Prepared]:
    found = []
    for entry in entries:
        item = prepare(entry.structure, spec.kind, _class(spec))
        if isinstance(item, str):
            raise UsageError(f"known answers of {spec.name}: {entry.name}: {item}")
        found.append(item)
    return found


def _key(spec: PredictorSpec, structure: str, item: Prepared) -> str:
    try:
        return polymer_key(structure) if spec.kind == "polymer" else structure_key(item.mol)
    except StructureError:
        return ""


def without_known(
    path: Path, spec: PredictorSpec, entries: tuple[Known, ...], limit: float = LIMIT
) -> tuple[list[str], list[dict[str, str]], int]:
    """(column names, rows of ``path`` that are kept, number taken out).

    A row goes where its structure is one of ``entries`` (stereo and the frame of a repeat unit do not count) or is more similar to one
    than ``limit`` (Tanimoto, the fingerprints of the domain). Rows that cannot be read stay; training lists them. Raises NotFoundError.
    """
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}")
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        names, rows = list(reader.fieldnames or []), list(reader)
    describer = Describer()
    known = _prepared(spec, entries)
    index = NeighbourIndex.of(describer.fingerprints(spec.kind, [k.smiles for k in known], [k.mol for k in known]))
    keys = {_key(spec, entry.structure, item) for entry, item in zip(entries, known, strict=True)} - {""}
    similarity: dict[str, float] = {}
    kept = []
    for row in rows:
        structure = (row.get(spec.structure) or "").strip()
        if structure not in similarity:
            item = prepare(structure, spec.kind, _class(spec))
            if isinstance(item, str):
                similarity[structure] = 0.0
            else:
                on = describer.fingerprints(spec.kind, [item.smiles], [item.mol])
                same = _key(spec, structure, item) in keys
                similarity[structure] = 1.0 if same else float(index.query(on).similarity[0, 0])
        if similarity[structure] <= limit:
            kept.append(row)
    return names, kept, len(rows) - len(kept)


def measure(name: str, path: Path, *, seed: int = 0, progress: Progress = lambda text: None, device: Device = PROCESSOR) -> dict[str, Any]:
    """Train predictor ``name`` on ``path`` without its known answers and their neighbours, predict them, and return the result.

    Raises NotFoundError or UsageError for a property without a table or a file that cannot be used.

    Errors are in the predictor's unit.
    """
    spec, entries = predictor_spec(name), reference_substances(name)
    progress("taking the known substances and their neighbours out of the data")
    names, kept, removed = without_known(path, spec, entries)
    progress(f"{removed} rows taken out, {len(kept)} kept")
    with tempfile.TemporaryDirectory(prefix="molwright-known-") as folder:
        data = Path(folder) / f"{spec.data}.csv"
        with data.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fieldnames=names)
            writer.writeheader()
            writer.writerows(kept)
        card = train_predictor(data, spec, Path(folder) / "weights", seed, progress, harder_splits=False, device=device)
        values = [
            predict([name], [entry.structure], _class(spec), _conditions(entry), folder=Path(folder) / "weights")[name][0]
            for entry in entries
        ]
    result = summary(entries, values)
    return {
        "property": name,
        "unit": spec.unit,
        "command": command(name) + (f" --seed {seed}" if seed else ""),
        "table_sha256": table_hash(name),
        "data_sha256": digest(path.read_bytes()),
        "rows_read": len(kept) + removed,
        "rows_removed": removed,
        "recipe": {"release": card["release"], "versions": card["training"]["versions"]},
        **result,
    }


def _conditions(entry: Known) -> EstimationConditions:
    return EstimationConditions(solvent=entry.solvent, solvent_smiles=entry.solvent) if entry.solvent else EstimationConditions()


def summary(entries: tuple[Known, ...], values: list[PropertyValue]) -> dict[str, Any]:
    """Spearman, MAE, RMSE and how often the interval holds, with every entry in the order of the known values."""
    known, predicted, held = [], [], []
    rows = []
    for entry, value in zip(entries, values, strict=True):
        rows.append(
            {
                "name": entry.name,
                "known": entry.value,
                "predicted": value.number,
                "lower": value.lower,
                "upper": value.upper,
                "in_domain": value.in_domain,
                "similarity": value.similarity,
                "reason": value.reason if value.number is None else None,
            }
        )
        if value.number is not None:
            known.append(entry.value)
            predicted.append(value.number)
            held.append(value.lower is not None and value.upper is not None and value.lower <= entry.value <= value.upper)
    a: NDArray[np.float64] = np.array(known)
    b: NDArray[np.float64] = np.array(predicted)
    return {
        "table_rows": len(entries),
        "n": len(known),
        "spearman": spearman(a, b),
        "mae": round(float(np.abs(a - b).mean()), 4),
        "rmse": round(float(np.sqrt(((a - b) ** 2).mean())), 4),
        "coverage": round(float(np.mean(held)), 4),
        "entries": sorted(rows, key=lambda row: (float(row["known"] or 0.0), str(row["name"]))),
    }


def keep(result: dict[str, Any], folder: Path | None = None) -> Path:
    """Write ``result`` beside the tables, or into ``folder``; returns the file."""
    folder = folder or RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['property']}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
