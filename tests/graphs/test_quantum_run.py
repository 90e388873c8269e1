"""A design run by the HOMO energy of GFN2-xTB: what is listed was computed, and computed again it is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.services.entry import Services
from core.report import Report
from core.spec import EstimationConditions
from tests.graphs.conftest import BATCH
from tests.settings_kit import settings_of
from tools.calculators.costly.protocol import Call
from tools.calculators.quantum.calculators import Orbitals
from tools.calculators.quantum.tight_binding import installed
from tools.search import policy
from tools.search.policy import SearchPolicy

pytestmark = pytest.mark.skipif(not installed(), reason="tblite, the extra 'quantum', is not installed")

GOAL = "a molecule with HOMO above -6.2 eV and at most 8 heavy atoms"
OPTIONS = {"yes": True, "budget": 30, "calls": 6, "candidates": 2, "seed": 3}
NOWHERE = "http://127.0.0.1:1"  # no literature store answers here


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The services and the report of a finished run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy, "DEFAULT", SearchPolicy(batch=BATCH))
        home: Path = tmp_path_factory.mktemp("home")
        services = Services(settings_of(home=home, literature__uri=NOWHERE, workers__processes="1"))
        service = services.runs()
        yield services, service.execute(service.start(GOAL, OPTIONS))


def test_what_is_listed_was_computed(finished: tuple[Services, Report]) -> None:
    _, report = finished
    assert report.candidates
    [use] = report.costly
    assert (use.calculator, use.properties, use.allowed) == ("GFN2-xTB electronic structure", ["homo"], 6)
    assert 0 < use.calls <= 6
    for candidate in report.candidates:
        value = candidate.properties["homo"]
        assert (value.basis, value.unit) == ("computed", "eV")
        assert value.sigma
        again = Orbitals().compute(Call(candidate.smiles, ("homo",)))["homo"]
        assert again.value == pytest.approx(value.number, abs=1e-3)


def test_a_replay_computes_nothing_and_finds_the_same(finished: tuple[Services, Report]) -> None:
    services, report = finished
    assert services.runs().replay(report.run_id).identical


def test_a_structure_is_held_against_the_goal_by_a_call(finished: tuple[Services, Report]) -> None:
    services, _ = finished
    _, aniline = services.structures.check("Nc1ccccc1", GOAL, call=True)
    assert aniline.meets_all()
    _, unasked = services.structures.check("Nc1ccccc1", GOAL)
    assert "not computed" in (unasked.properties["homo"].reason or "")
    assert "homo" not in services.structures.values("C", EstimationConditions()).properties
