"""Predictions for many structures at once: value, 90 % interval, domain and nearest training structure at every number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.candidate import PropertyValue
from core.errors import PredictorError
from core.spec import CandidateClass, EstimationConditions
from tools.catalogue.probability import QUARTILE
from tools.catalogue.shipped import shipped
from tools.predictors.errors import MIDDLE, ErrorTable, shapes, stated_sigma
from tools.predictors.features.assemble import Describer
from tools.predictors.features.solvent import canonical_solvent
from tools.predictors.model import CALIBRATION_FILE, ERRORS_FILE, Z90, Model, load_model
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.sites import site_of
from tools.predictors.specs import PREDICTORS, FeatureKind, PredictorSpec, predictor_spec
from tools.predictors.weights import WEIGHTS, WeightsFolder

#: Correlation of the residuals of two predictors on the same structure, as measured by ``training correlation``.
CORRELATION_FILE = "residual_correlation.json"


def predictor_versions() -> dict[str, str]:
    """Version of each predictor's weights. Raises PredictorError where a model card is missing or damaged."""
    return {name: str(WeightsFolder(name).card["version"]) for name in PREDICTORS}


def predict(
    names: Sequence[str],
    structures: Sequence[str],
    candidate_class: CandidateClass,
    conditions: EstimationConditions,
    *,
    folder: Path | None = None,
    read: Sequence[Chem.Mol] | None = None,
) -> dict[str, list[PropertyValue]]:
    """The predicted properties ``names`` of ``structures`` (SMILES): one list a name, in the order of the structures.

    A value carries one standard deviation (``sigma``), its 90 % interval, whether the structure is inside the model's domain, and the
    nearest training structure with its similarity and, where the licence allows, its measured value. A structure that a model does
    not cover gives ``value`` None with the reason; nothing is raised for it. ``conditions.solvent_smiles`` is the solvent of the
    dye models; ``folder`` holds other weights than the shipped ones; ``read`` are the molecules that RDKit has read from these very SMILES, where
    they are at hand (not modified). Raises SpecError for an unknown name and PredictorError where
    weights are missing or damaged.
    """
    specs = [predictor_spec(name) for name in names]
    describer = Describer()
    ready: dict[FeatureKind, list[Prepared | str]] = {}
    found: dict[str, list[PropertyValue]] = {}
    for spec in specs:
        if spec.kind not in ready:
            mols = read if read is not None else [None] * len(structures)
            ready[spec.kind] = [prepare(smiles, spec.kind, candidate_class, mol) for smiles, mol in zip(structures, mols, strict=True)]
        found[spec.name] = _predict_one(load_model(spec.name, folder), ready[spec.kind], conditions, describer)
    return found


def _predict_one(model: Model, ready: list[Prepared | str], conditions: EstimationConditions, describer: Describer) -> list[PropertyValue]:
    spec = model.spec
    solvent = canonical_solvent(conditions.solvent_smiles.strip()) if spec.solvent else ""
    if solvent is None:
        reason = f"the solvent {conditions.solvent_smiles[:60]!r} cannot be read"
        return [_refused(model, item if isinstance(item, str) else reason) for item in ready]
    reasons = [item if isinstance(item, str) else _unseen_element(model, item) or _no_site(spec, item) for item in ready]
    usable = [item for item, reason in zip(ready, reasons, strict=True) if isinstance(item, Prepared) and not reason]
    forecasts = iter(_values(model, usable, solvent, describer))
    model.asked(len(usable))
    return [_refused(model, reason) if reason else next(forecasts) for reason in reasons]


def _unseen_element(model: Model, item: Prepared) -> str:
    """Why ``item`` is refused for its elements, or an empty string."""
    strange = sorted(item.elements - model.elements)
    return f"the model was not trained on structures with {' and '.join(strange)}" if strange else ""


def _no_site(spec: PredictorSpec, item: Prepared) -> str:
    """Why ``item`` is refused for want of a site, or an empty string."""
    return f"it has no {spec.needs} site" if spec.needs and not site_of(item.mol, spec.needs) else ""


def _note(spec: PredictorSpec, item: Prepared, interval: tuple[float, float, float]) -> str | None:
    """What stands beside a value: what was left out of the structure, the likeliest site, the plain quantity beside its logarithm."""
    site = f"the likeliest {spec.needs} site by its group: {site_of(item.mol, spec.needs)}" if spec.needs else ""
    plain = ""
    if spec.unit.startswith("log ") and (unit := shipped()[spec.name].plain_unit):
        mid, low, high = (10.0**v for v in interval)
        plain = f"= {mid:.3g} {unit}, 90 % interval {low:.3g} to {high:.3g}"
    return "; ".join(text for text in (plain, item.note, site) if text) or None


def _refused(model: Model, reason: str) -> PropertyValue:
    return PropertyValue(value=None, unit=model.spec.unit, method=model.method, method_version=model.version, reason=reason)


def _values(model: Model, usable: list[Prepared], solvent: str, describer: Describer) -> list[PropertyValue]:
    if not usable:
        return []
    spec = model.spec
    keys, mols = [item.smiles for item in usable], [item.mol for item in usable]
    x = describer.matrix(spec.kind, keys, mols, [solvent] * len(mols) if spec.solvent else None)
    forecast = model.forecast(x, describer.fingerprints(spec.kind, keys, mols))
    result = []
    for i, item in enumerate(usable):
        position = model.nearest(forecast, i, item.smiles)
        value, sigma = float(forecast.value[i]), float(forecast.sigma[i])
        low, high, quartiles = value - Z90 * sigma, value + Z90 * sigma, None
        if forecast.quantiles is not None:
            low, first, _, third, high = (float(q) for q in forecast.quantiles[i])
            quartiles = (round(first, spec.decimals + 1), round(third, spec.decimals + 1))
        nearest_value = model.measured(position, solvent)
        result.append(
            PropertyValue(
                value=round(value, spec.decimals),
                unit=spec.unit,
                sigma=round(sigma, spec.decimals + 1),
                lower=None if spec.outcomes else round(low, spec.decimals) + 0.0,  # no minus before a zero
                upper=None if spec.outcomes else round(high, spec.decimals),
                quartiles=quartiles,
                outcome=spec.outcomes[1] if spec.outcomes else "",
                method=model.method,
                method_version=model.version,
                in_domain=bool(forecast.in_domain[i]),
                nearest=model.structure(position),
                nearest_value=None if nearest_value is None else round(nearest_value, spec.decimals),
                similarity=round(float(forecast.neighbours.similarity[i, 0]), 3),
                reason=_note(spec, item, (value, low, high)),
            )
        )
    return result


def calibration(name: str) -> dict[str, NDArray[np.float32]]:
    """Out-of-fold ``oof_pred``, ``oof_sigma``, ``oof_residual`` (measured minus predicted) and ``oof_shape`` of predictor ``name``.

    One entry a training row, in no order that follows the structures, in the predictor's unit; the shape of its errors has the four numbers of an
    ``ErrorShape``. Every prediction comes from models that have not seen the structure; the table of errors by which it is stated has seen all
    out-of-fold errors, its own among thousands. Raises SpecError or PredictorError.
    """
    spec: PredictorSpec = predictor_spec(name)
    files = WeightsFolder(spec.name)
    arrays = {key: array.astype(np.float64) for key, array in files.arrays(CALIBRATION_FILE).items()}
    value, sigma, residual = arrays["oof_pred"], arrays["oof_sigma"], arrays["oof_residual"]
    shape = np.tile([1.0, 1.0, QUARTILE, QUARTILE], (len(value), 1))
    if ERRORS_FILE in files.card["files"]:
        quantiles = ErrorTable.from_arrays(files.arrays(ERRORS_FILE)).values(value, sigma, arrays["oof_similarity"])
        residual = value + residual - quantiles[:, MIDDLE]
        value, sigma, shape = quantiles[:, MIDDLE], stated_sigma(quantiles), shapes(quantiles)
    found = {"oof_pred": value, "oof_sigma": sigma, "oof_residual": residual, "oof_shape": shape}
    return {key: array.astype(np.float32) for key, array in found.items()}


def residual_correlation(names: Sequence[str]) -> NDArray[np.float64]:
    """Correlation matrix of the prediction errors of ``names`` on the same structure, shape (len(names), len(names)).

    From out-of-fold residuals on structures that occur in both data sets, shrunk towards 0 where those are few; 0 where there are
    none or where a name is not a predictor; positive semi-definite. Raises PredictorError where the shipped table is missing.
    """
    try:
        table = json.loads((WEIGHTS / CORRELATION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PredictorError(f"the table of residual correlations cannot be read: {WEIGHTS / CORRELATION_FILE}") from None
    matrix = np.eye(len(names))
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            if i != j:
                entry = table["pairs"].get("|".join(sorted((a, b))))
                matrix[i, j] = 1.0 if a == b else entry["shrunk"] if entry else 0.0
    values, vectors = np.linalg.eigh(matrix)
    if values.min() >= -1e-9:
        return matrix
    repaired = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(repaired))
    return np.asarray(repaired / np.outer(scale, scale))
