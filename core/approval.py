"""When a spec may not be acted on before a person has looked at it. Every door obeys these rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import RefusedError, UnreadGoal
from core.spec import DesignSpec, marked, must_ask, read_otherwise, translated, unscreened

ApprovalRule = Callable[[DesignSpec], str]
"""Why a person has to look at a spec before it may run; empty if this rule has no objection."""

#: A run that one of these objects to waits, even if it was started with "yes", unless that was said to count despite objections.
APPROVAL_RULES: tuple[ApprovalRule, ...] = (must_ask, read_otherwise, translated, unscreened)


def objections(spec: DesignSpec, rules: Sequence[ApprovalRule] | None = None) -> tuple[str, ...]:
    """What the approval rules say against running ``spec`` unseen."""
    return tuple(text for rule in (APPROVAL_RULES if rules is None else rules) if (text := rule(spec)))


def looked_at(spec: DesignSpec, *, despite_objections: bool = False) -> DesignSpec:
    """``spec``, for what answers at once and stores nothing.

    Raises RefusedError for a goal that the guard stopped, whatever was said: nothing waits for a person here. Raises UnreadGoal if a rule
    objects and nobody said that it may go on.
    """
    if stopped := unscreened(spec):
        raise RefusedError(f"{stopped}. Only a run that waits for a person may go on with it (molwright design); or reword the goal.")
    if not despite_objections and (against := objections(spec)):
        raise UnreadGoal(spec, marked(spec), against)
    return spec
