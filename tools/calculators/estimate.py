"""Property values of many structures at once: computed by RDKit, predicted by the shipped models, levels by rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import rdkit
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.candidate import PropertyValue
from core.errors import StructureError
from core.interfaces import Executor
from core.properties import PropertyDefinition
from core.spec import CandidateClass, Conditions
from tools.calculators.air_rules import in_air
from tools.calculators.descriptors import DESCRIPTORS, compute_descriptor
from tools.calculators.thermal_rules import METHOD as THERMAL_METHOD
from tools.calculators.thermal_rules import RULES_VERSION, thermal_stability
from tools.calculators.volatility import volatility
from tools.catalogue.registry import REGISTRY
from tools.predictors.user_models.registry import own_folder, use_own_models

#: Structures in one unit of parallel work.
CHUNK = 128


@dataclass(frozen=True)
class _Chunk:
    structures: tuple[str, ...]
    candidate_class: CandidateClass
    names: tuple[str, ...]
    conditions: Conditions
    own_models: str = ""  #: the folder of the user's own models, which a worker process has not registered yet


def estimate(
    structures: Sequence[str],
    candidate_class: CandidateClass,
    names: Sequence[str],
    conditions: Conditions,
    *,
    executor: Executor | None = None,
) -> list[dict[str, PropertyValue]]:
    """The registered properties ``names`` of every structure, one dict a structure, in the order given.

    Computed values are exact (sigma 0); predicted ones carry uncertainty and domain; a level carries its reasons. A structure that
    cannot be read, or a property that is not defined for it, gives ``value`` None with the reason, never an exception. Raises
    SpecError for a name that is not registered and PredictorError where the shipped weights are missing or damaged. With an
    ``executor`` the structures are spread over its workers in chunks; the result is the same.
    """
    for name in names:
        REGISTRY[name]
    unique = tuple(dict.fromkeys(names))
    if executor is None or len(structures) <= CHUNK:
        return _estimate_chunk(_Chunk(tuple(structures), candidate_class, unique, conditions))
    own = str(own_folder() or "") if any(REGISTRY[name].own for name in unique) else ""
    chunks = [
        _Chunk(tuple(structures[start : start + CHUNK]), candidate_class, unique, conditions, own)
        for start in range(0, len(structures), CHUNK)
    ]
    return [values for part in executor.map(_estimate_chunk, chunks) for values in part]


def _parse(smiles: str, candidate_class: CandidateClass) -> Chem.Mol | str:
    """The molecule, or the reason why there is none."""
    from tools.structures.parse import parse_polymer, parse_smiles

    try:
        with BlockLogs():
            return parse_polymer(smiles) if candidate_class == "polymer" else parse_smiles(smiles)
    except StructureError as error:
        return str(error)


def _estimate_chunk(chunk: _Chunk) -> list[dict[str, PropertyValue]]:
    if chunk.own_models and any(name not in REGISTRY for name in chunk.names):
        use_own_models(Path(chunk.own_models))
    mols = [_parse(smiles, chunk.candidate_class) for smiles in chunk.structures]
    columns: dict[str, list[PropertyValue]] = {}
    predicted: list[str] = []
    levels: list[str] = []
    for name in chunk.names:
        definition = REGISTRY[name]
        if chunk.candidate_class not in definition.classes:
            columns[name] = [_missing(definition, f"{definition.label} is not defined for a {chunk.candidate_class}")] * len(mols)
        elif definition.kind == "predicted":
            predicted.append(name)
        elif definition.kind == "level":
            levels.append(name)
        else:
            columns[name] = [_missing(definition, mol) if isinstance(mol, str) else _computed(definition, mol) for mol in mols]
    if predicted:
        columns.update(_predicted(predicted, mols, chunk))
    flash: Sequence[PropertyValue | None] = columns.get("flash_point") or [None] * len(mols)
    for name in levels:
        definition = REGISTRY[name]
        columns[name] = [
            _missing(definition, mol) if isinstance(mol, str) else _level(definition, mol, chunk.conditions, flash[row])
            for row, mol in enumerate(mols)
        ]
    return [{name: columns[name][row] for name in chunk.names} for row in range(len(mols))]


def _predicted(names: list[str], mols: Sequence[Chem.Mol | str], chunk: _Chunk) -> dict[str, list[PropertyValue]]:
    readable = [row for row, mol in enumerate(mols) if isinstance(mol, Chem.Mol)]
    columns = {name: [_missing(REGISTRY[name], mol if isinstance(mol, str) else "") for mol in mols] for name in names}
    if readable:
        from tools.predictors.predict import predict

        found = predict(names, [chunk.structures[row] for row in readable], chunk.candidate_class, chunk.conditions)
        for name in names:
            for row, value in zip(readable, found[name], strict=True):
                columns[name][row] = value
    return columns


def _missing(definition: PropertyDefinition, reason: str) -> PropertyValue:
    return PropertyValue(value=None, unit=definition.unit, method=_method(definition), method_version=_version(definition), reason=reason)


def _method(definition: PropertyDefinition) -> str:
    if definition.kind == "computed":
        return DESCRIPTORS[definition.name].method
    return THERMAL_METHOD if definition.kind == "level" else definition.method


def _version(definition: PropertyDefinition) -> str:
    if definition.kind == "computed":
        return str(rdkit.__version__)
    return RULES_VERSION if definition.kind == "level" else ""


def _computed(definition: PropertyDefinition, mol: Chem.Mol) -> PropertyValue:
    try:
        with BlockLogs():
            value = compute_descriptor(definition.name, mol)
    except (ValueError, RuntimeError, ZeroDivisionError) as error:
        return _missing(definition, str(error) or type(error).__name__)
    return exact_value(definition.name, value)


def exact_value(name: str, value: float) -> PropertyValue:
    """The property value of a computed property whose number, in the registered unit, is at hand. SpecError for an unknown name."""
    definition = REGISTRY[name]
    return PropertyValue(
        value=value,
        unit=definition.unit,
        sigma=0.0,
        lower=value,
        upper=value,
        method=_method(definition),
        method_version=_version(definition),
    )


def volatility_words(mol: Chem.Mol, temperature_c: float, flash_point: PropertyValue | None) -> str:
    """``volatility`` with the flash point as evidence where it has been predicted inside the model's domain; never predicted for this."""
    if flash_point is None or flash_point.number is None or flash_point.in_domain is False:
        return volatility(mol, temperature_c)
    return volatility(mol, temperature_c, flash_point.number, flash_point.sigma)


def _level(definition: PropertyDefinition, mol: Chem.Mol, conditions: Conditions, flash_point: PropertyValue | None) -> PropertyValue:
    risk = thermal_stability(mol, conditions.temperature_c)
    beside = [words for words in (volatility_words(mol, conditions.temperature_c, flash_point), in_air(mol)) if words]
    return PropertyValue(
        value=risk.level,
        unit=definition.unit,
        method=_method(definition),
        method_version=_version(definition),
        in_domain=risk.in_domain,
        reason="; ".join([*risk.reasons, *beside]),
    )
