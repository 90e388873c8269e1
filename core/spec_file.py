"""A spec as people and programs hand it in: JSON text, read more strictly than what molwright stored itself.

Numbers are numbers: ``true`` is no 1 and ``"5"`` no 5, and neither infinity nor NaN is one. A later version's spec is not guessed at.
"""

import json
import math
from typing import Any, NoReturn

from pydantic import ValidationError

from core.errors import SpecError
from core.spec import SPEC_VERSION, DesignSpec

_SHOWN = 5


def read_spec_text(text: str, origin: str) -> DesignSpec:
    """The spec in ``text``, which is JSON and comes from ``origin``.

    Raises SpecError, naming the place, if it is no JSON, no spec, of another version, without a goal, or has a value of another type.
    """
    try:
        data = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise SpecError(f"{origin} is not a spec: it is no JSON that can be read: {error}") from error
    if not isinstance(data, dict):
        raise SpecError(f"{origin} is not a spec: a JSON object is expected")
    _check_head(data, origin)
    try:
        return DesignSpec.model_validate_json(text, strict=True)
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()[:_SHOWN])
        raise SpecError(f"{origin} is not a spec: {lines}") from error


def _check_head(data: dict[str, Any], origin: str) -> None:
    version = data.get("schema_version", SPEC_VERSION)
    if version != SPEC_VERSION:
        raise SpecError(f"{origin}: schema_version {str(version)[:40]!r} is not known; this molwright reads {SPEC_VERSION!r}")
    goal = data.get("goal")
    if isinstance(goal, str) and not goal.strip():
        raise SpecError(f"{origin}: the goal is empty; a spec says in words what it is for")


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number
