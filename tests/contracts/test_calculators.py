"""The calculators that ship, and the one that ``docs/extending.md`` shows, keep the contract."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.scorers import Scorer
from tests.contracts.calculator import CalculatorContract
from tests.tools.test_plugins import shown
from tools.calculators.collection import shipped_calculators
from tools.calculators.costly.scorer import with_scorers
from tools.calculators.descriptors import Descriptors
from tools.calculators.learnt import LearntModels
from tools.calculators.protocol import Calculator
from tools.calculators.thermal import ThermalRules


def shipped(kind: type) -> Calculator:
    """The shipped calculator of a class."""
    return next(member for member in shipped_calculators() if isinstance(member, kind))


class TestDescriptors(CalculatorContract):
    @pytest.fixture
    def calculator(self) -> Calculator:
        return shipped(Descriptors)


class TestLearntModels(CalculatorContract):
    @pytest.fixture
    def calculator(self) -> Calculator:
        return shipped(LearntModels)


class TestThermalRules(CalculatorContract):
    @pytest.fixture
    def calculator(self) -> Calculator:
        return shipped(ThermalRules)


class TestAScorer(CalculatorContract):
    """A costly calculator, which gives its values to runs alone."""

    @pytest.fixture
    def calculator(self) -> Calculator:
        found = with_scorers(shipped_calculators(), (Scorer(name="own score", command="score", of="both"),))
        return found.of("own_score")


class TestANewcomersCalculator(CalculatorContract):
    """The calculator that ``docs/extending.md`` shows, in a package of its own."""

    @pytest.fixture
    def calculator(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calculator]:
        (tmp_path / "our_carbon.py").write_text(shown("A calculator", "python"), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        made: Calculator = importlib.import_module("our_carbon").CarbonCounter()
        yield made
        del sys.modules["our_carbon"]
