"""Take the known substances and their neighbours out of the data, train the shipped recipe on the rest, and predict them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.candidate import PropertyValue
from core.errors import StructureError, UsageError
from core.spec import CandidateClass
from tools.predictors.errors import LOWER, UPPER
from tools.predictors.features.assemble import Describer
from tools.predictors.features.solvent import canonical_solvent
from tools.predictors.model import Z90, Model
from tools.predictors.neighbours import NeighbourIndex
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.reference_values.table import RESULTS, Known, command, reference_substances, table_hash
from tools.predictors.specs import PredictorSpec, predictor_spec
from tools.predictors.training.calibration import spearman
from tools.predictors.training.data import TrainingTable, structure_key
from tools.predictors.training.device import PROCESSOR, Device
from tools.predictors.training.fit import load, sample_of
from tools.predictors.training.learners import Ensemble, train_ensemble, used_columns
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


def apart(table: TrainingTable, bits: Sequence[NDArray[np.uint16]], spec: PredictorSpec, entries: tuple[Known, ...]) -> NDArray[np.bool_]:
    """Which rows of ``table`` may be trained on, (n,): none of the ``entries`` and none that resembles one.

    A row goes where its structure is an entry (stereo and the frame of a repeat unit do not count) or is more similar to one than ``LIMIT`` (Tanimoto
    of ``bits``, the fingerprints of the domain). Raises UsageError for an entry that the predictor refuses.
    """
    known = _prepared(spec, entries)
    index = NeighbourIndex.of(Describer().fingerprints(spec.kind, [k.smiles for k in known], [k.mol for k in known]))
    keys = {_key(spec, entry.structure, item) for entry, item in zip(entries, known, strict=True)} - {""}
    similar = index.query(bits).similarity[:, 0] > LIMIT
    return np.array([not near and key not in keys for near, key in zip(similar, table.keys, strict=True)])


def measure(
    name: str,
    path: Path,
    *,
    seed: int = 0,
    progress: Progress = lambda text: None,
    device: Device = PROCESSOR,
    weights: Path | None = None,
) -> dict[str, Any]:
    """Train the recipe of ``name`` on ``path`` without its known answers and their neighbours, predict them, and return the result.

    What is said of a prediction (its middle, its interval, its domain) is what the ``weights`` (the shipped ones) say of such a one. Raises NotFoundError or
    UsageError for a property without a table or a file that cannot be used. Errors are in the predictor's unit.
    """
    spec, entries = predictor_spec(name), reference_substances(name)
    data = load(path, spec, progress, device)
    keep_rows = np.flatnonzero(apart(data.table, data.bits, spec, entries))
    removed = len(data.table) - len(keep_rows)
    progress(f"{removed} rows are known substances or their neighbours and taken out, {len(keep_rows)} kept; training")
    x = data.x[keep_rows]
    ensemble = train_ensemble(spec, x, used_columns(x), data.table.y[keep_rows], seed, device, sample_of(data.table, keep_rows))
    model = Model(spec, weights)
    near = NeighbourIndex.of([data.bits[i] for i in keep_rows])
    result = summary(
        entries, [_predicted(model, ensemble, near, entry, item) for entry, item in zip(entries, _prepared(spec, entries), strict=True)]
    )
    return {
        "property": name,
        "unit": spec.unit,
        "command": command(name) + (f" --seed {seed}" if seed else ""),
        "table_sha256": table_hash(name),
        "data_sha256": digest(path.read_bytes()),
        "rows_read": len(data.table),
        "rows_removed": removed,
        "recipe": {"release": model.card["release"], "versions": model.card["training"]["versions"]},
        **result,
    }


def _predicted(model: Model, ensemble: Ensemble, near: NeighbourIndex, entry: Known, item: Prepared) -> PropertyValue:
    """What ``ensemble`` gives for an entry, with the interval and domain that ``model`` puts on it; ``near``: the structures that it was trained on."""
    spec, describer = model.spec, Describer()
    solvent = canonical_solvent(entry.solvent) if spec.solvent else ""
    x = describer.matrix(spec.kind, [item.smiles], [item.mol], [solvent or ""] if spec.solvent else None)
    neighbours = near.query(describer.fingerprints(spec.kind, [item.smiles], [item.mol]))
    said = model.stated(*ensemble.values(x), neighbours, x)
    value, half = float(said.value[0]), Z90 * float(said.sigma[0])
    low, high = (value - half, value + half) if said.quantiles is None else (said.quantiles[0, LOWER], said.quantiles[0, UPPER])
    return PropertyValue(
        value=round(value, spec.decimals),
        unit=spec.unit,
        sigma=round(half / Z90, spec.decimals + 1),
        lower=round(float(low), spec.decimals),
        upper=round(float(high), spec.decimals),
        method=model.method,
        method_version=model.version,
        in_domain=bool(said.in_domain[0]),
        similarity=round(float(neighbours.similarity[0, 0]), 3),
    )


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
