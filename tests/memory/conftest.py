"""Databases to test on: SQLite always, a real PostgreSQL where one can be started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import core
from core.candidate import (
    Candidate,
    Citation,
    Material,
    Origin,
    PropertyValue,
    RequirementResult,
    Route,
    RouteStep,
    SafetyRuleHit,
    SafetyVerdict,
)
from core.spec import Condition, DesignSpec, PropertyRequirement
from memory.sql import SqlRunStore

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a fresh database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'home' / 'molwright.db'}"


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[SqlRunStore]:
    with SqlRunStore(store_url, clock=clock, lease_seconds=30) as opened:
        yield opened


@pytest.fixture
def lite(tmp_path: Path, clock: Clock) -> Iterator[SqlRunStore]:
    """A store on SQLite only, for what does not differ by database."""
    with SqlRunStore(f"sqlite:///{tmp_path / 'molwright.db'}", clock=clock, lease_seconds=30) as opened:
        yield opened


def make_spec(value: float = 300.0, **changes: Any) -> DesignSpec:
    requirement = PropertyRequirement(
        id="R1", text=f"MW < {value:g}", property="molecular_weight", condition=Condition(comparison="<", value=value)
    )
    return DesignSpec(goal="A small molecule; α > β", candidate_class="molecule", requirements=[requirement], **changes)


def make_candidate(number: int = 0, **changes: Any) -> Candidate:
    """A candidate in which every field that a molwright before schema 0006 had is filled."""
    fields: dict[str, Any] = {
        "key": f"KEY{number:07d}",
        "smiles": "CCO",
        "given": "CCO.O",
        "inchikey": "LFQSCWFLJHTTHZ-UHFFFAOYSA-N",
        "name": "ethanol",
        "candidate_class": "molecule",
        "dedup_key": f"DEDUP{number:05d}",
        "undefined_stereocentres": 1,
        "notes": ["counter-ion removed", "isotope removed"],
        "origin": Origin(
            proposer="evolution",
            operator="crossover",
            parents=["B", "A"],
            generation=number % 3,
            rationale="why",
            parent_smiles=["CCN", "CO"],
            changes={"tpsa": -5.5, "logp": 0.25},
        ),
        "status": "rejected",
        "rejected_by": "R1",
        "rejected_reason": "too heavy",
        "properties": {
            "tpsa": PropertyValue(value=20.23, unit="Å²", sigma=0.0, method="RDKit", method_version="1"),
            "thermal_stability": PropertyValue(value="moderate", method="rules", method_version="2", reason="a peroxide"),
            "glass_transition_temperature": PropertyValue(
                value=0.1 + 0.2,
                unit="°C",
                sigma=25.5,
                lower=-41.0,
                upper=43.0,
                method="gbm",
                method_version="3",
                in_domain=False,
                nearest="CCCO",
                nearest_value=17.0,
                similarity=0.61,
            ),
            "absorption_maximum": PropertyValue(value=None, unit="nm", method="gbm", method_version="3", reason="no chromophore"),
        },
        "safety": SafetyVerdict(
            verdict="warn", rules=[SafetyRuleHit(id="S1", name="PFAS", verdict="warn", reason="CF2", source="OECD 2021")]
        ),
        "requirements": [
            RequirementResult(id="R1", text="MW < 300", met=False, probability=0.25, value=310.5, unit="g/mol", reason="above")
        ],
        "p_meets": 0.25,
        "desirability": 0.5,
        "score": 0.125,
        "rank": number + 1,
        "rank_interval": (1, number + 3),
        "pareto_front": 2,
        "route": Route(
            status="found",
            steps=[RouteStep(reaction="esterification", reactants=["CCO", "CC(=O)O"], product="CCOC(C)=O")],
            starting_materials=[Material(name="ethanol", smiles="CCO", role="alcohol")],
        ),
        "citations": [
            Citation(number=2, key="note-b", title="B", year=2001),
            Citation(number=1, key="note-a", title="A", doi="10.1/x", authors="A. Uthor", passage="It is so."),
        ],
        "rationale": "second",
    }
    return Candidate(**(fields | changes))


@pytest.fixture
def new_spec() -> Callable[..., DesignSpec]:
    """``new_spec(300.0, ...)``: a small spec; other arguments are fields."""
    return make_spec


@pytest.fixture
def new_candidate() -> Callable[..., Candidate]:
    """``new_candidate(3, ...)``: a full candidate; other arguments are fields."""
    return make_candidate


@pytest.fixture
def repository() -> str:
    """Folder from which another Python process can import the packages."""
    return str(Path(core.__file__).resolve().parents[1])
