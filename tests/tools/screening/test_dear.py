"""Screens whose goal needs what costs a call: cheap first, then a stated number of calls, resumable; what was not computed is said, and is no hit."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from agent.reading import interpret
from app.services.entry import Services
from app.services.lists import Upload
from core.errors import UsageError
from core.scorers import Scorer
from core.spec import DesignSpec
from tests.settings_kit import settings_of
from tools.calculators.collection import Calculators, shipped_calculators
from tools.calculators.costly.pool import Answer
from tools.calculators.costly.protocol import Call, CostlyCalculator, failed
from tools.calculators.costly.scorer import FunctionScorer, with_function
from tools.execution import SerialExecutor
from tools.screening import run as screening
from tools.screening.dear import Dear, cheap_part, computed, rows, with_screen_calls
from tools.screening.journal import Journal
from tools.workspace import Workspace

GOAL = "a molecule with surface score below 60 and molar mass below 150"
PROGRAM = Path(__file__).parents[2] / "data" / "scorer.py"
SMILES = [
    "CCO",
    "c1ccccc1O",
    "CCCCCCCCCC",
    "OCc1ccccc1",
    "CC(=O)O",
    "Oc1ccc(C)cc1",
    "CCN",
    "O=C(O)c1ccccc1",
    "OCCc1ccccc1",
    "CCCCCCCCCCCCCCCCCC",
    "C1CCCCC1Br",
]


def surface(smiles: str) -> float:
    """Labute's surface; benzoic acid fails."""
    if smiles == "O=C(O)c1ccccc1":
        raise ValueError("it did not converge")
    return float(rdMolDescriptors.CalcLabuteASA(Chem.MolFromSmiles(smiles)))


@pytest.fixture(scope="module")
def calculators() -> Calculators:
    return with_function(
        shipped_calculators(), FunctionScorer(Scorer(name="surface score", better="lower", range=(40, 160), seconds=1), surface)
    )


@pytest.fixture(scope="module")
def spec(calculators: Calculators) -> DesignSpec:
    made = interpret(GOAL, workspace=Workspace(calculators))
    return made.model_copy(update={"objectives": [o for o in made.objectives if o.property != "route"]})


@dataclass
class Here:
    """Calls in this process, and what was asked."""

    asked: list[str] = field(default_factory=list)

    def answers(
        self, calculator: CostlyCalculator, calls: Sequence[Call], meanwhile: Callable[[], None] = lambda: None
    ) -> Generator[Answer, None, None]:
        for place, call in enumerate(calls):
            meanwhile()
            self.asked.append(call.smiles)
            try:
                yield Answer(place, dict(calculator.compute(call)), 0.5)
            except ValueError as error:
                yield Answer(place, failed(call.names, str(error)), 0.5)

    def close(self) -> None: ...


def screened(spec: DesignSpec, folder: Path, calls: int, here: Here | None, calculators: Calculators) -> tuple[Dear, list[str]]:
    """What a screen of the library comes to, and the names of its hits in order."""
    library = folder / "library.smi"
    library.write_text("".join(f"{s} m{i}\n" for i, s in enumerate(SMILES)), encoding="utf-8")
    asked = with_screen_calls(spec, calls, calculators)
    journal = Journal(folder / "screen.db", screening.identity(library, asked, calculators=calculators))
    try:
        screening.screen(library, cheap_part(asked, calculators), journal, SerialExecutor(), calculators=calculators)
        found = computed(journal, asked, here, calculators=calculators)
        return found, [hit["name"] for hit in rows(journal, found)]
    finally:
        journal.close()


def test_what_is_cheap_comes_first_and_every_rest_is_computed_where_calls_suffice(
    spec: DesignSpec, tmp_path: Path, calculators: Calculators
) -> None:
    here = Here()
    found, names = screened(spec, tmp_path, 50, here, calculators)
    light = {s for s in SMILES if rdMolDescriptors.CalcExactMolWt(Chem.MolFromSmiles(s)) < 150}
    assert set(here.asked) == {Chem.CanonSmiles(s) for s in light}
    assert len(here.asked) == len(set(here.asked))
    sound = {s for s in light if s != "O=C(O)c1ccccc1" and surface(s) < 60}
    assert {SMILES[int(name[1:])] for name in names} == sound
    assert all(c.properties["surface_score"].basis == "computed" for c in found.met.values())
    assert not found.left
    [use] = found.uses
    assert (use.calls, use.allowed, use.failed, use.not_computed, use.reasons) == (len(light), 50, 1, 0, ["it did not converge"])
    assert sum(found.failed.values()) == len(light) - len(sound)


def test_what_no_call_is_left_for_is_said_and_a_later_call_goes_on_there(
    spec: DesignSpec, tmp_path: Path, calculators: Calculators
) -> None:
    first, second = Here(), Here()
    before, _ = screened(spec, tmp_path, 3, first, calculators)
    assert len(first.asked) == 3
    light = 3 + len(before.left)
    assert not before.left & set(before.met)
    assert "were not computed, and are no hits; --calls" in next(before.notes())
    assert f"{len(before.left)} others were not computed" in before.uses[0].said
    again, names = screened(spec, tmp_path, 50, second, calculators)
    assert len(second.asked) == light - 3
    assert not set(first.asked) & set(second.asked)
    (tmp_path / "whole").mkdir()
    assert names == screened(spec, tmp_path / "whole", 50, Here(), calculators)[1]
    kept, _ = screened(spec, tmp_path, 50, None, calculators)  # nobody calls: what is in the journal
    assert set(kept.met) == set(again.met)


def test_the_spec_says_what_the_calls_mean(spec: DesignSpec, calculators: Calculators) -> None:
    asked = with_screen_calls(with_screen_calls(spec, None, calculators), 7, calculators)
    assert asked.calls == {"surface score": 7}
    assert [a.text for a in asked.assumptions if "surface score costs about 1 s a call" in a.text and "at most 7 are computed" in a.text]
    assert len([a for a in asked.assumptions if "costs about" in a.text]) == 1
    assert [r.text for r in cheap_part(asked, calculators).requirements] == ["Molecular weight below 150 g/mol"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Services:
    table = {"command": f"{sys.executable} {PROGRAM}", "better": "lower", "range": [40, 160], "seconds": 1}
    return Services(settings_of(home=tmp_path_factory.mktemp("home"), workers__processes="1", scorers={"surface score": table}))


def test_a_worker_makes_the_calls_and_a_request_that_waits_does_not(door: Services) -> None:
    library = Upload("a.smi", "".join(f"{s} m{i}\n" for i, s in enumerate(SMILES[:5])).encode())
    with pytest.raises(UsageError, match="let a worker screen the library"):
        door.libraries.at_once(library, door.libraries.spec(GOAL, 10))
    job = door.screens.start(library, GOAL, calls=2)
    assert door.job_worker.work_next(lambda: False)
    result = door.jobs.find(job.job_id).result
    assert (result["read"], result["tables"]) == (5, ["hits", "not_computed"])
    report = door.screens.report(job.job_id)
    assert report.costly[0].calls == 2
    assert len(report.candidates) == result["hits"]
    left = list(csv.DictReader(door.screens.table(job.job_id, "not_computed").decode().splitlines()))
    assert len(left) == report.costly[0].not_computed
    assert all(row["surface_score"] == "" for row in left)
    assert door.libraries.at_once(library, door.libraries.spec(GOAL, 10, calls=9), call=True).screened.hits >= result["hits"]
