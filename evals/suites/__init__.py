"""The suites, by name."""

from __future__ import annotations

from evals.suites import design, determinism, exact, guard, interpreter
from evals.suites.base import EvalContext, Suite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (interpreter.SUITE, interpreter.HELD_OUT_SUITE, guard.SUITE, exact.SUITE, design.SUITE, determinism.SUITE)
}

__all__ = ["SUITES", "EvalContext", "Suite"]
