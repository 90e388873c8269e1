"""The worked example of docs/costly.md: a design run whose scorer docks into the estrogen receptor with AutoDock Vina.

``make test-docking`` installs what it needs (scripts/docking_env.py); without it the test is skipped.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from app.services.entry import Services
from tests.settings_kit import settings_of
from tools.search import policy
from tools.search.policy import SearchPolicy

pytestmark = pytest.mark.docking

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "vina_scorer.py"
GOAL = "a molecule with vina score below -6.5 kcal/mol and molar mass below 300"


@pytest.fixture
def targets() -> Path:
    """The folder with receptors and boxes."""
    for name in ("vina", "meeko", "dockstring"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: make test-docking installs it")
    found = importlib.util.find_spec("dockstring")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "resources" / "targets"


def test_what_is_listed_was_docked(targets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "DEFAULT", SearchPolicy(batch=32))
    command = f"{sys.executable} {EXAMPLE} {targets / 'ESR1_target.pdbqt'} {targets / 'ESR1_conf.txt'} 1"
    table = {"command": command, "unit": "kcal/mol", "better": "lower", "range": [-12, -4], "seconds": 3, "limit": 120}
    services = Services(
        settings_of(home=tmp_path, literature__uri="http://127.0.0.1:1", workers__processes="2", scorers={"vina score": table})
    )
    runs = services.runs()
    report = runs.execute(runs.start(GOAL, {"yes": True, "budget": 96, "calls": 24, "candidates": 3, "seed": 1}))
    [use] = report.costly
    assert use.calls > use.failed
    assert report.candidates, use.reasons
    for candidate in report.candidates:
        value = candidate.properties["vina_score"]
        assert (value.basis, value.unit) == ("computed", "kcal/mol")
        assert value.number is not None
        assert -15 < value.number < -6.5
    assert runs.replay(report.run_id).identical
