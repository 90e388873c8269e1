"""Property values with the calculators in use: those of the workspace that this thread or task has entered, else those that ship."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from core.candidate import PropertyValue
from core.interfaces import Executor
from core.spec import CandidateClass, Conditions
from tools.calculators.collection import Calculators, shipped_calculators
from tools.catalogue import registry

IN_USE: ContextVar[Calculators | None] = ContextVar("calculators in use", default=None)


def calculators_in_use() -> Calculators:
    """The calculators of the workspace that was entered, or those that ship."""
    return IN_USE.get() or shipped_calculators()


@contextmanager
def entered(calculators: Calculators) -> Iterator[None]:
    """For the length of the block, this thread or task computes with ``calculators`` and reads words and labels from their catalogue."""
    catalogue, before = registry.IN_USE.set(calculators.catalogue), IN_USE.set(calculators)
    try:
        yield
    finally:
        registry.IN_USE.reset(catalogue)
        IN_USE.reset(before)


def estimate(
    structures: Sequence[str],
    candidate_class: CandidateClass,
    names: Sequence[str],
    conditions: Conditions,
    *,
    executor: Executor | None = None,
) -> list[dict[str, PropertyValue]]:
    """:meth:`Calculators.estimate` of the calculators in use."""
    return calculators_in_use().estimate(structures, candidate_class, names, conditions, executor=executor)


def exact_value(name: str, value: float) -> PropertyValue:
    """:meth:`Calculators.exact_value` of the calculators in use."""
    return calculators_in_use().exact_value(name, value)
