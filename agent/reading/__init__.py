"""The built-in reading of a goal: a sentence in free English becomes a machine-checkable spec, with no language model.

A clause counts only if every word of it is used by what was understood of it; what is not read whole asks for nothing and is listed as
unchecked. The way of a sentence: one spelling (``normalise``), everything that its words can mean (``mentions``), the noun of the thing
designed (``head``), clauses (``clauses``; ``frames``: what stands around a content decides whether it is asked for or denied; ``grammar``: patterns of
contents, as data in ``words/patterns.toml``; ``builders``: what they state), the cut into clauses (``cut``), then class, units,
references, families and contradictions (``resolve``, ``assemble``). Words live in ``words/*.toml`` and in the registered tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.reading.compact import compact
from agent.reading.describe import describe
from core.errors import GoalError
from core.spec import DesignSpec

if TYPE_CHECKING:
    from agent.reading.reading import Reading
    from tools.catalogue.catalogue import Catalogue
    from tools.workspace import Workspace

__all__ = ["compact", "describe", "interpret", "read"]


def read(goal: str, *, catalogue: Catalogue) -> Reading:
    """What every word of ``goal`` became; see :func:`agent.reading.reading.read`."""
    from agent.reading.reading import read as read_goal

    return read_goal(goal, catalogue=catalogue)


def interpret(
    goal: str,
    *,
    candidates: int | None = None,
    budget: int | None = None,
    seed: int = 0,
    met_probability: float = 0.5,
    may_be_empty: bool = False,
    about: str = "",
    workspace: Workspace | None = None,
) -> DesignSpec:
    """The spec that ``goal`` means.

    ``workspace``: the properties that it may name, and what computes those of a reference; what ships and plug-ins add if None.
    ``candidates`` (1 to 1000) overrides the number in the goal (default 10); ``budget`` is the number of structures that may be
    evaluated (default 1500). ``about``: SMILES of the compound that a goal speaks of without naming one ('make it more soluble'). A clause with a unit that does not fit, a number outside the range of its property, or words that are not
    known asks for nothing and is listed in ``unchecked``. Raises GoalError (ContradictionError, UnitError), quoting the phrase at fault, for
    a goal that is empty, too long, contradictory, or of which nothing can be computed, and for a structure that cannot be read. With
    ``may_be_empty`` a goal of which nothing was read gives a spec that asks for nothing, for a second reader; see
    :func:`agent.reading.assemble.asks_for_something`.
    """
    from agent.reading.assemble import resolved
    from agent.reading.novelty_words import with_novelty
    from tools.workspace import builtin

    if candidates is not None and not 1 <= candidates <= 1000:
        raise GoalError(f"the number of candidates must be from 1 to 1000, not {candidates}")
    workspace = workspace or builtin()
    reading = read(goal.strip() if isinstance(goal, str) else goal, catalogue=workspace.catalogue)
    options: dict[str, Any] = {"seed": seed, "met_probability": met_probability}
    said = next((c.candidates for c in reading.clauses if c.candidates is not None), None)
    number = candidates if candidates is not None else said
    if number is not None:
        options["candidates"] = number
    if budget is not None:
        options["budget"] = budget
    return with_novelty(resolved(reading, options, calculators=workspace.calculators, may_be_empty=may_be_empty, about=about))
