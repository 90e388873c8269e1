"""The suites, by name."""

from __future__ import annotations

from evals.suites import agent, design, determinism, exact, guard, interpreter
from evals.suites.base import Answered, CallMade, EvalContext, Suite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (interpreter.SUITE, interpreter.HELD_OUT_SUITE, guard.SUITE, exact.SUITE, design.SUITE, determinism.SUITE, agent.SUITE)
}

__all__ = ["SUITES", "Answered", "CallMade", "EvalContext", "Suite"]
