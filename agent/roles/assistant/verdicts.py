"""Which of several structures has most or least of a property, and whether the values can be told apart; and why a value is uncertain. In sentences."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

from tools.catalogue.property import Property

_FLAG = re.compile(r"1 \w+, 0 \w+\)\Z")
#: Properties of which less is better, beside those whose definition says so, and of which more is.
_LESS_IS_BETTER = frozenset(["sa_score", "pains_alerts", "brenk_alerts"])
_MORE_IS_BETTER = frozenset(["qed", "bbb_permeation", "gi_absorption", "aqueous_solubility"])


def verdict(definition: Property, label: str, values: Mapping[str, tuple[float, float]], kinds: Set[str], names: Mapping[str, str]) -> str:
    """The sentence on ``values`` (number and standard deviation of each structure): the highest or the lowest, as ``kinds`` ask for."""
    lowest = _wants_less(definition, kinds)
    order = sorted(values, key=lambda s: values[s][0], reverse=not lowest)
    first, second = values[order[0]], values[order[1]]
    called = [names.get(s, s) for s in order]
    if first[0] == second[0]:
        return f"The same {label}: {' and '.join(n for n, s in zip(called, order, strict=True) if values[s][0] == first[0])}."
    apart = abs(first[0] - second[0]) > math.hypot(first[1], second[1])
    doubt = "" if apart else f"; the difference to {called[1]} is within one standard deviation, so that they cannot be told apart"
    if _FLAG.search(definition.label):
        return f"{'Less' if lowest else 'More'} likely by {label}: {called[0]}."
    if len(order) > 2:
        doubt += f"; in order: {', '.join(called)}"
    return f"{'Lowest' if lowest else 'Highest'} {label}: {called[0]}{doubt}."


def _wants_less(definition: Property, kinds: Set[str]) -> bool:
    """Whether the one with less is asked for: in words of amount, or in words of quality by what is better."""
    if "least" in kinds and "most" not in kinds:
        return True
    if "most" in kinds or not kinds & {"better", "worse"}:
        return False
    less = definition.name in _LESS_IS_BETTER or (definition.name not in _MORE_IS_BETTER and definition.better < 0)
    return less == ("better" in kinds)


def uncertainties(answer: Mapping[str, Any], properties: Sequence[str], label: Callable[[str], str]) -> Iterator[str]:
    """Why the values of a candidate, as its tool ``answer`` has them, are uncertain: of ``properties``, or where none is asked about of all that are not
    exact. ``label``: how a property is called.
    """
    known = answer.get("uncertainty", {})
    names = [p for p in properties if p in answer["values"]] or list(known)
    if not names:
        yield "No value of it is uncertain: all are computed from the structure without error."
    for name in names:
        given = "" if name in properties else f" {answer['values'][name]}."
        yield f"{label(name)}:{given} {known.get(name, 'It is computed from the structure without error.')}"
