"""The suites, by name."""

from __future__ import annotations

from evals.suites import design, determinism, guard, interpreter
from evals.suites.base import EvalContext, Suite

SUITES: dict[str, Suite] = {
    suite.name: suite for suite in (interpreter.SUITE, interpreter.HELD_OUT_SUITE, guard.SUITE, design.SUITE, determinism.SUITE)
}

__all__ = ["SUITES", "EvalContext", "Suite"]
