"""The proposers that ship, and the one that ``docs/extending.md`` shows, keep the contract."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.reading import interpret
from core.spec import DesignSpec
from tests.contracts.proposer import ProposerContract
from tests.tools.test_plugins import shown
from tools.proposers.base import Parent, Proposer
from tools.workspace import builtin

#: A goal for which each shipped proposer has something to say.
GOALS = {
    "analogues": "make aspirin less lipophilic without changing the core",
    "dye_assembly": "an organic dye with maximum absorption at 500 nm",
    "evolution": "a molecule with MW < 300",
    "exact": "a molecule with exactly 2 rings and 3 nitrogen atoms",
    "isomers": "all isomers of C4H10O",
    "library": "a molecule with MW < 300",
    "polymer_assembly": "a polymer with Tg > 100 °C",
    "polymer_mutation": "a polymer with Tg > 100 °C",
    "reactions": "a molecule with MW < 300",
}
#: A polyester to vary.
UNIT = Parent("unit", "*OCCOC(=O)c1ccc(cc1)C(*)=O", 1.0)


def test_every_shipped_proposer_keeps_the_contract() -> None:
    assert set(GOALS) == set(builtin().proposers)


@pytest.mark.parametrize("name", GOALS)
class TestShipped(ProposerContract):
    @pytest.fixture(autouse=True)
    def _varied(self, name: str) -> None:
        self.parents = (UNIT,) if name == "polymer_mutation" else ()

    @pytest.fixture
    def proposer(self, name: str) -> Proposer:
        return builtin().proposers[name]

    @pytest.fixture
    def spec(self, name: str) -> DesignSpec:
        return interpret(GOALS[name], workspace=builtin())


class TestANewcomersProposer(ProposerContract):
    """The proposer that ``docs/extending.md`` shows, in a package of its own."""

    @pytest.fixture
    def proposer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proposer]:
        (tmp_path / "our_alkanes.py").write_text(shown("A proposer", "python"), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        made: Proposer = importlib.import_module("our_alkanes").Alkanes()
        yield made
        del sys.modules["our_alkanes"]
