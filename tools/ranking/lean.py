"""Candidates without what the ranking does not read, so that those of a long run are in memory together.

A ranking compares every candidate of a run with every other. It reads their numbers and structures; routes, origins, safety rules and the
texts beside values take most of the room and are the same before and after it.
"""

from __future__ import annotations

from collections.abc import Collection

from core.candidate import Candidate, Origin, PropertyValue, RequirementResult, Route, SafetyVerdict

#: What the lean form has in a shorter form than the candidate.
SHORTENED = frozenset({"properties", "requirements", "origin", "safety", "route"})
_NO_ORIGIN = Origin(proposer="", operator="")
_ALLOWED = SafetyVerdict(verdict="allow")
_BLOCKED = SafetyVerdict(verdict="block")
_SOME_ROUTE = Route(status="found")


def lean(candidate: Candidate, names: Collection[str]) -> Candidate:
    """``candidate`` as :func:`tools.ranking.rank.rank` needs it; ``names``: the properties that the spec names.

    Of the safety verdict it is kept whether the guard blocked, of the route whether there is one, of values and results their numbers.
    """
    blocked = candidate.safety is not None and candidate.safety.verdict == "block"
    routed = candidate.route is not None and candidate.route.status != "none known"
    return Candidate.model_construct(
        _fields_set=set(),
        **{name: getattr(candidate, name) for name in Candidate.model_fields if name not in SHORTENED},
        properties={name: _value(candidate.properties[name]) for name in names if name in candidate.properties},
        requirements=[_result(result) for result in candidate.requirements],
        origin=_NO_ORIGIN,
        safety=_BLOCKED if blocked else _ALLOWED,
        route=_SOME_ROUTE if routed else None,
    )


def _value(value: PropertyValue) -> PropertyValue:
    return PropertyValue.model_construct(
        _fields_set=set(),
        **{
            name: getattr(value, name)
            for name in PropertyValue.model_fields
            if name not in ("reason", "nearest", "method", "method_version")
        },
        method="",
        method_version="",
    )


def _result(result: RequirementResult) -> RequirementResult:
    return RequirementResult.model_construct(
        _fields_set=set(), id=result.id, text="", met=result.met, probability=result.probability, value=result.value, unit=""
    )


def restored(ranked: Candidate, stored: Candidate) -> Candidate:
    """``stored`` with what the ranking made of its lean form."""
    return stored.model_copy(update={name: getattr(ranked, name) for name in Candidate.model_fields if name not in SHORTENED})
