"""The built-in interpreter: a goal sentence in free English becomes a machine-checkable spec, with no language model.

normalise (one spelling) - scanner (items: numbers, units, structures, known phrases) - grammar (rules that consume items) -
resolve (class, units, references, assumptions, contradictions). Words live in ``words/*.toml`` and in the property, group, rule
set and compound tables. Nothing in the sentence is dropped: what no rule consumes and is no filler word is listed as unchecked.
"""

from __future__ import annotations

from typing import Any

from agent.interpreter.compact import compact
from agent.interpreter.describe import describe
from core.errors import GoalError
from core.spec import DesignSpec

__all__ = ["compact", "describe", "interpret"]


def interpret(
    goal: str,
    *,
    candidates: int | None = None,
    budget: int | None = None,
    seed: int = 0,
    met_probability: float = 0.5,
    may_be_empty: bool = False,
) -> DesignSpec:
    """The spec that ``goal`` means.

    ``candidates`` (1 to 1000) overrides the number in the goal (default 10); ``budget`` is the number of structures that may be
    evaluated (default 1500). Raises GoalError, ContradictionError or UnitError, each quoting the phrase at fault: for a goal that is
    empty, too long, contradictory or beyond understanding, a structure that cannot be read, a unit that does not fit, a number
    outside the range of its property. With ``may_be_empty`` a goal beyond understanding gives a spec that asks for nothing, for a second
    reader; see :func:`agent.interpreter.assemble.asks_for_something`.
    """
    from agent.interpreter.assemble import asks_for_something, resolve
    from agent.interpreter.grammar import parse
    from agent.interpreter.normalise import normalise

    text = normalise(goal)
    if candidates is not None and not 1 <= candidates <= 1000:
        raise GoalError(f"the number of candidates must be from 1 to 1000, not {candidates}")
    found = parse(text)
    options: dict[str, Any] = {"seed": seed, "met_probability": met_probability}
    number = candidates if candidates is not None else found.candidates
    if number is not None:
        options["candidates"] = number
    if budget is not None:
        options["budget"] = budget
    spec = resolve(found, goal.strip(), text, options)
    return spec if may_be_empty else asks_for_something(spec)
