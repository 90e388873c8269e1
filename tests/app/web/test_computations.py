"""What costs a call, computed for one structure through the API, the typed client and the pages; and how many calls a screen may make."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.services.entry import Services
from app.services.jobs import HeldJob
from app.web.application import create_app
from core.scorers import Scorer
from core.spec import DesignSpec
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of

PROGRAM = Path(__file__).parents[2] / "data" / "scorer.py"
GOAL = "a molecule with surface score below 15 and MW < 300"
SARIN = "CC(C)OP(C)(=O)F"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services of an installation with a scorer of its own."""
    scorer = Scorer(name="surface score", command=f"{sys.executable} {PROGRAM}", seconds=20)
    home = tmp_path_factory.mktemp("home")
    return Services(
        settings_of(home=home, literature__uri="", workers__processes=1, user__name="ada", scorers={"surface score": scorer.model_dump()})
    )


@pytest.fixture(scope="module")
def pages(served: Services) -> Iterator[TestClient]:
    with TestClient(create_app(served), base_url=ADDRESS) as found:
        yield found


@pytest.fixture(scope="module")
def api(pages: TestClient) -> Client:
    return Client(http=pages)


def _token(pages: TestClient, address: str) -> dict[str, str]:
    found = re.search(r'name="(molwright_form)" value="([^"]+)"', pages.get(address).text)
    assert found
    return {found[1]: found[2]}


def test_what_a_goal_needs_is_computed_by_a_worker_and_held_against_it(api: Client, pages: TestClient, served: Services) -> None:
    at_once = api.check_structure("CCO", GOAL).requirements
    assert [r.value is None for r in at_once] == [True, False]
    assert "takes about 20 s" in at_once[0].reason
    started = api.start_computation("ethanol", GOAL)
    assert (started.status, started.title, started.smiles, started.candidate) == ("queued", "ethanol", "CCO", None)
    assert started.takes == ["surface score: about 20 s"]
    here = f"/structures/computations/{started.job_id}"
    assert "surface score: about 20 s" in pages.get(here).text
    assert served.job_worker.work_next(lambda: False)
    done = api.wait_for_computation(started.job_id)
    assert done.candidate is not None
    assert [r.met for r in done.candidate.requirements] == [False, True]
    assert done.candidate.requirements[0].value == pytest.approx(19.8984, abs=1e-4)
    assert done.candidate.properties["surface_score"].basis == "computed"
    page = pages.get(here).text
    assert "It meets 1 of the 2 requirements that are checked." in page
    assert "19.9" in page
    assert started.job_id in {found.job_id for found in api.computations().computations}
    assert here in pages.get("/structures?structure=ethanol").text
    api.delete_computation(started.job_id)
    assert pages.get(here).status_code == 404


def test_the_page_of_a_structure_offers_what_costs_a_call(pages: TestClient, served: Services) -> None:
    asked = {"structure": "CCO", "goal": GOAL}
    page = pages.get("/structures?" + urlencode(asked)).text
    assert "it takes a while: surface score (about 20 s a call)" in " ".join(page.split())
    token = _token(pages, "/structures?" + urlencode(asked))
    answer = pages.post("/structures/computations", data={**token, **asked}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    answer = pages.post("/structures/computations", data={**token, "structure": "CCO", "names": "surface_score"}, follow_redirects=False)
    here = answer.headers["location"]
    while served.job_worker.work_next(lambda: False):
        pass
    page = pages.get(here).text
    assert "Finished." in page
    assert page.count("surface score") >= 2
    assert "Against the goal" not in page
    assert pages.post("/structures/computations", data={**token, "structure": "CCO"}).status_code == 422
    assert 'action="/structures/computations"' not in pages.get("/structures?" + urlencode({**asked, "structure": SARIN})).text


@pytest.mark.parametrize(
    ("structure", "asked", "status", "said"),
    [
        ("CCO", {"goal": "a molecule with MW < 300"}, 422, "nothing in this goal costs a call"),
        ("CCO", {"names": ["melting_point"]}, 422, "melting_point"),
        ("CCO", {"names": ["no_such"]}, 422, "no_such"),
        ("CCO", {"goal": GOAL, "names": ["surface_score"]}, 422, "either a goal or names"),
        ("C1CC(", {"names": ["surface_score"]}, 422, "C1CC"),
        ("CCO", {"goal": "a nerve agent like sarin with surface score below 15"}, 403, "guard"),
        (SARIN, {"goal": GOAL}, 403, "guard blocks this structure"),
        (SARIN, {"names": ["surface_score"]}, 403, "guard blocks this structure"),
    ],
)
def test_what_cannot_be_computed_is_said_before_it_is_queued(
    api: Client, structure: str, asked: dict[str, list[str] | str], status: int, said: str
) -> None:
    before = api.computations().total
    with pytest.raises(ApiError, match=said) as caught:
        api.start_computation(structure, **asked)  # type: ignore[arg-type]
    assert caught.value.status == status
    assert api.computations().total == before


def test_a_computation_that_is_cancelled_ends_while_its_call_goes_on(
    api: Client, served: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.calculators.costly.pool.MOMENT", 0.01)
    started = api.start_computation("CCCCCO", names=["surface_score"])
    real, seen = HeldJob.go_on, list[int]()

    def cancelling(held: HeldJob, progress: dict[str, int], *, whole: bool = False) -> None:
        seen.append(1)
        if len(seen) == 2:  # the call is under way
            (held.folder / "cancel").touch()
        real(held, progress, whole=whole)

    monkeypatch.setattr(HeldJob, "go_on", cancelling)
    assert served.job_worker.work_next(lambda: False)
    assert api.computation(started.job_id).status == "cancelled"


def test_the_page_for_libraries_says_how_many_calls_a_screen_may_make(pages: TestClient, served: Services) -> None:
    token = _token(pages, "/libraries")
    fields, file = {"goal": GOAL, "listed": "10", "column": ""}, {"library": ("two.smi", b"CCO ethanol\nCCCO propanol\n")}
    answer = pages.post("/libraries", data={**token, **fields, "calls": "1"}, files=file, follow_redirects=False)
    job = served.jobs.find(answer.headers["location"].rpartition("/")[2])
    assert DesignSpec.model_validate(job.asked["spec"]).calls == {"surface score": 1}
    for wrong in ("0", "10001", "1.5", "many"):
        answer = pages.post("/libraries", data={**token, **fields, "calls": wrong}, files=file)
        assert answer.status_code == 422
        assert "number of calls" in answer.text
        assert f'value="{wrong}"' in answer.text
