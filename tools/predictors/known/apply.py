"""A predicted value beside what is known: a measurement takes the place of a prediction, and a fit is not called one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from core.candidate import MOVED, Measurement, PropertyValue
from core.spec import CandidateClass, EstimationConditions
from tools.predictors.features.solvent import FILM, GAS, canonical_solvent, known_solvents
from tools.predictors.known.index import Found, KnownSet, known_set
from tools.predictors.known.keys import hashed_key
from tools.predictors.known.moved import moved, nearest_solvent
from tools.predictors.model import Z90
from tools.predictors.specs import PREDICTORS


def with_known(
    values: Mapping[str, PropertyValue], key: str, smiles: str, candidate_class: CandidateClass, conditions: EstimationConditions
) -> dict[str, PropertyValue]:
    """``values`` of a standardised structure by property, with what the training sets of the shipped predictors have of it.

    A measured value of this very structure under the conditions asked for takes the place of the prediction; its error is that of a
    measurement of the set, or half of the range of its own measurements where that is more. A value that is doubted (:mod:`tools.predictors.training.doubt`) stands beside the prediction with what speaks against it. One that was measured in other solvents only
    is moved from the nearest (:mod:`tools.predictors.known.moved`). Where the value is not shipped, cannot be moved, or is of a stereoisomer
    or another form, the model's value stays, marked as a fit. Other values are as they were.
    Raises PredictorError where a shipped file is missing or damaged.
    """
    hashed = -1
    done = dict(values)
    for name, value in values.items():
        if name not in PREDICTORS or value.measured is not None:
            continue
        held = known_set(name)
        if held is None:
            continue
        if hashed < 0:
            hashed = hashed_key(key, smiles, candidate_class)
        found = held.find(hashed)
        if found is not None:
            done[name] = _joined(value, found, held, smiles, candidate_class, conditions)
    return done


@dataclass(frozen=True)
class OwnValues:
    """Measured values that a team brought to a run.

    Attributes:
        source: what the list is called.
        values: by property and structure key: the median in the unit of the property, how many measurements, half of their range.
        sources: likewise, where a value is from, where that is not ``source``.
        solvents: likewise, the solvent in which it was measured, where it is stated.
    """

    source: str
    values: Mapping[str, Mapping[str, tuple[float, int, float]]]
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    solvents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def with_own(
    values: Mapping[str, PropertyValue], key: str, smiles: str, own: OwnValues, solvent_smiles: str = ""
) -> dict[str, PropertyValue]:
    """``values`` with the team's own measurements of this very structure in the place of predictions.

    The error is half of the range of several measurements, or that of a measurement of the shipped set, or the model's own where neither is known,
    whichever is largest of the first two. Of a property that depends on a solvent a measurement in the solvent asked for (``solvent_smiles``)
    counts; any other, and one whose solvent is not stated, stands beside the prediction.
    """
    done = dict(values)
    for name, value in values.items():
        entry = own.values.get(name, {}).get(key)
        if entry is None or name not in PREDICTORS:
            continue
        number, count, half = entry
        held = known_set(name)
        spread = max(half, held.sigma or 0.0 if held is not None else 0.0) or value.sigma
        told = Measurement(
            value=round(number, PREDICTORS[name].decimals),
            unit=value.unit,
            sigma=spread,
            count=count,
            source=own.sources.get(name, {}).get(key) or own.source,
            conditions=_stated(own.solvents.get(name, {}).get(key, "")) if PREDICTORS[name].solvent else "",
            spread="half of the range of its own measurements" if half and spread == half else held.spread if held is not None else "",
        )
        asked = canonical_solvent(solvent_smiles.strip()) if PREDICTORS[name].solvent else None
        if told.conditions and own.solvents.get(name, {}).get(key) != asked:
            done[name] = value.model_copy(update={"measured": told})
        else:
            done[name] = _measured(value, told, PREDICTORS[name].decimals, "as brought", smiles)
    return done


def _stated(solvent: str) -> str:
    return _conditions(solvent, 0) if solvent else "solvent not stated"


def _joined(
    value: PropertyValue, found: Found, held: KnownSet, smiles: str, candidate_class: CandidateClass, conditions: EstimationConditions
) -> PropertyValue:
    asked = (canonical_solvent(conditions.solvent_smiles.strip()) or "") if held.solvents else ""
    if not found.values:
        told = Measurement(unit=value.unit, source=held.beside if found.beside else held.source, same=found.same)
        return _fit(value, told, smiles)
    if found.same and asked not in found.values and value.number is not None:
        start = nearest_solvent(asked, found.values)
        if start is not None and (there := _moved(value, found, held, smiles, candidate_class, start, asked)) is not None:
            return there
    at = asked if asked in found.values else max(found.values, key=lambda s: (found.counts[s], s))
    told = _told(value, found, held, at, asked)
    return (
        _measured(value, told, PREDICTORS[held.name].decimals, held.version, smiles)
        if found.same and at == asked and not found.doubt
        else _fit(value, told, smiles)
    )


def _told(value: PropertyValue, found: Found, held: KnownSet, at: str, asked: str) -> Measurement:
    """The measurement in the solvent ``at``."""
    return Measurement(
        value=round(found.values[at], PREDICTORS[held.name].decimals),
        unit=value.unit,
        sigma=None if held.sigma is None else max(held.sigma, round(found.own[at], 3)),
        count=max(1, found.counts[at]),
        source=held.source,
        conditions=_conditions(at, len(found.values) - 1 if at != asked else 0) if held.solvents else "",
        same=found.same,
        spread=held.spread,
        doubt=found.doubt,
    )


def _moved(
    value: PropertyValue, found: Found, held: KnownSet, smiles: str, candidate_class: CandidateClass, start: str, asked: str
) -> PropertyValue | None:
    """The measurement in the solvent ``start`` moved to ``asked``; None where it cannot be."""
    there = moved(held.name, smiles, candidate_class, found.values[start], start, asked)
    if there is None:
        return None
    decimals = PREDICTORS[held.name].decimals
    told = _told(value, found, held, start, asked).model_copy(
        update={"conditions": _conditions(start, 0), "moved_to": _solvent_names().get(asked, asked), "moved_spread": there.spread}
    )
    sigma = round(max(there.sigma, told.sigma or 0.0), decimals + 1)
    return PropertyValue(
        value=round(there.value, decimals),
        unit=value.unit,
        sigma=sigma,
        lower=round(there.value - Z90 * sigma, decimals),
        upper=round(there.value + Z90 * sigma, decimals),
        method=f"measured in another solvent and moved to this one by the difference of {value.method}",
        method_version=f"{held.version} {value.method_version}",
        in_domain=True,
        nearest=smiles,
        nearest_value=told.value,
        similarity=1.0,
        reason=value.reason,
        basis=MOVED,
        measured=told,
        fitted=value.number,
    )


def _measured(value: PropertyValue, told: Measurement, decimals: int, version: str, smiles: str) -> PropertyValue:
    """The measurement in the place of the prediction ``value``."""
    number, sigma = told.value, told.sigma
    assert number is not None
    return PropertyValue(
        value=number,
        unit=value.unit,
        sigma=sigma,
        lower=None if sigma is None else round(number - Z90 * sigma, decimals),
        upper=None if sigma is None else round(number + Z90 * sigma, decimals),
        method=f"measured: {told.source}",
        method_version=version,
        in_domain=True,
        nearest=smiles,
        nearest_value=number,
        similarity=1.0,
        reason=value.reason if value.number is not None else None,
        basis="measured",
        measured=told,
        fitted=value.number,
    )


def _fit(value: PropertyValue, told: Measurement, smiles: str) -> PropertyValue:
    """The model's ``value`` of a structure that it has learnt from; untouched but for what is known where the model gives none."""
    if value.number is None:
        return value.model_copy(update={"measured": told})
    update: dict[str, object] = {"basis": "in the training set", "measured": told}
    if told.same:
        update |= {"nearest": smiles, "similarity": 1.0, "nearest_value": None if told.doubt else told.value}
    return value.model_copy(update=update)


def _conditions(solvent: str, others: int) -> str:
    """'in toluene', 'as a film', 'in the gas phase', with how many solvents more there are."""
    named = {FILM: "as a film", GAS: "in the gas phase"}.get(solvent) or f"in {_solvent_names().get(solvent, solvent)}"
    return f"{named} and in {others} other solvent{'s' if others > 1 else ''}" if others else named


@cache
def _solvent_names() -> dict[str, str]:
    return {smiles: name.replace("_", " ") for name, smiles in known_solvents()}


def sets_with(key: str, smiles: str, candidate_class: CandidateClass, names: list[str]) -> list[tuple[str, Found]]:
    """Those of the sets ``names`` that hold a standardised structure or another form of it, with what they have; [] for a new one."""
    hashed = hashed_key(key, smiles, candidate_class)
    found = []
    for name in names:
        held = known_set(name)
        entry = held.find(hashed) if held is not None else None
        if entry is not None:
            found.append((name, entry))
    return found
