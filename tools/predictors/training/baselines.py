"""The usual baselines on the same rows and folds: Morgan counts and all RDKit descriptors, an untuned LightGBM and a random forest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import Descriptors
from rdkit.rdBase import BlockLogs

from core.errors import UsageError
from tools.predictors.features.molecule import morgan_counts
from tools.predictors.features.solvent import solvent_features
from tools.predictors.specs import PredictorSpec
from tools.predictors.training.card import FAMILIES, RANDOM, SCAFFOLD
from tools.predictors.training.cross_validation import Progress
from tools.predictors.training.evaluate import metrics
from tools.predictors.training.fit import Prepared, family_folds_of, load
from tools.predictors.training.splits import group_folds, scaffold_folds
from tools.predictors.weights import digest, keep_entry

BASELINES_FILE = "baselines.json"
#: The forest sees a tenth of the features at each split; with all of them it is ten times slower.
_FOREST = {"n_estimators": 100, "max_features": 0.1, "n_jobs": 1}


def baseline_matrix(data: Prepared, spec: PredictorSpec) -> NDArray[np.float32]:
    """Morgan counts and all of RDKit's two-dimensional descriptors, of dyes with the solvent's; none of our own features.

    Polymers are described as they are written, with their attachment points. Descriptors that cannot be computed are 0.

    Shape (n, counts and descriptors). Never NaN.
    """
    found: dict[str, NDArray[np.float32]] = {}
    rows = []
    for i, (smiles, mol) in enumerate(zip(data.table.smiles, data.table.mols, strict=True)):
        if smiles not in found:
            with BlockLogs():
                values = np.array(list(Descriptors.CalcMolDescriptors(mol).values()), dtype=np.float64)
            # Ipc grows exponentially with the molecule; single precision ends at 1e38.
            found[smiles] = np.concatenate([np.nan_to_num(np.clip(values, -1e30, 1e30)).astype(np.float32), morgan_counts(mol)])
        rows.append(np.concatenate([found[smiles], solvent_features(data.table.solvents[i])]) if spec.solvent else found[smiles])
    return np.array(rows)


def _lightgbm(x: NDArray[np.float32], y: NDArray[np.float64], asked: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    import lightgbm

    settings = {"objective": "regression", "num_threads": 1, "deterministic": True, "force_col_wise": True, "seed": seed, "verbosity": -1}
    return np.asarray(lightgbm.train(settings, lightgbm.Dataset(x, y), 100).predict(asked, num_threads=1))


def _forest(x: NDArray[np.float32], y: NDArray[np.float64], asked: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    try:
        from sklearn.ensemble import RandomForestRegressor
    except ImportError:
        raise UsageError("the random forest needs scikit-learn: install molwright with the extra 'train'") from None
    return np.asarray(RandomForestRegressor(random_state=seed, **_FOREST).fit(x, y).predict(asked))


_MODELS = {"LightGBM": _lightgbm, "random forest": _forest}


def baselines(path: Path, spec: PredictorSpec, seed: int, progress: Progress) -> dict[str, dict[str, Any]]:
    """Metrics by split and model: LightGBM on every split, the forest where families are held out. Errors in the predictor's unit.

    Raises NotFoundError or UsageError for a file that cannot be used.
    """
    data = load(path, spec, progress)
    x, y = baseline_matrix(data, spec), data.table.y
    splits = {RANDOM: group_folds(data.table.keys, seed), SCAFFOLD: scaffold_folds(data.table.mols, data.table.keys, seed)}
    if spec.kind == "polymer":
        splits[FAMILIES] = family_folds_of(data, spec, seed)
    found: dict[str, dict[str, Any]] = {}
    for split, fold in splits.items():
        for model in ("LightGBM", "random forest") if split == FAMILIES else ("LightGBM",):
            value = np.zeros(len(y))
            for k in sorted(set(fold.tolist())):
                train, test = fold != k, fold == k
                value[test] = _MODELS[model](x[train], y[train], x[test], seed)
            found.setdefault(split, {})[model] = metrics(y, value)
            progress(f"{split}, {model}: RMSE {found[split][model]['rmse']}, MAE {found[split][model]['mae']}")
    return found


def write_baselines(path: Path, spec: PredictorSpec, out: Path, seed: int, progress: Progress) -> dict[str, dict[str, Any]]:
    """Measure :func:`baselines` and keep them in ``out`` beside the weights; returns them. Errors in the predictor's unit.

    Raises as it does.
    """
    found = baselines(path, spec, seed, progress)
    keep_entry(out / BASELINES_FILE, spec.name, baselines_entry(found, path, seed))
    return found


def baselines_entry(found: dict[str, dict[str, Any]], path: Path, seed: int) -> dict[str, Any]:
    """What is kept of :func:`baselines` on ``path``, errors in the predictor's unit, with the hash of the file.

    Raises OSError where it cannot be read.
    """
    return {"seed": seed, "data_sha256": digest(path.read_bytes()), "splits": found}
